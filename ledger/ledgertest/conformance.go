package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
)

// Conformance tests the contract of [ledger.Log]. open MUST return a log that is empty and belongs
// to [Programme]; it is called once per subtest, and what it opens is closed by t.Cleanup.
func Conformance(t *testing.T, open func(t *testing.T) ledger.Log) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, log ledger.Log)
	}{
		{"an empty log", empty},
		{"batches of 1, 8, 9 and 1000", sizes},
		{"payloads come back identical", payloads},
		{"a conflict stores nothing", conflicts},
		{"the same again is a conflict", again},
		{"what cannot be appended is refused", malformed},
		{"reads are bounded", bounded},
		{"readers that tail see the same order", tailing},
		{"a reader that starts at the end misses nothing", atTheEnd},
		{"a reader that waits beyond the end is told", beyondTheEnd},
		{"a read ends with its context", ends},
		{"a reader may stop", stops},
		{"concurrent appenders take turns", concurrent},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// patience is how long a test waits for what must come before it says that it does not.
const patience = 30 * time.Second

func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func empty(t *testing.T, log ledger.Log) {
	ctx := patient(t)
	wantEnd(t, log, 0)
	if err := log.Append(ctx, nil); err != nil {
		t.Errorf("append of nothing: %v", err)
	}
	wantEnd(t, log, 0)
	wantMessages(t, read(t, ctx, log, 0, 5), nil)
}

func sizes(t *testing.T, log ledger.Log) {
	ctx := patient(t)
	entries := Chain(1 + 8 + 9 + 1000 + 1)
	at := 0
	for _, n := range []int{1, 8, 9, 1000, 1} {
		if err := log.Append(ctx, entries[at:at+n]); err != nil {
			t.Fatalf("append of %d: %v", n, err)
		}
		at += n
		wantEnd(t, log, uint64(at))
	}
	wantMessages(t, read(t, ctx, log, 0, uint64(at)), entries)
	wantVerified(t, log, entries[at-1].Checkpoint)
}

func payloads(t *testing.T, log ledger.Log) {
	entries := Chain(7)
	for i, raw := range [][]byte{
		{}, {0}, {0xff, 0xfe, 0, '\r', '\n'}, []byte("NATS/1.0\r\n\r\n"), bytes.Repeat([]byte{0xaa, '\n'}, events.MaxPayload/2),
	} {
		entries[i+1].Raw = raw
	}
	sent := slices.Clone(entries)
	for i := range sent {
		sent[i].Raw = bytes.Clone(entries[i].Raw)
	}
	ctx := patient(t)
	Fill(t, log, sent[:2]) // one batch, then single ones
	for i := 2; i < len(sent); i++ {
		Fill(t, log, sent[i:i+1])
	}
	for i := range sent {
		clear(sent[i].Raw) // the log keeps nothing of the caller's
	}
	got := read(t, ctx, log, 0, uint64(len(entries)))
	wantMessages(t, got, entries)
	for i := range got {
		clear(got[i].Payload) // the reader's to keep
	}
	wantMessages(t, read(t, ctx, log, 0, uint64(len(entries))), entries)
}

func conflicts(t *testing.T, log ledger.Log) {
	entries := Chain(30)
	Fill(t, log, entries[:10])
	for _, c := range []struct {
		name    string
		entries []events.Entry
	}{
		{"one, behind", entries[4:5]},
		{"one, at the end", entries[9:10]},
		{"one, ahead", entries[11:12]},
		{"several, behind", entries[4:6]},
		{"several, across the end", entries[8:12]},
		{"several, ahead", entries[12:20]},
		{"from the beginning", entries[:3]},
	} {
		if err := log.Append(patient(t), c.entries); !errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%s: %v, want ErrConflict", c.name, err)
		}
		wantEnd(t, log, 10)
	}
	Fill(t, log, entries[10:])
	wantMessages(t, read(t, patient(t), log, 0, 30), entries)
}

func again(t *testing.T, log ledger.Log) {
	entries := Chain(12)
	for _, part := range [][]events.Entry{entries[:1], entries[1:12]} {
		Fill(t, log, part)
		for range 3 {
			if err := log.Append(patient(t), part); !errors.Is(err, ledger.ErrConflict) {
				t.Errorf("%d entries again: %v, want ErrConflict", len(part), err)
			}
		}
	}
	wantMessages(t, read(t, patient(t), log, 0, 12), entries)
}

