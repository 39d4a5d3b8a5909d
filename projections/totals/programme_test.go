package totals_test

import (
	"testing"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

// A little programme to ask about.
var (
	quinoa, forum = projectiontest.ID("initiative", 1), projectiontest.ID("initiative", 2)
	amina, brahim = projectiontest.ID("volunteer", 1), projectiontest.ID("volunteer", 2)
	batch         = projectiontest.ID("batch", 1)
)

func names(ar, en string) map[string]string { return map[string]string{"ar": ar, "en": en} }

func place(code, en string, parents ...string) events.Event {
	return events.PlaceDefined{Code: code, Place: events.Place{Names: map[string]string{"en": en}, Parents: parents}}
}

func adopted(number uint64) events.CatalogueAdopted {
	return events.CatalogueAdopted{Number: number, Effective: "2018-01-01", Mode: events.Restate}
}

func founded() []events.Event {
	return []events.Event{
		events.ProgrammeFounded{Programme: "act", Rules: events.Rules{
			Timezone: "Africa/Casablanca", MinutesPerDay: 480, Counts: events.CountsRecorded,
		}},
		place("MA-07", "Marrakesh-Safi"),
		place("MA-05", "Beni Mellal-Khenifra"),
		place("MA-REH", "Rehamna", "MA-07"),
		place("MA-YUS", "Youssoufia", "MA-07"),
		place("gantour", "Gantour", "MA-REH", "MA-YUS"),
		events.TypeDefined{Code: "AGR", Type: events.Type{Names: names("الفلاحة", "Agriculture")}},
		events.TypeDefined{Code: "AGR-CRP", Type: events.Type{Names: names("الكينوا", "Crops"), Parent: "AGR"}},
		events.TypeDefined{Code: "EVT", Type: events.Type{Names: names("لقاءات", "Events")}},
		adopted(1),
		events.InitiativeOpened{ID: quinoa, Initiative: events.Initiative{
			Code: "quinoa", Type: "AGR-CRP", Titles: names("الكينوا", "Quinoa"),
		}},
		events.InitiativeOpened{ID: forum, Initiative: events.Initiative{Code: "forum", Type: "EVT"}},
	}
}

// gave is a contribution of minutes; change may alter it.
func gave(
	who uuid.UUID, place string, date events.Date, minutes int64, change ...func(*events.Contribution),
) *events.Contribution {
	c := &events.Contribution{
		Volunteer: who, Initiative: quinoa, Place: place, Date: date, Role: events.Volunteering,
		Basis: events.PaidWorkTime, Standing: events.Counted,
	}
	if minutes > 0 {
		c.Quantity, c.Unit, c.Per, c.Minutes = "1", events.Days, events.PerPerson, minutes
	}
	for _, f := range change {
		f(c)
	}
	return c
}

func recorded(n int, c *events.Contribution) events.Event {
	return events.ContributionRecorded{ID: projectiontest.ID("contribution", n), After: c}
}

func attended(c *events.Contribution) {
	c.Initiative, c.Role = forum, events.Attendance
}

func programme(more ...events.Event) projectiontest.History {
	return projectiontest.Facts(append(append(founded(),
		recorded(1, gave(amina, "gantour", "2019-11-23", 240)),
		recorded(2, gave(amina, "MA-REH", "2019", 480)),
		recorded(3, gave(brahim, "MA-07", "2019-11-04/2019-11-15", 0)),
		recorded(4, gave(uuid.Nil, "gantour", "2020-03", 960, func(c *events.Contribution) { c.Headcount = 60 })),
		recorded(5, gave(brahim, "MA-REH", "2020-05-01", 300, attended)),
		recorded(6, gave(brahim, "MA-REH", "2020-05-01", 480, func(c *events.Contribution) { c.Standing = events.Pending })),
		recorded(7, gave(brahim, "MA-REH", "2020-05-01", 480, func(c *events.Contribution) { c.Standing = events.Rejected })),
	), more...)...)
}

func fold(t *testing.T, h projectiontest.History) *projections.Rows {
	t.Helper()
	rows, err := h.Rows(totals.Totals{})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func ask(t *testing.T, h projectiontest.History, q totals.Query) totals.Answer {
	t.Helper()
	a, err := q.Answer(fold(t, h))
	if err != nil {
		t.Fatal(err)
	}
	return a
}
