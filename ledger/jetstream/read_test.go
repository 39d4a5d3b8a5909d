package jetstream_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sijil/events"
	"sijil/ledger/embedded"
	sijil "sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
	"sijil/projections"
)

// A reader reads on from where it is, a few messages at a time.
type reader struct {
	t    *testing.T
	next func() ([]projections.Message, error, bool)
	got  []projections.Message
}

func tail(t *testing.T, log projections.Source, after uint64) *reader {
	next, stop := iter.Pull2(log.Read(patient(t), after, 0))
	t.Cleanup(stop)
	return &reader{t: t, next: next}
}

// until reads until there are n messages, and returns them.
func (r *reader) until(n int) []projections.Message {
	r.t.Helper()
	for len(r.got) < n {
		batch, err, ok := r.next()
		if err != nil || !ok {
			r.t.Fatalf("after %d messages: %v", len(r.got), err)
		}
		r.got = append(r.got, batch...)
	}
	return r.got
}

// end reads until there is an error, and returns it.
func (r *reader) end() error {
	for {
		batch, err, ok := r.next()
		if err != nil || !ok {
			return err
		}
		r.got = append(r.got, batch...)
	}
}

func wantTail(t *testing.T, log projections.Source, want []events.Entry) {
	t.Helper()
	wantMessages(t, tail(t, log, 0).until(len(want)), want)
}

func wantRead(t *testing.T, log projections.Source, after, to uint64, want []events.Entry) {
	t.Helper()
	var got []projections.Message
	for batch, err := range log.Read(patient(t), after, to) {
		if err != nil {
			t.Errorf("read: %v", err)
		}
		got = append(got, batch...)
	}
	wantMessages(t, got, want)
}

func wantMessages(t *testing.T, got []projections.Message, want []events.Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
		return
	}
	for i, m := range got {
		if m.Position != want[i].Position || !bytes.Equal(m.Payload, want[i].Raw) {
			t.Errorf("message %d is @%d, want @%d, or its payload differs", i, m.Position, want[i].Position)
			return
		}
	}
}

// More than a feed holds and the server sends ahead, to a reader that dawdles at first.
func TestReadMany(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(12_000)
	ledgertest.Fill(t, log, entries)
	r := tail(t, log, 0)
	r.until(1)
	more := ledgertest.After(entries[11_999].Checkpoint, 1000, "more")
	ledgertest.Fill(t, log, more)
	entries = append(entries, more...)
	wantMessages(t, r.until(13_000), entries)
	wantRead(t, log, 0, 13_000, entries)
}

// More bytes than a feed holds and the server sends ahead.
func TestReadLargePayloads(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(600)
	for i := range entries {
		entries[i].Raw = bytes.Repeat([]byte{byte(i)}, events.MaxPayload)
	}
	ledgertest.Fill(t, log, entries)
	r := tail(t, log, 0)
	wantMessages(t, r.until(600), entries)
}

func TestMissingMessagesAreGaps(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(30)
	ledgertest.Fill(t, log, entries)
	config, _, err := log.Settings(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxMsgsPerSubject = 10 // of place.defined
	if _, err := js.UpdateStream(patient(t), config); err != nil {
		t.Fatal(err)
	}
	left := append(entries[:1:1], entries[20:]...)
	wantRead(t, log, 0, 30, left)
	wantRead(t, log, 0, 15, left[:1]) // the last one asked for is missing
	wantRead(t, log, 0, 3, left[:1])
	wantRead(t, log, 1, 20, nil)
	wantRead(t, log, 5, 8, nil)
	wantTail(t, log, left)
	if _, err := projections.Get(patient(t), log, 7); !errors.Is(err, events.ErrGap) {
		t.Errorf("get of a missing message: %v, want ErrGap", err)
	}
	for _, err := range projections.Follow(patient(t), log, events.Checkpoint{}, 30) {
		var chain *events.ChainError
		if err != nil && (!errors.As(err, &chain) || chain.After.Position != 1 || !errors.Is(err, events.ErrGap)) {
			t.Errorf("follow: %v, want a gap after @1", err)
		}
	}
}

func TestReadOutlivesTheServer(t *testing.T) {
	srv, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(60)
	ledgertest.Fill(t, log, entries[:20])
	idle, busy := tail(t, log, 20), tail(t, log, 0)
	wantMessages(t, busy.until(20), entries[:20])
	for n := 20; n < 60; n += 20 {
		if err := srv.Restart(patient(t)); err != nil {
			t.Fatal(err)
		}
		end(t, log) // the connection is back
		ledgertest.Fill(t, log, entries[n:n+20])
		wantMessages(t, busy.until(n+20), entries[:n+20])
	}
	wantMessages(t, idle.until(40), entries[20:])
}

func TestP5TheStreamIsDeletedUnderAReader(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(20)
	ledgertest.Fill(t, log, entries)
	r, waits := tail(t, log, 0), tail(t, log, 19)
	r.until(20)
	waits.until(1)
	if err := js.DeleteStream(patient(t), log.Stream()); err != nil {
		t.Fatal(err)
	}
	for _, r := range []*reader{r, waits} {
		if err := r.end(); !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("%v, want ErrStreamNotFound", err)
		}
	}
	for _, to := range []uint64{0, 1, 20} {
		for _, err := range log.Read(patient(t), 0, to) {
			if !errors.Is(err, jetstream.ErrStreamNotFound) {
				t.Errorf("read to %d: %v, want ErrStreamNotFound", to, err)
			}
		}
	}
}

func TestP5TheStreamIsReplacedUnderAReader(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(20)
	ledgertest.Fill(t, log, entries)
	r := tail(t, log, 0)
	r.until(20)
	if err := js.DeleteStream(patient(t), log.Stream()); err != nil {
		t.Fatal(err)
	}
	// The server may still be removing the old one.
	for {
		again, err := sijil.Create(patient(t), js, sijil.Config{Programme: ledgertest.Programme})
		if err == nil {
			ledgertest.Fill(t, again, entries[:5])
			break
		}
		if codeOf(err) != 10049 {
			t.Fatal(err)
		}
	}
	// Whether it looks before or after there is another is not to be known.
	if err := r.end(); !errors.Is(err, projections.ErrBeyondEnd) && !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("%v, want ErrBeyondEnd or ErrStreamNotFound", err)
	}
}

func TestReadOfAClosedConnection(t *testing.T) {
	srv, js := serve(t)
	entries := ledgertest.Chain(5)
	ledgertest.Fill(t, create(t, js), entries)
	mine := connect(t, srv, embedded.Projector)
	log, err := sijil.Open(patient(t), mine, ledgertest.Programme)
	if err != nil {
		t.Fatal(err)
	}
	r := tail(t, log, 0)
	wantMessages(t, r.until(5), entries)
	mine.Conn().Close()
	if err := r.end(); !errors.Is(err, nats.ErrConnectionClosed) {
		t.Errorf("%v, want ErrConnectionClosed", err)
	}
}

// Readers leave nothing behind on the server.
func TestConsumersAreRemoved(t *testing.T) {
	_, js := serve(t)
	log, entries := create(t, js), ledgertest.Chain(50)
	ledgertest.Fill(t, log, entries)
	for range 10 {
		wantRead(t, log, 0, 50, entries)
	}
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	for range log.Read(ctx, 0, 0) {
		cancel()
	}
	stream, err := js.Stream(patient(t), log.Stream())
	if err != nil {
		t.Fatal(err)
	}
	for {
		info, err := stream.Info(patient(t))
		if err != nil {
			t.Fatal(err) // in the end because nobody is patient for ever
		}
		if info.State.Consumers == 0 {
			return
		}
	}
}
