package projections_test

import (
	"context"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// A logged is a log in memory that grows, and that can suffer whatever a log can: its messages may be
// changed at will between two reads.
type logged struct {
	// sizes, where set, says how many messages the next batch has; 0 is an empty batch.
	sizes func() int

	mu       sync.Mutex
	messages []projections.Message // positions rise
	failure  error                 // what End says
	moved    chan struct{}         // closed at the next message
}

var _ projections.Source = (*logged)(nil)

// logOf is a log of payloads from position 1 on.
func logOf(payloads ...[]byte) *logged {
	l := &logged{}
	l.add(payloads...)
	return l
}

// of is a log of a history.
func of(h projectiontest.History) *logged { return logOf(payloads(h)...) }

func payloads(h projectiontest.History) (all [][]byte) {
	for _, e := range h.Entries {
		all = append(all, e.Raw)
	}
	return all
}

// add stores payloads behind the last message.
func (l *logged) add(payloads ...[]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range payloads {
		l.messages = append(l.messages, projections.Message{Position: l.end() + 1, Payload: p})
	}
	if l.moved != nil {
		close(l.moved)
		l.moved = nil
	}
}

// lose removes the message at a position.
func (l *logged) lose(position uint64) *logged {
	l.messages = slices.DeleteFunc(l.messages, func(m projections.Message) bool { return m.Position == position })
	return l
}

func (l *logged) end() uint64 {
	if len(l.messages) == 0 {
		return 0
	}
	return l.messages[len(l.messages)-1].Position
}

// End implements [projections.Source].
func (l *logged) End(context.Context) (uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.end(), l.failure
}

// fail lets End fail, or not any more.
func (l *logged) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failure = err
}

// Read implements [projections.Source].
func (l *logged) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		for {
			batch, moved := l.next(after, to)
			if len(batch) > 0 {
				size := len(batch)
				if l.sizes != nil {
					size = min(size, l.sizes())
				}
				if ctx.Err() != nil {
					yield(nil, ctx.Err())
					return
				}
				if !yield(slices.Clone(batch[:size]), nil) {
					return
				}
				if size > 0 {
					after = batch[size-1].Position
				}
				continue
			}
			if to != 0 {
				return
			}
			select {
			case <-moved:
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			}
		}
	}
}

func (l *logged) next(after, to uint64) ([]projections.Message, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var batch []projections.Message
	for _, m := range l.messages {
		if m.Position > after && (to == 0 || m.Position <= to) {
			batch = append(batch, m)
		}
	}
	if l.moved == nil {
		l.moved = make(chan struct{})
	}
	return batch, l.moved
}

// A scribe writes a log as the ledger does: what it says follows from whatever lies before it.
type scribe struct {
	*logged
	at   events.Checkpoint
	time time.Time
	n    int
}

// newScribe founds a ledger.
func newScribe(ledger uuid.UUID) *scribe {
	s := &scribe{logged: logOf(), at: events.Checkpoint{Ledger: ledger}, time: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)}
	s.say(projectiontest.Random(1, 1, projectiontest.Small).Entries[0].Event)
	return s
}

// seal makes the entry that comes next.
func (s *scribe) seal(at events.Checkpoint, fact events.Event) events.Entry {
	s.n++
	e, err := events.Seal(at, "test", s.time, events.Cause{
		Command: projectiontest.ID("scribe", s.n), Hash: events.Sum([]byte{byte(s.n)}), Actor: "tester", Method: events.Local,
	}, 1, fact)
	if err != nil {
		panic(err)
	}
	return e
}

// say stores a fact.
func (s *scribe) say(fact events.Event) events.Entry {
	e := s.seal(s.at, fact)
	s.add(e.Raw)
	s.at = e.Checkpoint
	return e
}

// person registers somebody: the fact that says least.
func (s *scribe) person() events.Entry {
	return s.say(events.VolunteerRegistered{ID: projectiontest.ID("person", s.n)})
}

// foreign stores what is no event, and says what it was.
func (s *scribe) foreign(payload string) projections.Message {
	s.add([]byte(payload))
	s.at = events.Checkpoint{Ledger: s.at.Ledger, Position: s.at.Position + 1, Hash: events.Sum([]byte(payload))}
	return projections.Message{Position: s.at.Position, Payload: []byte(payload)}
}

// noteOf is the fact that a message is foreign.
func noteOf(m projections.Message) events.ForeignNoted {
	return events.ForeignNoted{Position: m.Position, SHA256: events.Sum(m.Payload), Reason: "a test put it there"}
}

// resealed is a history under another ledger's id.
func resealed(h projectiontest.History, ledger uuid.UUID) projectiontest.History {
	at := events.Checkpoint{Ledger: ledger}
	var out projectiontest.History
	for _, e := range h.Entries {
		e, err := events.Seal(at, e.Programme, e.Time, e.Cause, e.Part, e.Event)
		if err != nil {
			panic(err)
		}
		at = e.Checkpoint
		out.Entries = append(out.Entries, e)
	}
	return out
}

// collect is everything that Follow yields, and the error that ends it.
func collect(t *testing.T, src projections.Source, after events.Checkpoint, to uint64) (got []events.Entry, err error) {
	t.Helper()
	for batch, err := range projections.Follow(t.Context(), src, after, to) {
		if err != nil {
			return got, err
		}
		if len(batch) == 0 {
			t.Error("an empty batch")
		}
		got = append(got, batch...)
	}
	return got, nil
}

// A failing log can be read up to a position, and then fails.
type failing struct {
	*logged
	last uint64
	err  error
}

// Read implements [projections.Source].
func (f failing) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		for batch, err := range f.logged.Read(ctx, after, min(to, f.last)) {
			if !yield(batch, err) {
				return
			}
		}
		if to > f.last {
			yield(nil, f.err)
		}
	}
}
