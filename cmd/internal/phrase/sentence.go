package phrase

import (
	"fmt"
	"math"
	"strings"
)

// Figures are what the sentence is about: the total of a question, and in how many regions it lies.
type Figures struct {
	// Since is the year from which on, 0 where the programme does not say when it began.
	Since int
	// Participants are distinct named people, Headcount attendances in groups without names.
	Participants, Headcount int64
	// Participations are named contributions plus headcounts; Unquantified are contributions
	// without a time.
	Participations, Unquantified int64
	Initiatives, Regions         int64
	// Days are volunteer days, to 0.01.
	Days float64
}

// Languages lists the languages that there are sentences in.
var Languages = []string{"ar", "fr", "en"}

// Sentence says the figures in a language: "ar", "fr" or "en". It is one line of one to four sentences.
func Sentence(lang string, f Figures) (string, error) {
	w, err := in(lang)
	if err != nil {
		return "", err
	}
	if min(int64(f.Since), f.Participants, f.Headcount, f.Participations, f.Unquantified, f.Initiatives, f.Regions) < 0 ||
		!(f.Days >= 0) || f.Days > math.MaxInt64/1000 {
		return "", fmt.Errorf("phrase: no sentence can be made of %+v", f)
	}

	when := w.say("so_far")
	if f.Since > 0 {
		when = w.say("since", "Year", f.Since)
	}
	hundredths := hundredths(f.Days)
	var main string
	groups := f.Headcount > 0
	switch {
	case f.Participants > 0:
		main = w.people(f.Participants)
		if hundredths > 0 {
			main += w.say("comma") + w.days("days", hundredths)
		}
	case hundredths > 0:
		main = w.days("days_given", hundredths)
	case groups:
		main, groups = w.count("groups", f.Headcount), false
	case f.Participations > 0:
		main = w.count("participations_recorded", f.Participations)
	default:
		return w.whole(when, w.say("nothing")), nil
	}
	var where []string
	if f.Initiatives > 0 {
		where = append(where, w.count("in_initiatives", f.Initiatives))
	}
	if f.Regions > 0 {
		where = append(where, w.count("across_regions", f.Regions))
	}
	if len(where) > 0 {
		main += w.say("comma") + strings.Join(where, " ")
	}

	out := []string{w.whole(when, main)}
	if groups {
		out = append(out, w.whole(w.say("besides"), w.count("groups", f.Headcount)))
	}
	if f.Headcount > 0 {
		out = append(out, w.say("repeated"))
	}
	if f.Unquantified > 0 {
		out = append(out, w.count("without_time", f.Unquantified))
	}
	return strings.Join(out, " "), nil
}

func (w words) whole(when, main string) string { return w.say("whole", "When", when, "Main", main) }

// people is the clause of the participants: "more than 5,500 people have taken part".
func (w words) people(n int64) string {
	said, more := people(n)
	number := w.number(said * 100)
	if more {
		number = w.say("more_than", "N", number)
	}
	return w.plural("people", said*100, number)
}

// days is a clause of volunteer days. Where they are rounded, that of id with _about.
func (w words) days(id string, hundredths int64) string {
	said, rounded := days(hundredths)
	if rounded {
		id += "_about"
	}
	return w.plural(id, said, w.number(said))
}

// count is a clause of an exact number.
func (w words) count(id string, n int64) string { return w.plural(id, n*100, w.number(n*100)) }
