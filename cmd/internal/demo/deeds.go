package demo

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"sijil/events"
)

// The history's months are counted from March 2018; the last, 24, is that of the first forum, of
// which there are only days.
const (
	months    = 24
	forum     = months
	dayLength = 480 // minutes
)

// month is the first day of a month, in the programme's time zone.
func month(m int) time.Time { return time.Date(2018, time.March+time.Month(m), 1, 0, 0, 0, 0, zone()) }

// A deed is one contribution, as it is first recorded.
type deed struct {
	reference   string
	person      int // -1: a group of headcount
	headcount   int64
	initiative  int
	place       string // as typed; "": that of the initiative
	date        events.Date
	role        events.Role // "": that of the type
	quantity    string
	unit        events.Unit
	basis       events.Basis
	affiliation string
	session     string
	note        string
	accept      string

	minutes int64 // of volunteering, as they stand in the end
	settled bool  // nothing about it is changed any more
	again   bool  // entered twice
}

// A quantity is how much is given at once, and how often that is, in thousandths.
type quantity struct {
	often   int
	number  string
	unit    events.Unit
	minutes int64
	days    int // working days that it takes
}

var (
	halfDay   = quantity{340, "0.5", events.Days, dayLength / 2, 1}
	wholeDay  = quantity{430, "1", events.Days, dayLength, 1}
	twoDays   = quantity{98, "2", events.Days, 2 * dayLength, 2}
	threeDays = quantity{34, "3", events.Days, 3 * dayLength, 3}

	quantities = []quantity{
		halfDay, wholeDay, twoDays, threeDays,
		{25, "2", events.Hours, 120, 1}, {25, "3", events.Hours, 180, 1}, {10, "6", events.Hours, 360, 1},
		{14, "5", events.Days, 5 * dayLength, 5}, {8, "10", events.Days, 10 * dayLength, 10}, {16, "", "", 0, 1},
	}
)

// A planner makes the deeds.
type planner struct {
	*rand.Rand
	initiatives []initiative
	people      []person
	busy        []map[events.Day]bool // by person: the days that something is known of
	deeds       [months + 1][]deed    // by the month whose file they stand in
	standing    []int                 // by person: how many deeds of volunteering stand
	known       [months]int           // by month: how many people had given anything by its end
}

func (p *planner) percent(n int) bool { return p.IntN(100) < n }

func pick[T any](p *planner, from []T) T { return from[p.IntN(len(from))] }

// shares splits n in proportion to weights.
func shares(n int, weights []int) []int {
	sum, out, given, seen := 0, make([]int, len(weights)), 0, 0
	for _, w := range weights {
		sum += w
	}
	for i, w := range weights {
		seen += w
		out[i] = n*seen/sum - given
		given += out[i]
	}
	return out
}

// How the programme grew, by month: what was given, and by how many who had never given before. It
// rests in August, and in the month of fasting of 2018 (May and June) and 2019 (May).
var (
	givenBy  = []int{12, 18, 14, 14, 24, 10, 30, 38, 42, 40, 44, 46, 52, 54, 36, 50, 46, 20, 54, 62, 64, 58, 60, 56}
	joinedBy = []int{14, 28, 18, 18, 28, 10, 32, 36, 38, 32, 34, 34, 36, 36, 20, 28, 24, 8, 26, 28, 26, 20, 18, 16}
)

// contribute makes the deeds of people, in all months but that of the forum.
func (p *planner) contribute(people, deeds int) {
	given, joined := shares(deeds, givenBy), shares(people, joinedBy)
	for m := range months {
		for n := range given[m] {
			who := len(p.people)
			if n < joined[m] {
				p.people = append(p.people, newPerson(p.Rand, who+1))
				p.busy = append(p.busy, map[events.Day]bool{})
				p.standing = append(p.standing, 0)
			} else {
				who = p.again()
			}
			p.give(m, who)
		}
		p.known[m] = len(p.people)
		p.Shuffle(len(p.deeds[m]), func(i, k int) { p.deeds[m][i], p.deeds[m][k] = p.deeds[m][k], p.deeds[m][i] })
	}
}

// again is somebody who has given before; those who have been there long, more often.
func (p *planner) again() int {
	f := p.Float64()
	return int(float64(len(p.people)) * f * (0.4 + 0.6*f))
}

// give makes a deed of a person in a month; where the person has no day left, of somebody else.
func (p *planner) give(m, who int) {
	q := p.quantity()
	date, ok := p.date(m, who, q)
	for try := 0; !ok; try++ {
		if try > 1000 {
			panic("demo: nobody has a day left") // the tests plan many seeds
		}
		if p.standing[who] > 0 { // who is new MUST give something
			who = p.again()
		}
		q = wholeDay
		date, ok = p.date(m, who, q)
	}
	d := deed{
		person: who, initiative: p.choose(m, p.people[who].site), date: date,
		quantity: q.number, unit: q.unit, minutes: q.minutes, basis: p.basis(date), affiliation: sites[p.people[who].site].name,
	}
	if q.days == 10 {
		d.accept = "a release of two weeks, agreed with the site"
		d.settled = true
	}
	if i := &p.initiatives[d.initiative]; len(i.places) > 1 {
		d.place = pick(p, spellings(p.nearest(i.places, p.people[who].site)))
	}
	if p.percent(2) {
		d.note = pick(p, notes)
	}
	if p.percent(4) {
		d.affiliation = ""
	}
	p.deeds[m] = append(p.deeds[m], d)
	p.standing[who]++
}

