package projections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sijil/events"
)

// A HaltError says where and why a model does not go on.
type HaltError struct {
	Projection string
	After      events.Checkpoint // the last entry folded
	Err        error
}

func (e *HaltError) Error() string {
	return fmt.Sprintf("projection %s: halted after @%d: %v", e.Projection, e.After.Position, e.Err)
}

func (e *HaltError) Unwrap() error { return e.Err }

// flushEvery is how many entries are folded at most before they are committed. Where fewer are at
// hand, those are.
const flushEvery = 50_000

// Run compares every model with the log, folds what comes after into each, and goes on until ctx
// ends or, with to > 0, up to that position. The log is read and verified once for all models.
//
// A model that cannot fold an entry halts, and the rest go on; a broken chain or an unreadable log
// halts all and ends Run. Run may then be called again: what halted is tried anew. It returns what
// halted, joined, or the error of ctx.
func Run(ctx context.Context, src Source, to uint64, models ...*Model) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var going []*Model
	var halts []error
	halt := func(m *Model, err error) {
		if cause := ctx.Err(); cause == nil {
			err = &HaltError{m.Name(), m.State().Checkpoint, err}
			m.set(func() { m.halted = err })
			halts = append(halts, err)
		}
		m.Reset()
	}
	from := events.Checkpoint{Position: ^uint64(0)}
	for _, m := range models {
		if err := Compare(ctx, src, m.State().Checkpoint); err != nil {
			if errors.As(err, new(*events.ChainError)) { // not merely a log that cannot be read now
				m.set(func() { m.verified = false })
			}
			halt(m, err)
			continue
		}
		m.set(func() { m.verified, m.halted = true, nil })
		going = append(going, m)
		if at := m.State().Checkpoint; at.Position < from.Position {
			from = at
		}
	}
	each := func(do func(*Model) error) {
		still := going[:0]
		for _, m := range going {
			if err := do(m); err != nil {
				halt(m, err)
				continue
			}
			still = append(still, m)
		}
		going = still
	}
	if len(going) > 0 {
		r := reader(ctx, src, from, to)
		var last pace
		for len(going) > 0 {
			var batch followed
			select {
			case batch = <-r:
			default:
				// Nothing at hand: what was folded becomes visible, at once where the last time was
				// long ago, else a little later, so that committing takes a small share of the time.
				select {
				case batch = <-r:
				case <-last.due():
					last.measure(func() { each((*Model).Flush) })
					continue
				}
			}
			if batch.entries == nil {
				each((*Model).Flush)
				each(func(*Model) error { return batch.err })
				break
			}
			pending := uint64(0)
			each(func(m *Model) error {
				err := m.Fold(batch.entries)
				if err != nil {
					return errors.Join(err, refold(ctx, src, m))
				}
				pending = max(pending, m.Pending())
				return nil
			})
			last.pending = pending > 0
			if pending >= flushEvery {
				last.measure(func() { each((*Model).Flush) })
			}
		}
	}
	return errors.Join(append(halts, context.Cause(ctx))...)
}

// followed is what [Follow] yields; without entries, and when the channel is closed, it is the end.
type followed struct {
	entries []events.Entry
	err     error
}

// reader follows src beside the caller, until ctx ends.
func reader(ctx context.Context, src Source, from events.Checkpoint, to uint64) <-chan followed {
	out := make(chan followed, 8)
	go func() {
		defer close(out)
		for batch, err := range Follow(ctx, src, from, to) {
			select {
			case out <- followed{batch, err}:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// A pace spreads commits so that they take at most a fifth of the time while there is more to fold.
type pace struct {
	pending bool
	at      time.Time
	took    time.Duration
}

// due is when the next commit may be; never while nothing is pending.
func (p *pace) due() <-chan time.Time {
	if !p.pending {
		return nil
	}
	return time.After(4*p.took - time.Since(p.at))
}

func (p *pace) measure(commit func()) {
	begun := time.Now()
	commit()
	p.at = time.Now()
	p.took, p.pending = p.at.Sub(begun), false
}

// refold folds and commits what comes before the entry that could not be folded: the fold that failed
// left its rows unusable.
func refold(ctx context.Context, src Source, m *Model) error {
	failed := m.rows.at.Position
	m.Reset()
	if failed <= 1 {
		return nil
	}
	for batch, err := range Follow(ctx, src, m.rows.at, failed-1) {
		if err != nil {
			return err
		}
		if err := m.Fold(batch); err != nil {
			return err
		}
	}
	return m.Flush()
}

// CatchUp folds what the log holds now into m and returns.
func CatchUp(ctx context.Context, src Source, m *Model) error {
	end, err := src.End(ctx)
	if err != nil {
		return err
	}
	if end == 0 && m.State().Checkpoint.Position == 0 {
		m.set(func() { m.verified, m.halted = true, nil })
		return nil
	}
	return Run(ctx, src, max(end, m.State().Checkpoint.Position), m)
}
