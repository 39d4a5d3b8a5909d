package jetstream_test

import (
	"sync/atomic"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"sijil/events"
	"sijil/ledger/ledgertest"
)

// What a Log costs over the libraries that it is made of: compare the two of a pair, of one run.

const stored = 50_000

func BenchmarkRead(b *testing.B) {
	_, js := serve(b)
	log := create(b, js)
	ledgertest.Fill(b, log, ledgertest.Chain(stored))
	b.Run("ordered consumer", func(b *testing.B) {
		for b.Loop() {
			c, err := js.OrderedConsumer(b.Context(), log.Stream(), jetstream.OrderedConsumerConfig{})
			if err != nil {
				b.Fatal(err)
			}
			var n atomic.Int64
			all := make(chan struct{})
			consuming, err := c.Consume(func(jetstream.Msg) {
				if n.Add(1) == stored {
					close(all)
				}
			}, jetstream.PullMaxMessages(10_000))
			if err != nil {
				b.Fatal(err)
			}
			<-all
			consuming.Stop()
		}
		b.ReportMetric(float64(stored*b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("log", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for batch, err := range log.Read(b.Context(), 0, stored) {
				if err != nil {
					b.Fatal(err)
				}
				n += len(batch)
			}
			if n != stored {
				b.Fatalf("read %d", n)
			}
		}
		b.ReportMetric(float64(stored*b.N)/b.Elapsed().Seconds(), "events/s")
	})
}

func BenchmarkAppend(b *testing.B) {
	for name, size := range map[string]int{"one": 1, "ten": 10, "thousand": 1000} {
		b.Run(name, func(b *testing.B) {
			_, js := serve(b)
			log := create(b, js)
			var at events.Checkpoint
			for b.Loop() {
				b.StopTimer()
				entries := ledgertest.After(at, size, "bench")
				at = entries[size-1].Checkpoint
				b.StartTimer()
				if err := log.Append(b.Context(), entries); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size*b.N)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
