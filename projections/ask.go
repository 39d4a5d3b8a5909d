package projections

import (
	"context"
	"sort"
	"time"

	"sijil/events"
)

// A Question is answered from a view alone, so live, as of, in a shadow and in a test alike.
type Question[A any] interface{ Answer(View) (A, error) }

// When says as of which position a question is asked: exactly At, or else now, but not before Since.
type When struct {
	At    uint64 `json:"at,omitzero"`
	Since uint64 `json:"since,omitzero"`
}

// Ask answers q from m. It waits for the position asked for until ctx ends, then with [ErrBehind].
func Ask[A any](ctx context.Context, m *Model, src Source, w When, q Question[A]) (a A, err error) {
	if err := m.Wait(ctx, max(w.Since, w.At)); err != nil {
		return a, err
	}
	answer := func(v View) (err error) {
		a, err = q.Answer(v)
		return err
	}
	live := true
	err = m.View(func(v View) error {
		if live = w.At == 0 || w.At == v.Checkpoint().Position; live {
			return answer(v)
		}
		return nil
	})
	if live || err != nil {
		return a, err
	}
	// The log that is folded anew must be the one that m knows.
	if err := Compare(ctx, src, m.State().Checkpoint); err != nil {
		return a, err
	}
	rows, err := AsOf(ctx, src, m.Projection, Empty, w.At)
	if err != nil {
		return a, err
	}
	return a, safely(answer, rows)
}

func safely(fn func(View) error, v View) (err error) {
	defer recoverDamage(&err)
	return fn(v)
}

// AsOf is the view as of a position, folded in memory on top of base, which MUST be a view of the
// same projection no later than that.
func AsOf(ctx context.Context, src Source, p Projection, base View, position uint64) (*Rows, error) {
	rows := On(base)
	if position <= rows.at.Position {
		return rows, nil
	}
	for batch, err := range Follow(ctx, src, rows.at, position) {
		if err != nil {
			return nil, err
		}
		for _, e := range batch {
			if err := rows.Fold(p, e); err != nil {
				return nil, err
			}
		}
	}
	return rows, nil
}

// PositionAt is the position of the last entry recorded at or before t, 0 for none. Recording times
// never decrease, so a time means one position.
func PositionAt(ctx context.Context, src Source, t time.Time) (uint64, error) {
	end, err := src.End(ctx)
	if err != nil {
		return 0, err
	}
	n := sort.Search(int(end), func(i int) bool {
		// The first entry from i on that is in its place; foreign messages have no time of their own.
		for p := uint64(i) + 1; p <= end && err == nil; p++ {
			var m Message
			if m, err = Get(ctx, src, p); err != nil {
				return true
			}
			if e, bad := events.Decode(m.Payload); bad == nil && e.Position == p {
				return e.Time.After(t)
			}
		}
		return true
	})
	return uint64(n), err
}
