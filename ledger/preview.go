package ledger

import (
	"context"
	"math"
	"time"

	"sijil/events"
)

// A preview is a draft that is never appended.
type preview struct {
	*draft
	used time.Time
}

// previewFor is how long a preview is kept for the next call.
const previewFor = 10 * time.Minute

// maxPreviews are kept at once; each holds what its calls decided.
const maxPreviews = 16

// Preview decides requests as Submit would and records nothing. Calls with the same session build on
// each other, so that a file can be tried in parts; "" is a session of one call. What is new in the
// vault is dropped with the session.
func (l *Ledger) Preview(ctx context.Context, session string, reqs ...Request) (out []Outcome, err error) {
	err = l.between(ctx, func(ctx context.Context) error {
		l.expire()
		p := l.previews[session]
		if p == nil || session == "" {
			if err := l.catchUp(ctx); err != nil {
				return err
			}
			p = &preview{draft: l.draft()}
			p.limit = math.MaxInt
			l.previews[session] = p
		}
		p.used = time.Now()
		if session == "" {
			delete(l.previews, session)
		}
		for _, r := range reqs {
			q := &pending{Request: r}
			if err := l.guard(func() error { _, err := p.add(ctx, q); return err }); err != nil {
				delete(l.previews, session)
				return err
			}
			for i := len(p.entries) - 1; i >= 0 && p.entries[i].Raw != nil; i-- {
				p.entries[i].Raw = nil // never appended
			}
			out = append(out, q.out)
		}
		return nil
	})
	return out, err
}

// expire forgets the sessions that nobody came back to, and the oldest of too many.
func (l *Ledger) expire() {
	var oldest string
	for k, p := range l.previews {
		if time.Since(p.used) > previewFor {
			delete(l.previews, k)
		} else if l.previews[oldest] == nil || p.used.Before(l.previews[oldest].used) {
			oldest = k
		}
	}
	if len(l.previews) > maxPreviews {
		delete(l.previews, oldest)
	}
}

// EndPreview forgets a session.
func (l *Ledger) EndPreview(ctx context.Context, session string) error {
	return l.between(ctx, func(context.Context) error {
		delete(l.previews, session)
		return nil
	})
}

// A Novelty is a volunteer or an initiative that a decision would add, and what there is that is
// written much like it.
type Novelty struct {
	Kind    string   `json:"kind"` // volunteer or initiative
	Name    string   `json:"name"`
	Nearest []string `json:"nearest,omitzero"`
}

// Novelties lists what an outcome adds. r is the request that it answers.
func (l *Ledger) Novelties(ctx context.Context, r Request, o Outcome) (out []Novelty, err error) {
	c, ok := r.Command.(Record)
	if !ok {
		return nil, nil
	}
	for _, e := range o.Events {
		switch e := e.(type) {
		case events.VolunteerRegistered:
			name := c.Name
			if name == "" {
				name = c.Volunteer
			}
			out = append(out, Novelty{"volunteer", name, l.names.nearest(l.Vault, c.Volunteer, c.Name)})
		case events.InitiativeOpened:
			n := Novelty{Kind: "initiative", Name: e.Code}
			err = l.Consult(ctx, func(b Books) error { n.Nearest = b.nearestInitiatives(e.Code); return nil })
			out = append(out, n)
		}
	}
	return out, err
}
