package ledger

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"sijil/events"
)

// check completes a contribution that is to stand (its role, minutes and standing) and holds it
// against the rules. Hard rules refuse; soft limits warn, and refuse unless accept says why they may
// be exceeded. before is what it takes the place of, or nil; typ the initiative's type.
func check(b Books, after, before *events.Contribution, typ, accept string, d *Decision) (*events.Accepted, error) {
	_, rules := b.Programme()
	if after.Role == "" {
		after.Role = b.role(typ)
	}
	after.Standing = events.Counted
	if rules.Counts == events.CountsApproved {
		after.Standing = events.Pending
	}
	if err := checkWho(after); err != nil {
		return nil, err
	}
	if err := oneOf("role", after.Role, events.Roles); err != nil {
		return nil, err
	}
	if reserved[after.Affiliation] {
		return nil, refuse(BadValue, "affiliation", "%q stands for itself in answers", after.Affiliation).hint("leave it out where it is not known")
	}
	if err := oneOf("basis", after.Basis, events.Bases); err != nil {
		return nil, err
	}
	span, err := checkDate(b, rules, after.Date)
	if err != nil {
		return nil, err
	}
	if err := checkOpen(b, after, span); err != nil {
		return nil, err
	}
	if err := checkQuantity(rules, after, span, d); err != nil {
		return nil, err
	}
	d.Warnings = append(d.Warnings, warnings(b, rules.Limits, rules.MinutesPerDay, after, before, span)...)
	switch {
	case len(d.Warnings) == 0:
		return nil, nil
	case accept == "":
		r := refuse(NotAccepted, d.Warnings[0].Field, "%s", d.Warnings[0].Message).hint("correct it, or accept with --accept-warnings REASON")
		r.Warnings = d.Warnings
		return nil, r
	}
	accepted := &events.Accepted{Reason: accept}
	for _, w := range d.Warnings {
		accepted.Rules = append(accepted.Rules, w.Rule)
	}
	return accepted, nil
}

// checkWho refuses a contribution of nobody, and one of a person and a group.
func checkWho(after *events.Contribution) error {
	switch {
	case after.Volunteer == uuid.Nil && after.Headcount == 0:
		return refuse(WhoGave, "volunteer", "neither a volunteer nor a headcount").hint("give one of them")
	case after.Volunteer != uuid.Nil && after.Headcount != 0:
		return refuse(WhoGave, "volunteer", "both a volunteer and a headcount").hint("give one of them")
	case after.Headcount < 0:
		return refuse(BadValue, "headcount", "%d people", after.Headcount).hint("say how many people there were")
	case after.Headcount > maxHeadcount:
		return refuse(BadValue, "headcount", "%d people are more than there are", after.Headcount).hint("is it another figure?")
	}
	return nil
}

func checkDate(b Books, rules events.Rules, date events.Date) (events.Span, error) {
	span, err := date.Span()
	if err != nil {
		rule := BadDate
		if strings.Contains(err.Error(), "crosses a year") {
			rule = CrossesYear
		}
		return span, refuse(rule, "date", "%v", err).hint("write a year, a month, a day, or two days of one year: 2019, 2019-11, 2019-11-23, 2019-11-04/2019-11-15")
	}
	if rules.Since != "" {
		if since, err := rules.Since.Span(); err == nil && span.Last < since.First {
			return span, refuse(BeforeProgramme, "date", "%s is before the programme began, in %s", date, rules.Since).hint("correct the date, or the programme's rules")
		}
	}
	today := b.Today()
	precise := len(date) >= len("2019-11-23")
	if span.First > today || precise && span.Last > today {
		return span, refuse(InFuture, "date", "%s is in the future: today is %s in %s", date, today, rules.Timezone).hint("correct the date, or record it when it is done")
	}
	return span, nil
}

func checkOpen(b Books, after *events.Contribution, span events.Span) error {
	_, i := b.initiative(after.Initiative.String())
	if i == nil || i.Closed == "" {
		return nil
	}
	closed, err := i.Closed.Span()
	precise := len(after.Date) >= len("2019-11-23")
	if err == nil && (span.First > closed.Last || precise && span.Last > closed.Last) {
		return refuse(InitiativeClosed, "date", "the initiative %s was closed on %s, before %s", i.Code, i.Closed, after.Date).
			hint("correct the date or the initiative")
	}
	return nil
}

func checkQuantity(rules events.Rules, after *events.Contribution, span events.Span, d *Decision) error {
	after.Minutes = 0
	if after.Quantity == "" {
		if after.Unit != "" || after.Per != "" {
			after.Unit, after.Per = "", "" // a constant of the file, and no quantity in this row
		}
		return nil
	}
	if after.Unit == "" {
		return refuse(MissingField, "unit", "a quantity without a unit").hint("minutes, hours or days")
	}
	minutes, rounded, err := minutesOf(after.Quantity, after.Unit, after.Per, after.People(), rules.MinutesPerDay)
	if err != nil {
		return err
	}
	if most := 24 * 60 * after.People() * span.Days(); minutes > most {
		return refuse(TooMuchTime, "quantity", "%s %s are more than 24 hours a day, for %s over %s", after.Quantity, after.Unit, counted(after.People(), "person", "people"), counted(span.Days(), "day", "days")).
			hint("is it a total for a group, or another unit?")
	}
	if rounded {
		d.Notes = append(d.Notes, fmt.Sprintf("%s %s are rounded to %d minutes", after.Quantity, after.Unit, minutes))
	}
	after.Minutes = minutes
	return nil
}

// warnings are the programme's soft limits that a contribution exceeds.
func warnings(b Books, limits events.Limits, perDay int64, after, before *events.Contribution, span events.Span) (out []Warning) {
	if after.Minutes == 0 {
		return nil
	}
	each := after.Minutes / after.People()
	warn := func(rule, format string, args ...any) {
		out = append(out, Warning{rule, "quantity", fmt.Sprintf(format, args...)})
	}
	if most := limits.HoursPerDay * 60; most > 0 {
		total := each
		if after.Volunteer != uuid.Nil && span.Days() == 1 {
			total += b.minutesOn(span.First, after.Volunteer)
			if before != nil && before.Volunteer == after.Volunteer && before.Date == after.Date {
				total -= before.Minutes
			}
		}
		if total > most*span.Days() {
			warn("hours_per_day", "%s hours on %s for one person, more than %d a day", hours(total), after.Date, limits.HoursPerDay)
		}
	}
	if most := limits.DaysPerContribution * perDay; most > 0 && each > most {
		warn("days_per_contribution", "%s hours for one person in one contribution, more than %d days", hours(each), limits.DaysPerContribution)
	}
	if median, n := b.median(after.Initiative); limits.MedianFactor > 0 && n >= medianOf && median > 0 && each > limits.MedianFactor*median {
		warn("times_the_median", "%s hours for one person, more than %d times the initiative's median of %s", hours(each), limits.MedianFactor, hours(median))
	}
	return out
}

// maxHeadcount is the largest group: a bound that keeps sums of minutes far from overflowing.
const maxHeadcount = 1_000_000_000

// medianOf is how many contributions make a median worth comparing with.
const medianOf = 10

func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func hours(minutes int64) string {
	if minutes%60 == 0 {
		return fmt.Sprint(minutes / 60)
	}
	return fmt.Sprintf("%d:%02d", minutes/60, minutes%60)
}
