package projections

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"

	"sijil/events"
)

// A Message is one payload as a log stores it, whoever put it there.
type Message struct {
	Position uint64
	Payload  []byte
}

// A Source is a log as readers see it: messages at rising positions from 1.
type Source interface {
	// Read yields the messages after a position, in order, in batches of any size, up to and
	// including position to; with to == 0 it waits for more until ctx ends, whose error it then
	// yields. Payloads are the reader's to keep. A message that is missing is left out: the reader
	// sees the gap.
	Read(ctx context.Context, after, to uint64) iter.Seq2[[]Message, error]
	// End is the position of the last message stored, 0 for none.
	End(ctx context.Context) (uint64, error)
}

// ErrBeyondEnd says that a log ends before a position that was read from it: it was truncated,
// recreated or replaced by an older copy.
var ErrBeyondEnd = errors.New("the log ends before it")

// Compare compares the log with what a reader has of it: the payload at the checkpoint MUST have its
// hash.
func Compare(ctx context.Context, src Source, at events.Checkpoint) error {
	if at.Position == 0 {
		return nil
	}
	end, err := src.End(ctx)
	if err != nil {
		return err
	}
	if end < at.Position {
		return &events.ChainError{After: at, Got: end, Err: ErrBeyondEnd}
	}
	m, err := Get(ctx, src, at.Position)
	switch {
	case err != nil:
		return err
	case events.Sum(m.Payload) != at.Hash:
		return &events.ChainError{After: at, Got: at.Position, Err: errors.New("the log has another payload there: it was altered, recreated or replaced")}
	}
	return nil
}

// Get reads one message.
func Get(ctx context.Context, src Source, position uint64) (Message, error) {
	for batch, err := range src.Read(ctx, position-1, position) {
		if err != nil {
			return Message{}, err
		}
		if len(batch) == 0 {
			continue
		}
		if m := batch[0]; m.Position != position {
			return Message{}, &events.ChainError{After: events.Checkpoint{Position: position - 1}, Got: m.Position, Err: events.ErrGap}
		}
		return batch[0], nil
	}
	return Message{}, &events.ChainError{After: events.Checkpoint{Position: position - 1}, Got: 0, Err: events.ErrGap}
}

