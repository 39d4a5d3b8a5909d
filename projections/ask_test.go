package projections_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// A question is answered as of the position asked for, from the live rows or folded anew alike.
func TestAsk(t *testing.T) {
	m := open(t, tally{})
	must(t, projections.Run(t.Context(), chained, 40, m))
	for _, c := range []struct {
		when projections.When
		at   uint64
	}{
		{projections.When{}, 40},
		{projections.When{Since: 40}, 40},
		{projections.When{Since: 3}, 40},
		{projections.When{At: 40}, 40},
		{projections.When{At: 39}, 39},
		{projections.When{At: 1}, 1},
		{projections.When{At: 7, Since: 30}, 7},
	} {
		got, err := projections.Ask(t.Context(), m, chained, c.when, whole{})
		if want := answerOf(t, chained.Prefix(c.at)); err != nil || got != want {
			t.Errorf("%+v: as of %v, %v; not @%d", c.when, got.At, err, c.at)
		}
	}
	for _, when := range []projections.When{{Since: 41}, {At: 41}, {At: 5, Since: 41}} {
		if a, err := projections.Ask(canceled(t), m, chained, when, whole{}); !errors.Is(err, projections.ErrBehind) || a != (answer{}) {
			t.Errorf("%+v: %v, %v", when, a, err)
		}
	}
}

type asked func(projections.View) (int, error)

func (q asked) Answer(v projections.View) (int, error) { return q(v) }

// What a question says goes back as it is, and its error too.
func TestAskFails(t *testing.T) {
	errNo := errors.New("no")
	m := open(t, tally{})
	must(t, projections.Run(t.Context(), chained, 40, m))
	for _, when := range []projections.When{{}, {At: 10}, {At: 40}} {
		if _, err := projections.Ask(t.Context(), m, chained, when, asked(func(projections.View) (int, error) { return 0, errNo })); !errors.Is(err, errNo) {
			t.Errorf("%+v: %v", when, err)
		}
	}
}

// A question waits for its position, and is answered as of exactly that, while the model moves on.
func TestAskWhileMoving(t *testing.T) {
	log, m := of(chained.Prefix(1)), open(t, tally{})
	digests := make([]answer, len(chained.Entries)+1)
	for i := range digests {
		digests[i] = answerOf(t, chained.Prefix(uint64(i)))
	}
	ctx, cancel := context.WithCancel(t.Context())
	var run, askers sync.WaitGroup
	run.Go(func() {
		if err := projections.Run(ctx, log, 0, m); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	for range 4 {
		askers.Go(func() {
			for position := range uint64(len(chained.Entries)) {
				position++
				a, err := projections.Ask(ctx, m, log, projections.When{At: position}, whole{})
				if err != nil || a != digests[position] {
					t.Errorf("as of @%d: at %v, %v", position, a.At, err)
				}
				a, err = projections.Ask(ctx, m, log, projections.When{Since: position}, whole{})
				if err != nil || a.At.Position < position || a != digests[a.At.Position] {
					t.Errorf("since @%d: at %v, %v", position, a.At, err)
				}
				at := m.State().Checkpoint.Position // it is likely to move on
				if a, err = projections.Ask(ctx, m, log, projections.When{At: at}, whole{}); err != nil || a != digests[at] {
					t.Errorf("as of @%d, the last: at %v, %v", at, a.At, err)
				}
			}
		})
	}
	for _, e := range chained.Entries[1:] {
		log.add(e.Raw)
		must(t, m.Wait(ctx, e.Position-1))
	}
	askers.Wait()
	cancel()
	run.Wait()
}

// AsOf folds on top of any earlier view; as of nothing is nothing, and does not wait.
func TestAsOf(t *testing.T) {
	for _, base := range []uint64{0, 1, 20, 30} {
		under, err := chained.Prefix(base).Rows(tally{})
		must(t, err)
		rows, err := projections.AsOf(t.Context(), chained, tally{}, under, 30)
		must(t, err)
		if answerTo(rows) != answerOf(t, chained.Prefix(30)) {
			t.Errorf("on @%d: %v", base, rows.Checkpoint())
		}
	}
	rows, err := projections.AsOf(canceled(t), chained, tally{}, projections.Empty, 0)
	if err != nil || rows.Checkpoint().Position != 0 {
		t.Errorf("as of nothing: %v", err)
	}
	if _, err := projections.AsOf(t.Context(), chained, tally{}, projections.Empty, 61); !errors.Is(err, events.ErrGap) {
		t.Errorf("as of what is not there: %v", err)
	}
	refuses := "contribution.recorded"
	if _, err := projections.AsOf(t.Context(), chained, tally{&refuses}, projections.Empty, 60); !errors.Is(err, errRefused) {
		t.Errorf("a fold that fails: %v", err)
	}
}

// PositionAt finds what a search from beginning to end finds, with many entries at one time, and with
// foreign messages of any sort between them.
func TestPositionAt(t *testing.T) {
	projectiontest.Check(t, 150, func(t *rapid.T) {
		s := newScribe(projectiontest.ID("ledger", 1))
		times := []time.Time{s.time} // of the entry at each position; foreign messages have none
		for range rapid.IntRange(0, 30).Draw(t, "more") {
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				s.foreign("hello")
				times = append(times, time.Time{})
			case 1: // an entry again, with its time
				s.foreign(string(s.messages[rapid.IntRange(0, len(s.messages)-1).Draw(t, "again")].Payload))
				times = append(times, time.Time{})
			default:
				s.time = s.time.Add(time.Duration(rapid.IntRange(0, 2).Draw(t, "minutes")) * time.Minute)
				s.person()
				times = append(times, s.time)
			}
		}
		for at := times[0].Add(-time.Minute); !at.After(s.time.Add(time.Minute)); at = at.Add(30 * time.Second) {
			var want uint64
			for i, recorded := range times {
				if !recorded.IsZero() && !recorded.After(at) {
					want = uint64(i) + 1
				}
			}
			got, err := projections.PositionAt(context.Background(), s, at)
			if err != nil || got != want {
				t.Fatalf("at %v: @%d, %v; not @%d of %v", at, got, err, want, times)
			}
		}
	})
}

// PositionAt knows nothing of an empty log, and says of one with a hole that it has one.
func TestPositionAtWrong(t *testing.T) {
	if n, err := projections.PositionAt(t.Context(), logOf(), time.Now()); n != 0 || err != nil {
		t.Errorf("of nothing: @%d, %v", n, err)
	}
	log := of(chained)
	for position := uint64(2); position < 60; position++ {
		log.lose(position)
	}
	if n, err := projections.PositionAt(t.Context(), log, chained.Entries[10].Time); n != 0 || !errors.Is(err, events.ErrGap) {
		t.Errorf("with a hole: @%d, %v", n, err)
	}
}