func malformed(t *testing.T, log ledger.Log) {
	entries := Chain(MaxAppend + 2)
	Fill(t, log, entries[:1])
	for _, c := range []struct {
		name    string
		entries []events.Entry
	}{
		{"a gap", []events.Entry{entries[1], entries[3]}},
		{"twice the same", []events.Entry{entries[1], entries[1]}},
		{"backwards", []events.Entry{entries[2], entries[1]}},
		{"no position", make([]events.Entry, 1)},
		{"too many", entries[1 : MaxAppend+2]},
	} {
		if err := log.Append(patient(t), c.entries); err == nil || errors.Is(err, ledger.ErrConflict) {
			t.Errorf("%s: %v, want an error that is no conflict", c.name, err)
		}
		wantEnd(t, log, 1)
	}
}

func bounded(t *testing.T, log ledger.Log) {
	ctx, entries := patient(t), Chain(1200)
	Fill(t, log, entries)
	for _, c := range []struct{ after, to uint64 }{
		{0, 1}, {0, 2}, {0, 1200}, {599, 600}, {599, 602}, {598, 1200}, {1199, 1200}, {3, 700},
	} {
		t.Run(fmt.Sprintf("%d to %d", c.after, c.to), func(t *testing.T) {
			wantMessages(t, read(t, ctx, log, c.after, c.to), entries[c.after:c.to])
		})
	}
	// Where the log ends before to, so does the read; one of nothing has nothing.
	wantMessages(t, read(t, ctx, log, 1190, 1300), entries[1190:])
	wantMessages(t, read(t, ctx, log, 1200, 1201), nil)
	wantMessages(t, read(t, ctx, log, 1300, 9000), nil)
	wantMessages(t, read(t, ctx, log, 5, 5), nil)
	wantMessages(t, read(t, ctx, log, 5, 3), nil)

	m, err := projections.Get(ctx, log, 777)
	if err != nil || m.Position != 777 || !bytes.Equal(m.Payload, entries[776].Raw) {
		t.Errorf("get @777: @%d, %v", m.Position, err)
	}
	if m, err := projections.Get(ctx, log, 1201); !errors.Is(err, events.ErrGap) {
		t.Errorf("get beyond the end: @%d, %v, want ErrGap", m.Position, err)
	}
}

func tailing(t *testing.T, log ledger.Log) {
	ctx, entries := patient(t), Chain(400)
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() { wantMessages(t, take(t, log.Read(ctx, 0, 0), len(entries)), entries) })
	}
	for at := 0; at < len(entries); {
		n := min(1+at%23, len(entries)-at)
		Fill(t, log, entries[at:at+n])
		at += n
	}
	readers.Wait()
}

func atTheEnd(t *testing.T, log ledger.Log) {
	entries := Chain(40)
	for at := uint64(0); at < 40; at += 10 {
		// The reader may look before or after the append: it gets what was appended.
		var reader sync.WaitGroup
		reader.Go(func() { wantMessages(t, take(t, log.Read(patient(t), at, 0), 10), entries[at:at+10]) })
		Fill(t, log, entries[at:at+3])
		Fill(t, log, entries[at+3:at+10])
		reader.Wait()
	}
	// A reader that has read to the end, and certainly waits there.
	next, stop := iter.Pull2(log.Read(patient(t), 0, 0))
	defer stop()
	more := After(entries[39].Checkpoint, 5, "chain")
	var got []projections.Message
	for len(got) < 45 {
		batch, err, ok := next()
		if !ok || err != nil {
			t.Fatalf("after @%d: %v", len(got), err)
		}
		if got = append(got, batch...); len(got) == 40 {
			Fill(t, log, more)
		}
	}
	wantMessages(t, got, append(entries, more...))
}

func beyondTheEnd(t *testing.T, log ledger.Log) {
	Fill(t, log, Chain(2))
	// Who has read what is not there any more must not wait for it: the log was truncated or replaced.
	for _, after := range []uint64{3, 5000} {
		n := 0
		for batch, err := range log.Read(patient(t), after, 0) {
			if n++; len(batch) > 0 || !errors.Is(err, projections.ErrBeyondEnd) {
				t.Errorf("read after @%d: %d messages, %v, want ErrBeyondEnd", after, len(batch), err)
			}
		}
		if n != 1 {
			t.Errorf("read after @%d yields %d times, want once", after, n)
		}
	}
}