// Follow yields the entries after a checkpoint, decoded and verified, in order, in batches, up to
// and including position to; with to == 0 it goes on until ctx ends, whose error it then yields. The
// first thing that is wrong ends it with an [events.ChainError], after everything before was
// yielded. The checkpoint itself is not compared; see [Compare].
//
// A foreign message (not written by the ledger) is such a wrong thing, unless a later entry notes
// exactly it; then it is yielded as an entry without an event. What is [Unreadable] may be the ledger's
// own, so no note passes it; nor the first message, which is the ledger.
func Follow(ctx context.Context, src Source, after events.Checkpoint, to uint64) iter.Seq2[[]events.Entry, error] {
	return func(yield func([]events.Entry, error) bool) {
		if to != 0 && to <= after.Position {
			return
		}
		at := after
		for d := range decode(ctx, src, at.Position, to) {
			if d.err != nil {
				yield(nil, d.err)
				return
			}
			<-d.done
			for i := range d.entries {
				e, err := d.entries[i], d.errs[i]
				if err == nil {
					if err = at.Follow(e); err == nil {
						continue
					}
				}
				e, err = foreign(ctx, src, at, d.messages[i], e, err)
				if err != nil {
					if i > 0 && !yield(d.entries[:i], nil) {
						return
					}
					yield(nil, err)
					return
				}
				d.entries[i], at = e, e.Checkpoint
			}
			if len(d.entries) > 0 && !yield(d.entries, nil) {
				return
			}
			if to != 0 && at.Position >= to {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(nil, err)
		} else if to != 0 && at.Position < to {
			yield(nil, &events.ChainError{After: at, Got: 0, Err: fmt.Errorf("%w: no message up to @%d", events.ErrGap, to)})
		}
	}
}

// foreign decides what a message is that does not follow: noted, then it becomes an entry without an
// event; or else what is wrong with it.
func foreign(ctx context.Context, src Source, at events.Checkpoint, m Message, e events.Entry, wrong error) (events.Entry, error) {
	var chain *events.ChainError
	if !errors.As(wrong, &chain) {
		wrong = &events.ChainError{After: at, Got: m.Position, Err: wrong}
	}
	if m.Position != at.Position+1 || at.Position == 0 || Unreadable(wrong) {
		return e, wrong
	}
	noted, err := Noted(ctx, src, at, m)
	if err != nil {
		return e, errors.Join(wrong, err)
	}
	if !noted {
		return e, wrong
	}
	return events.Entry{
		Checkpoint: events.Checkpoint{Ledger: at.Ledger, Position: m.Position, Hash: events.Sum(m.Payload)},
		Prev:       at.Hash, Raw: m.Payload,
	}, nil
}

// Unreadable reports that a payload is an event of a kind or version that this build does not know:
// the ledger's own, perhaps, and written by a newer build.
func Unreadable(err error) bool {
	return errors.Is(err, events.ErrUnknownKind) || errors.Is(err, events.ErrUnknownVersion)
}

// Noted reports whether the log holds, after foreign message m, a valid note of exactly it.
func Noted(ctx context.Context, src Source, at events.Checkpoint, m Message) (bool, error) {
	end, err := src.End(ctx)
	if err != nil || end <= m.Position {
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	prev := events.Checkpoint{Ledger: at.Ledger, Position: m.Position, Hash: events.Sum(m.Payload)}
	want := prev.Hash
	for batch, err := range src.Read(ctx, m.Position, end) {
		if err != nil {
			return false, err
		}
		for _, n := range batch {
			e, err := events.Decode(n.Payload)
			if err == nil && prev.Follow(e) == nil {
				if note, ok := e.Event.(events.ForeignNoted); ok && note.Position == m.Position && note.SHA256 == want {
					return true, nil
				}
				continue
			}
			prev = events.Checkpoint{Ledger: at.Ledger, Position: n.Position, Hash: events.Sum(n.Payload)}
		}
	}
	return false, nil
}

// decoded is one batch of messages on its way through the decoders.
type decoded struct {
	messages []Message
	entries  []events.Entry
	errs     []error
	err      error // of the source
	done     chan struct{}
}

const decodeChunk = 256

// decode reads src and decodes beside the reader, on as many cores as there are, and yields batches in
// order. The receiver waits for done. When it returns, nobody reads src any more.
func decode(ctx context.Context, src Source, after, to uint64) iter.Seq[*decoded] {
	return func(yield func(*decoded) bool) {
		ctx, cancel := context.WithCancel(ctx)
		workers := runtime.GOMAXPROCS(0)
		order := make(chan *decoded, 4*workers)
		work := make(chan *decoded, 4*workers)
		defer func() {
			cancel()
			for range order {
			}
		}()
		for range workers {
			go func() {
				for d := range work {
					for i, m := range d.messages {
						d.entries[i], d.errs[i] = events.Decode(m.Payload)
					}
					close(d.done)
				}
			}()
		}
		go func() {
			defer close(order)
			defer close(work)
			send := func(d *decoded) bool {
				if d.err == nil {
					select {
					case work <- d:
					case <-ctx.Done():
						return false
					}
				}
				select {
				case order <- d:
					return true
				case <-ctx.Done():
					return false
				}
			}
			for batch, err := range src.Read(ctx, after, to) {
				if err != nil {
					send(&decoded{err: err})
					return
				}
				for len(batch) > 0 {
					n := min(len(batch), decodeChunk)
					if !send(&decoded{
						messages: batch[:n], entries: make([]events.Entry, n), errs: make([]error, n), done: make(chan struct{}),
					}) {
						return
					}
					batch = batch[n:]
				}
			}
		}()
		for d := range order {
			if !yield(d) {
				return
			}
		}
	}
}
