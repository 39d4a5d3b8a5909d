package projectiontest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"sijil/events"
)

func (w *writer) record() {
	if len(w.initiatives) == 0 {
		w.open()
	}
	if len(w.volunteers) == 0 {
		w.register()
	}
	c := &events.Contribution{Standing: events.Counted}
	if w.chance(30) {
		c.Standing = pick(w, events.Pending, events.Rejected)
	}
	w.who(c)
	w.what(c)
	w.when(c)
	w.howMuch(c)
	id := nth("contribution", w.command)
	w.live = append(w.live, standing{id, c})
	w.sayIn(w.batch(), events.ContributionRecorded{ID: id, After: c})
}

// correct changes one thing, or several.
func (w *writer) correct() {
	if len(w.live) == 0 {
		return
	}
	i := w.dice(len(w.live))
	before := w.live[i].c
	after := *before
	for range 1 + w.dice(2) {
		pick(w, w.who, w.what, w.when, w.howMuch, func(c *events.Contribution) {
			c.Standing = pick(w, events.Counted, events.Pending, events.Rejected)
		})(&after)
	}
	if after.Note == nil && w.chance(10) {
		after.Note = sealed()
	}
	w.live[i].c = &after
	w.sayIn(w.batch(), events.ContributionCorrected{ID: w.live[i].id, Before: before, After: &after, Reason: "wrong"})
}

func (w *writer) withdraw() {
	if len(w.live) == 0 {
		return
	}
	i := w.dice(len(w.live))
	gone := w.live[i]
	w.live = slices.Delete(w.live, i, i+1)
	w.sayIn(w.batch(), events.ContributionWithdrawn{ID: gone.id, Before: gone.c, Reason: "never happened"})
}

func (w *writer) who(c *events.Contribution) {
	if c.Volunteer, c.Headcount = pick(w, w.volunteers...), 0; w.chance(20) {
		c.Volunteer, c.Headcount = [16]byte{}, int64(1+w.dice(200))
	}
	c.Affiliation = ""
	n := w.dice(w.size.Affiliations + 1)
	if w.size.Calm { // people stay where they work
		n = int(c.Volunteer[0]) % (w.size.Affiliations + 1)
	}
	if n > 0 {
		c.Affiliation = fmt.Sprintf("Site %d", n)
	}
}

func (w *writer) what(c *events.Contribution) {
	i := pick(w, w.initiatives...)
	for range 3 {
		if w.closed[i.ID] {
			i = pick(w, w.initiatives...)
		}
	}
	c.Initiative, c.Place = i.ID, i.Places[0]
	if !w.size.Calm {
		c.Place = w.freePlace()
	}
	c.Role = pick(w, events.Volunteering, events.Volunteering, events.Attendance)
	c.Basis = pick(w, events.Bases...)
	if w.size.Calm { // an initiative is of one kind
		c.Role, c.Basis = events.Volunteering, events.Bases[int(i.ID[0])%len(events.Bases)]
	}
}

func (w *writer) when(c *events.Contribution) {
	year, month := w.year(), time.Month(1+w.dice(12))
	if w.size.Calm { // an initiative has its season
		year, month = 2018+int(c.Initiative[0])%w.size.Years, time.Month(1+int(c.Initiative[1])%6+w.dice(6))
	}
	switch w.dice(6) {
	case 0:
		c.Date = events.YearDate(year)
	case 1:
		c.Date = events.MonthDate(year, month)
	case 2: // within a month, or over some
		first := events.DayOf(year, month, 1+w.dice(28))
		last := min(first+1+events.Day(w.dice(80)), events.DayOf(year, time.December, 31))
		if c.Date = events.Interval(first, last); last <= first {
			c.Date = events.MonthDate(year, month)
		}
	default:
		c.Date = events.DayOf(year, month, 1+w.dice(28)).Date()
	}
}

func (w *writer) howMuch(c *events.Contribution) {
	c.Quantity, c.Unit, c.Per, c.Minutes = "", "", "", 0
	if w.chance(20) {
		return
	}
	c.Minutes = int64(1 + w.dice(1440))
	c.Quantity, c.Unit, c.Per = strconv.FormatInt(c.Minutes, 10), events.Minutes, events.PerGroup
}