func ends(t *testing.T, log ledger.Log) {
	entries := Chain(3)
	Fill(t, log, entries)
	ctx, cancel := context.WithCancel(patient(t))
	defer cancel()
	var got []projections.Message
	var last error
	for batch, err := range log.Read(ctx, 0, 0) {
		got = append(got, batch...)
		if last = err; len(got) == 3 {
			cancel()
		}
	}
	wantMessages(t, got, entries)
	if !errors.Is(last, context.Canceled) {
		t.Errorf("ended with %v, want context.Canceled", last)
	}
	for _, to := range []uint64{0, 1, 3} {
		n := 0
		for batch, err := range log.Read(ctx, 0, to) {
			if n++; len(batch) > 0 || !errors.Is(err, context.Canceled) {
				t.Errorf("read to %d under an ended context: %d messages, %v", to, len(batch), err)
			}
		}
		if n != 1 {
			t.Errorf("read to %d under an ended context yields %d times, want once", to, n)
		}
	}
	if _, err := log.End(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("end under an ended context: %v", err)
	}
	if err := log.Append(ctx, After(entries[2].Checkpoint, 1, "late")); !errors.Is(err, context.Canceled) {
		t.Errorf("append under an ended context: %v", err)
	}
}

func stops(t *testing.T, log ledger.Log) {
	entries := Chain(50)
	Fill(t, log, entries)
	for range 20 {
		for _, err := range log.Read(patient(t), 0, 0) {
			if err != nil {
				t.Error(err)
			}
			break
		}
	}
	wantMessages(t, take(t, log.Read(patient(t), 20, 0), 30), entries[20:])
}

// concurrent has appenders race, each catching up on conflicts as the ledger does. Every position is
// somebody's, once, and the chain holds.
func concurrent(t *testing.T, log ledger.Log) {
	const appenders, each = 4, 30
	ctx := patient(t)
	Fill(t, log, Chain(1))
	var all sync.WaitGroup
	for n := range appenders {
		all.Go(func() {
			var at events.Checkpoint
			for done := 0; done < each; {
				end, err := log.End(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				for batch, err := range projections.Follow(ctx, log, at, end) {
					if err != nil {
						t.Error(err)
						return
					}
					at = batch[len(batch)-1].Checkpoint
				}
				size := min(1+(n+done)%3, each-done)
				switch err := log.Append(ctx, After(at, size, fmt.Sprintf("appender-%d", n))); {
				case err == nil:
					done += size
				case !errors.Is(err, ledger.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	wantEnd(t, log, 1+appenders*each)
	count := map[string]int{}
	for batch, err := range projections.Follow(ctx, log, events.Checkpoint{}, 1+appenders*each) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			count[e.Cause.Actor]++
		}
	}
	for n := range appenders {
		if got := count[fmt.Sprintf("appender-%d", n)]; got != each {
			t.Errorf("appender %d has %d entries in the log, want %d", n, got, each)
		}
	}
}

// read is what a bounded read yields.
func read(t *testing.T, ctx context.Context, log ledger.Log, after, to uint64) (got []projections.Message) {
	t.Helper()
	for batch, err := range log.Read(ctx, after, to) {
		if err != nil {
			t.Errorf("read %d to %d: %v", after, to, err)
			break
		}
		if len(batch) == 0 {
			t.Errorf("read %d to %d: an empty batch", after, to)
		}
		got = append(got, batch...)
	}
	return got
}

// take is the first n messages of a read.
func take(t *testing.T, messages iter.Seq2[[]projections.Message, error], n int) (got []projections.Message) {
	t.Helper()
	for batch, err := range messages {
		if err != nil {
			t.Errorf("after %d messages: %v", len(got), err)
			break
		}
		if got = append(got, batch...); len(got) >= n {
			break
		}
	}
	return got
}

func wantMessages(t *testing.T, got []projections.Message, want []events.Entry) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i].Position != want[i].Position || !bytes.Equal(got[i].Payload, want[i].Raw) {
			t.Errorf("message %d is @%d %.80q, want @%d %.80q", i, got[i].Position, got[i].Payload, want[i].Position, want[i].Raw)
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d messages, want %d", len(got), len(want))
	}
}

func wantEnd(t *testing.T, log ledger.Log, want uint64) {
	t.Helper()
	if end, err := log.End(patient(t)); err != nil || end != want {
		t.Errorf("end is @%d, %v; want @%d", end, err, want)
	}
}

func wantVerified(t *testing.T, log ledger.Log, want events.Checkpoint) {
	t.Helper()
	var at events.Checkpoint
	for batch, err := range projections.Follow(patient(t), log, at, want.Position) {
		if err != nil {
			t.Fatal(err)
		}
		at = batch[len(batch)-1].Checkpoint
	}
	if at != want {
		t.Errorf("the log verifies to %v, want %v", at, want)
	}
}
