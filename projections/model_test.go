package projections_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// One entry at the end of the log can be seen without another to follow it, again and again.
func TestTailIsSeen(t *testing.T) {
	log, m := of(chained.Prefix(1)), open(t, tally{})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- projections.Run(ctx, log, 0, m) }()
	for n := uint64(1); ; n++ {
		must(t, m.Wait(t.Context(), n))
		is(t, m, chained, n)
		if n == 60 {
			break
		}
		log.add(chained.Entries[n].Raw)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) || m.State().Halted != nil {
		t.Errorf("Run ends with %v; halted: %v", err, m.State().Halted)
	}
	is(t, m, chained, 60) // it goes on answering
	if err := m.Wait(canceled(t), 61); !errors.Is(err, projections.ErrBehind) {
		t.Error(err)
	}
}

// Whoever looks, and whenever, sees the fold of a prefix, and never an earlier one than before.
func TestManyLook(t *testing.T) {
	h := projectiontest.Random(4, 300, projectiontest.Small)
	answers := make([]answer, len(h.Entries)+1)
	rows := projections.On(projections.Empty)
	for i, e := range h.Entries {
		must(t, rows.Fold(tally{}, e))
		answers[i+1] = answerTo(rows)
	}
	log, models := of(h.Prefix(1)), []*projections.Model{open(t, tally{}), open(t, tally{})}
	ctx, cancel := context.WithCancel(t.Context())
	var run, lookers sync.WaitGroup
	run.Go(func() {
		if err := projections.Run(ctx, log, 0, models...); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	for _, m := range models {
		lookers.Go(func() { // follows every move
			for at := uint64(0); at < 300; {
				moved := m.Moved()
				s := m.State()
				if s.Checkpoint.Position < at || s.Halted != nil {
					t.Errorf("from @%d to %+v", at, s)
					return
				}
				if at = s.Checkpoint.Position; at < 300 {
					<-moved
				}
			}
		})
		for start := range uint64(3) {
			lookers.Go(func() { // waits for some positions
				last := uint64(0)
				for want := start + 1; want <= 300; want += 7 {
					if err := m.Wait(ctx, want); err != nil {
						t.Error(err)
						return
					}
					var a answer
					err := m.View(func(v projections.View) (err error) {
						a, err = whole{}.Answer(v)
						return err
					})
					if at := a.At.Position; err != nil || at < want || at < last || a != answers[at] {
						t.Errorf("waited for @%d after @%d: at %v, %v", want, last, a.At, err)
						return
					}
					last = a.At.Position
				}
			})
		}
	}
	for i := 1; i < 300; i += 3 {
		log.add(payloads(projectiontest.History{Entries: h.Entries[i:min(i+3, 300)]})...)
		if i%9 == 1 {
			must(t, models[0].Wait(ctx, uint64(i)))
		}
	}
	lookers.Wait()
	cancel()
	run.Wait()
}

// What waits is woken by a halt, and by going on after it.
func TestWaitIsWoken(t *testing.T) {
	refuses := "contribution.recorded"
	m := open(t, tally{&refuses})
	waited, moved := make(chan error), m.Moved()
	go func() { waited <- m.Wait(context.Background(), 60) }()
	if err := projections.Run(t.Context(), chained, 60, m); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	<-moved
	if err := <-waited; !errors.Is(err, errRefused) {
		t.Error(err)
	}
	moved, refuses = m.Moved(), ""
	must(t, projections.Run(t.Context(), chained, 60, m))
	<-moved
	must(t, m.Wait(t.Context(), 60))
}

// A model passes over what it has folded, and refuses what does not follow.
func TestModelFold(t *testing.T) {
	m := open(t, tally{})
	must(t, m.Fold(chained.Entries[:20]), m.Fold(chained.Entries[5:30]), m.Fold(chained.Entries[:10]))
	if m.Pending() != 30 || answerTo(m.Rows()) != answerOf(t, chained.Prefix(30)) {
		t.Errorf("%d pending, at %v", m.Pending(), m.Rows().Checkpoint())
	}
	must(t, m.Flush(), m.Flush())
	if err := m.Fold(chained.Entries[31:]); !errors.Is(err, events.ErrGap) {
		t.Error(err)
	}
	m.Reset()
	must(t, m.Fold(chained.Entries), m.Flush(), projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}

// One reading of the log serves models that are at different places.
func TestRunFromDifferentPlaces(t *testing.T) {
	var models []*projections.Model
	for _, at := range []uint64{0, 1, 17, 59, 60} {
		m := open(t, tally{})
		must(t, m.Fold(chained.Prefix(at).Entries), m.Flush())
		models = append(models, m)
	}
	must(t, projections.Run(t.Context(), chained, 60, models...))
	for _, m := range models {
		is(t, m, chained, 60)
	}
	must(t, projections.Run(t.Context(), chained, 60)) // none is none
}
