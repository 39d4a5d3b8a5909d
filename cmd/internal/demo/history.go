package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sijil/ledger"
)

// Submit is a ledger's, or a client's that passes requests on to one.
type Submit func(context.Context, ...ledger.Request) ([]ledger.Outcome, error)

// A step is what is asked of the ledger at a time of the history.
type step struct {
	at       time.Time
	requests []ledger.Request
}

// atOnce is how many requests are submitted together, at most: a conflict or a lost answer costs no
// more, and progress shows.
const atOnce = 400

func (p *Programme) add(at time.Time, reqs ...ledger.Request) {
	p.steps = append(p.steps, step{at, reqs})
}

// sort puts the steps in order and those of the same time together.
func (p *Programme) sort() {
	slices.SortStableFunc(p.steps, func(a, b step) int { return a.at.Compare(b.at) })
	var out []step
	for _, s := range p.steps {
		if n := len(out); n > 0 && out[n-1].at.Equal(s.at) {
			out[n-1].requests = append(out[n-1].requests, s.requests...)
		} else {
			out = append(out, step{s.at, slices.Clone(s.requests)})
		}
	}
	p.steps = out
}

// History records the whole history, in order, and then lets the clock go. progress, optional, is told
// how many of all requests are done. A refusal ends it, since none is planned. After any error the
// same Programme may be asked again: what was recorded is not recorded twice.
func (p *Programme) History(ctx context.Context, submit Submit, progress func(done, total int)) error {
	defer p.Clock.set(time.Time{})
	done, total := 0, 0
	for _, s := range p.steps {
		total += len(s.requests)
	}
	for _, s := range p.steps {
		at := s.at
		for reqs := range slices.Chunk(s.requests, atOnce) {
			p.Clock.set(at)
			out, err := submit(ctx, reqs...)
			if err != nil {
				return fmt.Errorf("demo: %s: %w", at.Format(time.DateOnly), err)
			}
			for i, o := range out {
				if o.Err != nil {
					return fmt.Errorf("demo: %s: %T %s: %w", at.Format(time.DateOnly), reqs[i].Command, reqs[i].ID, o.Err)
				}
			}
			if done += len(reqs); progress != nil {
				progress(done, total)
			}
			at = at.Add(time.Minute)
		}
	}
	return nil
}
