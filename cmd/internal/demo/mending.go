package demo

import (
	"slices"
	"strconv"

	"sijil/events"
	"sijil/ledger"
)

// A mending is what the desk does about a deed, in a month.
type mending struct {
	month   int
	command ledger.Command
}

// How many deeds are entered twice and noticed, taken back for another reason, and corrected.
const (
	twice     = 28
	takenBack = 12
	corrected = 150
)

// duplicate enters deeds a second time, as when a site and its headquarters both send one. Only half
// days: together they are a day.
func (p *planner) duplicate() {
	for m, n := range shares(twice, givenBy) {
		for ; n > 0; n-- {
			d := p.unsettled(m, func(d *deed) bool { return d.quantity == halfDay.number && d.accept == "" })
			d.settled = true
			again := *d
			again.note, again.again = "", true
			p.deeds[m] = append(p.deeds[m], again)
			p.standing[d.person]++
		}
	}
}

// unsettled is a deed of a month of which nothing is changed yet, with that property.
func (p *planner) unsettled(m int, with func(*deed) bool) *deed {
	for range 100_000 {
		d := &p.deeds[m][p.IntN(len(p.deeds[m]))]
		if !d.settled && d.person >= 0 && with(d) {
			return d
		}
	}
	panic("demo: no deed of that property in month " + strconv.Itoa(m)) // the tests plan many seeds
}

// number gives every deed its reference: month and row of the file it stands in.
func (p *planner) number() {
	for m := range p.deeds {
		for i := range p.deeds[m] {
			n := strconv.Itoa(10_001 + i)[1:]
			p.deeds[m][i].reference = month(m).Format("2006-01") + "-" + n
		}
	}
}

// mend withdraws and corrects deeds, once they have references.
func (p *planner) mend() (out []mending) {
	withdraw := func(m int, d *deed, reason string) {
		out = append(out, mending{p.noticed(m), ledger.Withdraw{Target: target(d), Reason: reason}})
		d.minutes, d.settled = 0, true
		p.standing[d.person]--
	}
	for m := range months {
		for i := range p.deeds[m] {
			if d := &p.deeds[m][i]; d.again {
				withdraw(m, d, pick(p, []string{"saisi deux fois : par le site et par le siège", "سُجِّل مرتين", "entered twice"}))
			}
		}
	}
	for m, n := range shares(takenBack, givenBy) {
		for ; n > 0; n-- {
			d := p.unsettled(m, func(d *deed) bool { return p.standing[d.person] > 1 })
			withdraw(m, d, pick(p, []string{"action reportée pour cause de pluie", "لم يحضر المتطوع", "was training, not volunteering"}))
		}
	}
	for m, n := range shares(corrected, givenBy) {
		for ; n > 0; n-- {
			for {
				d := p.unsettled(m, func(*deed) bool { return true })
				set, reason := p.correction(m, d)
				if set == nil {
					continue // nothing of the kind is wrong with this one
				}
				d.settled = true
				out = append(out, mending{p.noticed(m), ledger.Correct{Target: target(d), Set: set, Reason: reason}})
				break
			}
		}
	}
	return out
}

func target(d *deed) ledger.Target {
	return ledger.Target{System: personnel, Reference: d.reference}
}

// noticed is the month in which something is noticed about a deed of month m: mostly that in which
// its file was imported.
func (p *planner) noticed(m int) int {
	m++
	if p.percent(25) {
		m += 1 + p.IntN(4)
	}
	return min(m, forum)
}

// correction is what turns out about a deed, and why it was wrong; nil where that does not fit it.
func (p *planner) correction(m int, d *deed) (set map[string]string, reason string) {
	span, err := d.date.Span()
	oneDay := err == nil && span.First == span.Last
	switch p.IntN(9) {
	case 0, 1, 2:
		for _, to := range []struct {
			from    quantity
			number  string
			minutes int64
		}{
			{halfDay, "1", dayLength}, {wholeDay, "0.5", dayLength / 2},
			{twoDays, "1.5", dayLength * 3 / 2}, {threeDays, "2.5", dayLength * 5 / 2},
		} {
			if to.from.number == d.quantity && to.from.unit == d.unit {
				d.minutes = to.minutes
				return map[string]string{"quantity": to.number}, pick(p, []string{"feuille de présence relue", "مراجعة لائحة الحضور", "sheet read again"})
			}
		}
		if d.quantity == "" {
			d.minutes = dayLength / 2
			return map[string]string{"quantity": "0.5", "unit": "days"}, "durée retrouvée auprès de l’association"
		}
	case 3:
		if !oneDay {
			return nil, ""
		}
		if date, ok := p.date(m, d.person, wholeDay); ok {
			return map[string]string{"date": string(date)}, pick(p, []string{"erreur de date", "خطأ في التاريخ"})
		}
	case 4:
		to := pick(p, events.Bases)
		if to != d.basis {
			return map[string]string{"basis": string(to)}, "confirmé par le service du personnel"
		}
	case 5:
		to := p.choose(m, p.people[d.person].site)
		if i := &p.initiatives[to]; to != d.initiative && len(i.places) == 1 && len(p.initiatives[d.initiative].places) == 1 {
			return map[string]string{"initiative": i.Code, "place": i.places[0]}, pick(p, []string{"mauvais code d’initiative", "wrong code"})
		}
	case 6:
		who := p.IntN(p.known[m])
		if p.standing[d.person] < 2 || who == d.person || !oneDay || p.busy[who][span.First] {
			return nil, ""
		}
		p.standing[d.person]--
		p.standing[who]++
		p.busy[who][span.First] = true
		return map[string]string{"volunteer": p.people[who].reference}, pick(p, []string{"matricule mal saisi", "خطأ في رقم التسجيل"})
	case 7:
		if to := pick(p, sites).name; to != d.affiliation {
			return map[string]string{"affiliation": to}, "rattachement à la date de l’action"
		}
	case 8:
		places := p.initiatives[d.initiative].places
		if len(places) > 1 {
			to := pick(p, places)
			if !slices.Contains(spellings(to), d.place) {
				return map[string]string{"place": spellings(to)[0]}, "lieu précisé par l’association"
			}
		}
	}
	return nil, ""
}

// steer turns whole days into half ones, or the other way round, until what stands comes to days.
func (p *planner) steer(days int64) {
	var plain []*deed
	var sum int64
	for m := range p.deeds {
		for i := range p.deeds[m] {
			d := &p.deeds[m][i]
			sum += d.minutes
			if !d.settled && d.unit == events.Days && (d.quantity == halfDay.number || d.quantity == wholeDay.number) {
				plain = append(plain, d)
			}
		}
	}
	p.Shuffle(len(plain), func(i, k int) { plain[i], plain[k] = plain[k], plain[i] })
	for _, d := range plain {
		left := days*dayLength - sum
		from, to := wholeDay, halfDay
		if left > 0 {
			from, to = to, from
		}
		if max(left, -left) < dayLength/2 {
			return
		}
		if d.quantity == from.number {
			sum += to.minutes - from.minutes
			d.quantity, d.minutes = to.number, to.minutes
		}
	}
	panic("demo: the deeds cannot come to that many days") // the tests plan many seeds
}
