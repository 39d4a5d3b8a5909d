package demo

import (
	"sijil/events"
)

// The days of the first forum, at UM6P in Ben Guerir.
const (
	forumTuesday   events.Date = "2020-03-03"
	forumWednesday events.Date = "2020-03-04"
)

// find is the number of the initiative of that code.
func (p *planner) find(code string) int {
	for i := range p.initiatives {
		if p.initiatives[i].Code == code {
			return i
		}
	}
	panic("demo: no line makes the initiative " + code) // the tests plan
}

// attend makes the attendance of n people at an initiative of dialogue, of those that some(person)
// says and who are free. It adds no days.
func (p *planner) attend(m, n int, code string, date events.Date, quantity, session string, some func(person) bool) {
	i := p.find(code)
	day, _ := date.Span()
	for try := 0; n > 0 && try < 50_000; try++ {
		who := p.IntN(len(p.people))
		if !some(p.people[who]) || p.standing[who] == 0 || p.busy[who][day.First] {
			continue
		}
		p.busy[who][day.First] = true
		p.deeds[m] = append(p.deeds[m], deed{
			person: who, initiative: i, date: date, quantity: quantity, unit: events.Days, basis: events.PaidWorkTime,
			affiliation: sites[p.people[who].site].name, session: session, settled: true,
		})
		n--
	}
}

// dialogue makes the workshops before the forum, and the forum.
func (p *planner) dialogue() {
	of := func(site string) func(person) bool {
		return func(who person) bool { return sites[who.site].name == site }
	}
	p.attend(19, 42, "workshop-khouribga", "2019-10-24", "0.5", "workshop 1", of("Khouribga"))
	p.attend(20, 36, "workshop-gantour", "2019-11-21", "0.5", "workshop 2", of("Gantour"))
	p.attend(21, 38, "workshop-jorf-lasfar", "2019-12-12", "0.5", "workshop 3", of("Jorf Lasfar"))

	anybody := func(person) bool { return true }
	p.attend(forum, 260, "forum-2020", forumTuesday, "1", "opening", anybody)
	p.attend(forum, 150, "forum-2020-workshops", forumWednesday, "0.5", "afternoon", anybody)
	p.attend(forum, 24, "forum-2020-roadmap", forumWednesday, "0.5", "roadmap", anybody)
	// Some of those who came worked there: they helped, and their time counts.
	p.attend(forum, 36, "forum-2020", forumWednesday, "1", "helpers", anybody)
	for i := range p.deeds[forum] {
		if d := &p.deeds[forum][i]; d.session == "helpers" {
			d.role, d.minutes = events.Volunteering, dayLength
			p.standing[d.person]++
		}
	}
}

// guests are the groups at the forum: nobody wrote down who they were.
func (p *planner) guests() (out []deed) {
	for _, g := range []struct {
		code, who string
		date      events.Date
		headcount int64
	}{
		{"forum-2020", "associations", forumTuesday, 118},
		{"forum-2020", "cooperatives", forumTuesday, 84},
		{"forum-2020", "small and medium-sized enterprises", forumTuesday, 61},
		{"forum-2020", "project holders", forumTuesday, 143},
		{"forum-2020-testimonies", "beneficiaries", forumTuesday, 27},
		{"forum-2020-testimonies", "cooperatives", forumTuesday, 9},
		{"forum-2020-workshops", "project holders", forumWednesday, 96},
		{"forum-2020-workshops", "associations", forumWednesday, 73},
	} {
		out = append(out, deed{
			person: -1, headcount: g.headcount, initiative: p.find(g.code), date: g.date, affiliation: g.who, basis: events.UnknownBasis, settled: true,
		})
	}
	return out
}
