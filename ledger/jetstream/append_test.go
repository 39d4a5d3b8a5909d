package jetstream_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/embedded"
	sijil "sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
)

// codeOf is the server's code in an error, 0 for none.
func codeOf(err error) jetstream.ErrorCode {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.ErrorCode
	}
	return 0
}

func TestOnTheWire(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(4)
	ledgertest.Fill(t, log, entries[:1])
	ledgertest.Fill(t, log, entries[1:])
	stream, err := js.Stream(patient(t), "SIJIL_test")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"sijil.test.programme.founded", "sijil.test.place.defined", "sijil.test.place.defined", "sijil.test.place.defined",
	} {
		m, err := stream.GetMsg(patient(t), uint64(i)+1)
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != want || !bytes.Equal(m.Data, entries[i].Raw) {
			t.Errorf("@%d is %s %s, want %s %s", i+1, m.Subject, m.Data, want, entries[i].Raw)
		}
		if got := m.Header.Get("Content-Type"); got != "application/cloudevents+json" {
			t.Errorf("@%d: Content-Type %q", i+1, got)
		}
		if id := m.Header.Get(jetstream.MsgIDHeader); id != "" {
			t.Errorf("@%d: %s %q", i+1, jetstream.MsgIDHeader, id)
		}
	}
}

func TestConflictsCarryTheServersCode(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(20)
	ledgertest.Fill(t, log, entries[:10])
	for _, n := range []int{1, 2, 9} {
		err := log.Append(patient(t), entries[5:5+n])
		if !errors.Is(err, ledger.ErrConflict) || codeOf(err) != jetstream.JSErrCodeStreamWrongLastSequence {
			t.Errorf("%d entries: %v, want ErrConflict and code 10071", n, err)
		}
	}
}

// What the server would not store as it is, is refused before it is sent, or by the server.
func TestTooLarge(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(5)
	ledgertest.Fill(t, log, entries[:2])
	large := ledgertest.Chain(5)
	large[3].Raw = make([]byte, events.MaxPayload+1)
	for name, e := range map[string][]events.Entry{"one": large[3:4], "one of several": large[2:5]} {
		if err := log.Append(patient(t), e); !errors.Is(err, events.ErrTooLarge) {
			t.Errorf("%s: %v, want ErrTooLarge", name, err)
		}
	}
	config, _, err := log.Settings(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxMsgSize = int32(len(entries[2].Raw))
	if _, err := js.UpdateStream(patient(t), config); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string][]events.Entry{"one": entries[2:3], "several": entries[2:5]} {
		err := log.Append(patient(t), e)
		if !errors.Is(err, events.ErrTooLarge) || codeOf(err) != jetstream.JSErrCodeStreamMessageExceedsMaximum {
			t.Errorf("%s, by the server: %v, want ErrTooLarge and code 10054", name, err)
		}
	}
	wantRead(t, log, 0, 9, entries[:2])
}

func TestForeignEntriesAreRefused(t *testing.T) {
	_, js := serve(t)
	log := create(t, js)
	other := ledgertest.Chain(1)
	other[0].Programme = "other"
	noted := ledgertest.Chain(1)
	noted[0].Event = nil
	for name, e := range map[string][]events.Entry{"another programme's": other, "a foreign message": noted} {
		if err := log.Append(patient(t), e); err == nil || errors.Is(err, ledger.ErrConflict) || errors.Is(err, ledger.ErrStorage) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if end, err := log.End(patient(t)); err != nil || end != 0 {
		t.Errorf("end is @%d, %v", end, err)
	}
}

// P7: a log that takes nothing says so, and is read on.
func TestP7StorageRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		weaken func(*jetstream.StreamConfig)
		single jetstream.ErrorCode
		batch  jetstream.ErrorCode
	}{
		{"a limit", func(c *jetstream.StreamConfig) { c.MaxMsgs = 10 }, 10077, 10077},
		{"a seal", func(c *jetstream.StreamConfig) { c.Sealed = true }, 10109, 10109},
		{"no atomic batches", func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }, 0, 10174},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, js := serve(t)
			log, entries := create(t, js), ledgertest.Chain(20)
			ledgertest.Fill(t, log, entries[:10])
			config, _, err := log.Settings(patient(t))
			if err != nil {
				t.Fatal(err)
			}
			c.weaken(&config)
			if _, err := js.UpdateStream(patient(t), config); err != nil {
				t.Fatal(err)
			}
			for n, code := range map[int]jetstream.ErrorCode{1: c.single, 5: c.batch} {
				if code == 0 {
					continue
				}
				if err := log.Append(patient(t), entries[10:10+n]); !errors.Is(err, ledger.ErrStorage) || codeOf(err) != code {
					t.Errorf("%d entries: %v, want ErrStorage and code %d", n, err, code)
				}
			}
			wantRead(t, log, 0, 20, entries[:10])
		})
	}
}

func TestNobodyKeepsTheStream(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(10)
	ledgertest.Fill(t, log, entries[:2])
	if err := js.DeleteStream(patient(t), log.Stream()); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 3} {
		if err := log.Append(patient(t), entries[2:2+n]); !errors.Is(err, ledger.ErrStorage) || !errors.Is(err, nats.ErrNoResponders) {
			t.Errorf("%d entries: %v, want ErrStorage for want of responders", n, err)
		}
	}
}

// P6: no answer is neither a conflict nor a refusal, and the very same append finds out.
func TestP6UnknownOutcomes(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(41)
	ledgertest.Fill(t, log, entries[:1])
	at := 1
	for _, n := range []int{1, 4} {
		for _, d := range []time.Duration{time.Microsecond, 100 * time.Microsecond, 300 * time.Microsecond, time.Millisecond} {
			part := entries[at : at+n]
			ctx, cancel := context.WithTimeout(t.Context(), d)
			err := log.Append(ctx, part)
			cancel()
			if err != nil {
				if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ledger.ErrStorage) || errors.Is(err, ledger.ErrConflict) {
					t.Errorf("%d entries within %v: %v, want DeadlineExceeded alone", n, d, err)
				}
				if err := log.Append(patient(t), part); err != nil && !errors.Is(err, ledger.ErrConflict) {
					t.Errorf("%d entries again: %v, want nil or ErrConflict", n, err)
				}
			}
			at += n
			wantRead(t, log, 0, uint64(at), entries[:at])
		}
	}
}

// A connection that is gone leaves the outcome open, and is no reason to panic.
func TestClosedConnection(t *testing.T) {
	srv, js := serve(t)
	entries := ledgertest.Chain(4)
	ledgertest.Fill(t, create(t, js), entries[:1])
	mine := connect(t, srv, embedded.Ledger)
	log, err := sijil.Open(patient(t), mine, ledgertest.Programme)
	if err != nil {
		t.Fatal(err)
	}
	mine.Conn().Close()
	for _, n := range []int{1, 3} {
		if err := log.Append(patient(t), entries[1:1+n]); !errors.Is(err, nats.ErrConnectionClosed) || errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%d entries: %v, want ErrConnectionClosed", n, err)
		}
	}
	if _, err := log.End(patient(t)); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("end: %v, want ErrConnectionClosed", err)
	}
}

func end(t *testing.T, log ledger.Log) uint64 {
	t.Helper()
	end, err := log.End(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	return end
}