var notes = []string{
	"À la place d’un collègue absent.", "Transport organisé par l’association.", "Avec les élèves de terminale.",
	"بشراكة مع جمعية الحي.", "تم تمديد الورشة إلى المساء.", "أول مشاركة في البرنامج.",
	"Second visit; the cooperative asked for a third.", "Signed list kept at the site.",
}

func (p *planner) quantity() quantity {
	n := p.IntN(1000)
	for _, q := range quantities {
		if n -= q.often; n < 0 {
			return q
		}
	}
	return halfDay
}

// choose is an initiative that takes something in a month, mostly one near the site.
func (p *planner) choose(m, site int) int {
	near := p.percent(85)
	for {
		sum := 0
		for i := range p.initiatives {
			sum += p.weight(i, m, site, near)
		}
		if sum == 0 {
			near = false
			continue
		}
		n := p.IntN(sum)
		for i := range p.initiatives {
			if n -= p.weight(i, m, site, near); n < 0 {
				return i
			}
		}
	}
}

func (p *planner) weight(n, m, site int, near bool) int {
	i := &p.initiatives[n]
	if !i.takes(m) || near && !slices.Contains(i.sites, site) {
		return 0
	}
	return i.weight
}

// nearest is one of places that lies near a site, or any.
func (p *planner) nearest(places []string, site int) string {
	for _, k := range p.Perm(len(places)) {
		if slices.Contains(sites[site].near, places[k]) {
			return places[k]
		}
	}
	return pick(p, places)
}

func (p *planner) basis(date events.Date) events.Basis {
	if span, err := date.Span(); err == nil && span.First == span.Last && weekend(span.First) {
		return events.OwnTime
	}
	switch n := p.IntN(100); {
	case n < 91:
		return events.PaidWorkTime
	case n < 96:
		return events.PaidLeave
	}
	return events.UnknownBasis
}

func weekend(d events.Day) bool {
	w := d.Time().Weekday()
	return w == time.Saturday || w == time.Sunday
}

// date is when a person gives so much in a month, and marks the days as taken: one day or working
// days in a row, now and then only a month or a year. false: there are no such days left.
func (p *planner) date(m, who int, q quantity) (events.Date, bool) {
	first := month(m)
	if q.days <= 3 && p.percent(4) {
		if p.percent(12) {
			return events.YearDate(first.Year()), true
		}
		return events.MonthDate(first.Year(), first.Month()), true
	}
	begin, end := events.DayOf(first.Year(), first.Month(), 1), events.DayOf(first.Year(), first.Month()+1, 0)
	for range 12 {
		from := begin + events.Day(p.IntN(int(end-begin)+1))
		if q.days >= 5 {
			from -= events.Day((from.Time().Weekday() + 6) % 7) // Monday
		}
		to := from + events.Day(q.days-1)
		if q.days == 10 {
			to += 2
		}
		inRow := q.days == 1 || !weekend(to) && (q.days >= 5 || to.Time().Weekday() > from.Time().Weekday())
		free := from >= begin && to <= end && inRow && (!weekend(from) || q.days == 1 && p.percent(30))
		for d := from; free && d <= to; d++ {
			free = !p.busy[who][d]
		}
		if !free {
			continue
		}
		for d := from; d <= to; d++ {
			p.busy[who][d] = true
		}
		return events.Interval(from, to), true
	}
	return "", false
}

// groups makes a month's list of groups whose people nobody named.
func (p *planner) groups(m int) (out []deed) {
	var open []int
	for i := range p.initiatives {
		in := &p.initiatives[i]
		if theme, _, _ := strings.Cut(in.typ, "-"); in.takes(m) && (theme == "PRX" || theme == "EDU" || theme == "SOC" || in.Type == "ECO-VIL") {
			open = append(open, i)
		}
	}
	for range 4 + p.IntN(6) {
		d := deed{person: -1, headcount: int64(8 + p.IntN(113)), initiative: pick(p, open), settled: true,
			affiliation: pick(p, []string{"residents", "pupils", "associations", "cooperatives", ""}), basis: events.UnknownBasis}
		if places := p.initiatives[d.initiative].places; len(places) > 1 {
			d.place = pick(p, places)
		}
		begin := month(m)
		d.date = events.DayOf(begin.Year(), begin.Month(), 1+p.IntN(28)).Date()
		out = append(out, d)
	}
	return out
}
