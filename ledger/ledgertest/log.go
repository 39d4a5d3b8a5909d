package ledgertest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"sync"

	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
)

// MaxAppend is how many entries one Append takes, as on JetStream.
const MaxAppend = 1000

// maxRead is how many messages a batch read from a Log has at most: few, so that readers meet
// several batches.
const maxRead = 256

// A Log is a [ledger.Log] in memory. It keeps payload bytes, so that every reader decodes. The zero
// value is empty and ready. Its methods may be called by many; Fault is set before the first.
type Log struct {
	// Fault, where set, is asked before each Append, numbered from 1, whether the entries go on to
	// be stored, and what Append returns in place of its own answer; nil leaves that as it is. So
	// (true, err) is a lost acknowledgement, (false, err) a lost message, and (false, nil) a log
	// that lies. It may call the log's methods, to let another client come first, for one.
	Fault func(call int, entries []events.Entry) (store bool, err error)

	mu       sync.Mutex
	calls    int
	payloads [][]byte      // nil where a message is missing
	moved    chan struct{} // closed at the next message, where somebody waits for it
}

var _ ledger.Log = (*Log)(nil)

// Append implements [ledger.Log].
func (l *Log) Append(ctx context.Context, entries []events.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if len(entries) > MaxAppend {
		return fmt.Errorf("ledgertest: %d entries in one append, at most %d", len(entries), MaxAppend)
	}
	for i, e := range entries {
		if want := entries[0].Position + uint64(i); e.Position != want || want == 0 {
			return fmt.Errorf("ledgertest: entry %d of the append is for @%d, not @%d", i+1, e.Position, want)
		}
	}
	store, lost := true, error(nil)
	l.mu.Lock()
	l.calls++
	call := l.calls
	l.mu.Unlock()
	if l.Fault != nil {
		store, lost = l.Fault(call, entries)
	}
	var err error
	if store {
		err = l.append(entries)
	}
	if lost != nil {
		return lost
	}
	return err
}

func (l *Log) append(entries []events.Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if end := uint64(len(l.payloads)); entries[0].Position != end+1 {
		return fmt.Errorf("ledgertest: append at @%d: %w: the log ends at @%d", entries[0].Position, ledger.ErrConflict, end)
	}
	for _, e := range entries {
		l.payloads = append(l.payloads, keep(e.Raw))
	}
	l.wake()
	return nil
}

// Foreign appends a payload as another client would that has no business here.
func (l *Log) Foreign(payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.payloads = append(l.payloads, keep(payload))
	l.wake()
}

// Alter puts another payload where one is stored, as a damaged disk or an administrator would; nil
// makes it missing.
func (l *Log) Alter(position uint64, payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.payloads[position-1] = bytes.Clone(payload)
}

// Appends is how many times Append was called with something to append.
func (l *Log) Appends() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls
}

// End implements [projections.Source].
func (l *Log) End(ctx context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.payloads)), ctx.Err()
}

// Read implements [projections.Source]. A read that tails from beyond the end yields
// [projections.ErrBeyondEnd].
func (l *Log) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		for at := after; to == 0 || at < to; {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			batch, next, moved, err := l.read(at, to)
			if err != nil {
				yield(nil, err)
				return
			}
			if len(batch) > 0 && !yield(batch, nil) {
				return
			}
			if next > at {
				at = next
				continue
			}
			if to != 0 {
				return // the log ends before it
			}
			select {
			case <-moved:
			case <-ctx.Done():
			}
		}
	}
}

// read is the next messages, the position to go on after, and what is closed when there are more.
func (l *Log) read(at, to uint64) (
	batch []projections.Message, next uint64, moved <-chan struct{}, err error,
) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.moved == nil {
		l.moved = make(chan struct{})
	}
	end := uint64(len(l.payloads))
	if to == 0 && at > end {
		return nil, at, nil, fmt.Errorf("ledgertest: read after @%d: %w: @%d is its last message", at, projections.ErrBeyondEnd, end)
	}
	end = min(end, at+maxRead)
	if to != 0 {
		end = min(end, to)
	}
	for ; at < end; at++ {
		if p := l.payloads[at]; p != nil {
			batch = append(batch, projections.Message{Position: at + 1, Payload: keep(p)})
		}
	}
	return batch, at, l.moved, nil
}

func (l *Log) wake() {
	if l.moved != nil {
		close(l.moved)
		l.moved = nil
	}
}

// keep is a copy, never nil: nil stands for a message that is missing.
func keep(payload []byte) []byte { return append([]byte{}, payload...) }
