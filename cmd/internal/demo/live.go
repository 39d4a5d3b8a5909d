package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// today is what goes on after the history.
type today struct {
	*rand.Rand
	open    []int // initiatives that something is given to
	session string
	number  int
	recent  []recorded
	day     events.Day
	given   map[int]bool // who gave something on that day
}

// A recorded is a deed of today that may still be mended.
type recorded struct {
	reference string
	half      bool
}

func (t *today) begin(p *planner) {
	t.Rand = rand.New(rand.NewPCG(p.Uint64(), 0x11fe))
	for i := range p.initiatives {
		if in := &p.initiatives[i]; in.weight > 0 && in.closed == 0 {
			t.open = append(t.open, i)
		}
	}
}

// Next is what is asked of the ledger now: 1 to 6 contributions of today, now and then a correction
// or a withdrawal of an earlier one that Next gave. References differ from those of every other
// Programme, so the stream goes on where a ledger is opened again. It is for one goroutine.
func (p *Programme) Next(now time.Time) []ledger.Request {
	t := &p.today
	local := now.In(zone())
	if day := events.DayOf(local.Date()); t.given == nil || day != t.day {
		t.day, t.given = day, map[int]bool{}
	}
	if t.session == "" {
		t.session = uuid.NewString()[:8]
	}
	var out []ledger.Request
	for range 1 + t.IntN(6) {
		if len(t.recent) > 20 && t.IntN(12) == 0 {
			out = append(out, p.mendRecent())
			continue
		}
		out = append(out, p.request("live", "", p.deedOfToday()))
	}
	return out
}

func (p *Programme) deedOfToday() ledger.Record {
	t := &p.today
	who := -1
	if t.IntN(40) > 0 {
		// Where everybody has given today already, new people come.
		for range 20 {
			if n := t.IntN(len(p.plan.people)); !t.given[n] {
				who = n
				break
			}
		}
	}
	if who < 0 {
		who = len(p.plan.people)
		p.plan.people = append(p.plan.people, newPerson(t.Rand, who+1))
	}
	t.given[who] = true
	i := t.open[t.IntN(len(t.open))]
	in := &p.plan.initiatives[i]
	t.number++
	d := deed{
		reference: fmt.Sprintf("live-%s-%06d", t.session, t.number), person: who, initiative: i, date: t.day.Date(),
		quantity: wholeDay.number, unit: events.Days, basis: events.PaidWorkTime, affiliation: sites[p.plan.people[who].site].name,
	}
	half := t.IntN(2) == 0
	if half {
		d.quantity = halfDay.number
	}
	if len(in.places) > 1 {
		spelled := spellings(in.places[t.IntN(len(in.places))])
		d.place = spelled[t.IntN(len(spelled))]
	}
	t.recent = append(t.recent, recorded{d.reference, half})
	return p.record(personnel, d)
}

// mendRecent corrects or withdraws one of those given before the last few, which may be on their way.
func (p *Programme) mendRecent() ledger.Request {
	t := &p.today
	k := t.IntN(len(t.recent) - 10)
	r := t.recent[k]
	t.recent = slices.Delete(t.recent, k, k+1)
	if len(t.recent) > 500 {
		t.recent = slices.Delete(t.recent, 0, 250)
	}
	of := ledger.Target{System: personnel, Reference: r.reference}
	if t.IntN(4) == 0 {
		return p.request("live", "withdraw "+r.reference, ledger.Withdraw{Target: of, Reason: "saisi deux fois"})
	}
	to := halfDay.number
	if r.half {
		to = wholeDay.number
	}
	return p.request("live", "correct "+r.reference, ledger.Correct{
		Target: of, Set: map[string]string{"quantity": to}, Reason: "feuille de présence relue",
	})
}

// Live submits what Next gives every so often, until ctx ends; then its error is nil. A refusal does
// not end it, an error of submit does.
func (p *Programme) Live(ctx context.Context, every time.Duration, submit Submit) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if _, err := submit(ctx, p.Next(p.Clock.Now())...); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("demo: %w", err)
		}
	}
}
