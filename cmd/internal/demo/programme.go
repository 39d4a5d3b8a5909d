package demo

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"

	"sijil/cmd/internal/morocco"
	"sijil/events"
	"sijil/ledger"
)

// Name is the programme's name in the ledger.
const Name = "act4community"

// Rules are the programme's.
func Rules() events.Rules {
	return events.Rules{
		Names: map[string]string{"ar": "آكت فور كومينتي", "fr": "Act4Community", "en": "Act4Community"},
		Since: "2018", Timezone: "Africa/Casablanca", MinutesPerDay: dayLength, Counts: events.CountsRecorded,
		Limits: events.Limits{HoursPerDay: 12, DaysPerContribution: 5, MedianFactor: 10},
	}
}

var zone = sync.OnceValue(func() *time.Location {
	z, err := time.LoadLocation(Rules().Timezone)
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // package events brings all time zones
	}
	return z
})

// The source systems.
const (
	personnel  = "hr"         // knows employees
	foundation = "foundation" // knows groups
)

// A Programme is one generated history and what comes after it.
type Programme struct {
	// Clock is what the ledger MUST take for now.
	Clock *Clock

	ledger uuid.UUID
	seed   uint64
	plan   *planner
	steps  []step
	today  today
}

// New plans the programme of a seed. Its history is recorded by [Programme.History].
func New(seed uint64) *Programme {
	p := &planner{Rand: rand.New(rand.NewPCG(seed, 0x5111)), initiatives: initiatives()}
	people := 5525 + p.IntN(51)
	p.contribute(people, 14_000+p.IntN(1000))
	p.dialogue()
	p.duplicate()
	p.number()
	mended := p.mend()
	p.steer(16_580 + p.Int64N(41))

	out := &Programme{Clock: &Clock{}, ledger: uuid.New(), seed: seed, plan: p}
	out.today.begin(p)
	out.found()
	out.open()
	for m := range p.deeds {
		file := month(m).Format("2006-01")
		if m == forum {
			out.importing(workday(m, 6), personnel, "forum-2020", p.deeds[m])
			out.importing(workday(m, 6).Add(2*time.Hour), foundation, "forum-2020", p.guests())
			break
		}
		out.importing(workday(m+1, 2), personnel, file, p.deeds[m])
		out.importing(workday(m+1, 2).Add(5*time.Hour), foundation, file, p.groups(m))
	}
	out.desk(mended)
	out.sort()
	return out
}

// found begins the ledger and adopts the catalogue.
func (p *Programme) found() {
	plan, err := ledger.AdoptPlan(ledger.Catalogue{}, morocco.Catalogue(), "the built-in catalogue of Morocco")
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // the tests of morocco adopt it
	}
	reqs := []ledger.Request{p.request("desk", "found", ledger.Found{Ledger: p.ledger, Programme: Name, Rules: Rules()})}
	for i, c := range plan {
		reqs = append(reqs, p.request("desk", fmt.Sprint("catalogue ", i+1), c))
	}
	p.add(workday(0, 5).Add(-time.Hour), reqs...)
}

// open opens the initiatives in their months, and closes or reclassifies those of which that is said.
func (p *Programme) open() {
	for _, i := range p.plan.initiatives {
		p.add(workday(i.opened, 5), p.request("desk", "open "+i.Code, ledger.OpenInitiative{Initiative: i.Initiative}))
		if i.mended > 0 {
			p.add(workday(i.mended, 20), p.request("desk", "reclassify "+i.Code, ledger.ReviseInitiative{
				Code: i.Code, Type: i.typ, Reason: "opened under another type before the catalogue's types were explained",
			}))
		}
		if i.closed > 0 {
			last := month(i.closed+1).AddDate(0, 0, -1)
			p.add(workday(i.closed+1, 8), p.request("desk", "close "+i.Code, ledger.CloseInitiative{
				Code: i.Code, On: events.DayOf(last.Date()).Date(), Reason: "handed over to local bodies",
			}))
		}
	}
}

// importing records the rows of a file as one batch.
func (p *Programme) importing(at time.Time, system, file string, rows []deed) {
	sum := events.Sum(fmt.Appendf(nil, "demo %d %s %s", p.seed, system, file))
	batch := ledger.BatchID(p.ledger, system, sum, events.Hash{}, 1)
	unreadable := int64(len(rows) % 3) // rows that somebody has to look at, and nobody did
	reqs := []ledger.Request{p.request(system, "batch "+file, ledger.OpenBatch{
		Batch: batch, System: system, File: sum, Rows: int64(len(rows)) + unreadable,
	})}
	for i, d := range rows {
		if d.reference == "" {
			d.reference = fmt.Sprintf("G-%s-%02d", file, i+1)
		}
		r := p.record(system, d)
		r.File, r.Row = sum, int64(i)+2 // below the names of the columns
		reqs = append(reqs, p.request(system, "", r))
	}
	reqs = append(reqs, p.request(system, "batch "+file+" done", ledger.CloseBatch{Batch: batch, Rejected: unreadable}))
	for i := range reqs {
		reqs[i].Correlation = batch
	}
	p.add(at, reqs...)
}

// record is a deed as a command.
func (p *Programme) record(system string, d deed) ledger.Record {
	r := ledger.Record{
		System: system, Reference: d.reference, Headcount: d.headcount, Initiative: p.plan.initiatives[d.initiative].Code,
		Place: d.place, Date: d.date, Role: d.role, Quantity: d.quantity, Unit: d.unit, Basis: d.basis,
		Affiliation: d.affiliation, Session: d.session, Note: d.note, Accept: d.accept,
	}
	if d.quantity == "" {
		r.Unit = ""
	}
	if d.person >= 0 {
		who := p.plan.people[d.person]
		r.Volunteer, r.Name, r.New = who.reference, who.name, true
	}
	return r
}

// desk does what is to be mended, at one sitting a month.
func (p *Programme) desk(mended []mending) {
	for i, m := range mended {
		at := workday(m.month, 18)
		if m.month == forum {
			at = workday(m.month, 9)
		}
		p.add(at, p.request("desk", fmt.Sprint("mending ", i+1), m.command))
	}
}

// request is a command as its sender gives it.
func (p *Programme) request(sender, id string, c ledger.Command) ledger.Request {
	return ledger.Request{Scope: "demo " + sender, ID: id, Actor: "demo-" + sender, Method: events.Token, Command: c}
}

// workday is ten o'clock on a day of a month, or on the Monday after where that is a weekend.
func workday(m, day int) time.Time {
	at := month(m).AddDate(0, 0, day-1).Add(10 * time.Hour)
	for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		at = at.AddDate(0, 0, 1)
	}
	return at
}
