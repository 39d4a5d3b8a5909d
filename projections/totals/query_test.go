package totals_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

// What `sijil totals --format json` prints.
func TestAnswerJSON(t *testing.T) {
	a := ask(t, programme(), totals.Query{By: []totals.Dimension{totals.Region, totals.Type}, From: "2019", To: "2020-12-31"})
	b, err := json.Marshal(a, json.Deterministic(true))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"programme":"act","position":19,"time":"2018-09-02T22:00:00Z","by":["region","type"],"from":"2019","to":"2020-12-31",` +
		`"rows":[` +
		`{"region":"MA-07","type":"AGR-CRP","participations":63,"participants":2,"headcount":60,"initiatives":1,"unquantified":1,"minutes":1680,"days":3.5,"pending":1},` +
		`{"region":"MA-07","type":"unspecified","participations":1,"participants":1,"headcount":0,"initiatives":1,"unquantified":0,"minutes":0,"days":0}],` +
		`"total":{"participations":64,"participants":2,"headcount":60,"initiatives":2,"unquantified":1,"minutes":1680,"days":3.5,"pending":1},` +
		`"minutes_per_day":480,"not_additive":["participants","initiatives","days"],` +
		`"labels":{"region":{"MA-07":{"en":"Marrakesh-Safi"}},"type":{"AGR-CRP":{"ar":"الكينوا","en":"Crops"}}}}`
	if string(b) != want {
		t.Errorf("got\n%s\nwant\n%s", b, want)
	}
}

// A client reads the answer that the service wrote.
func TestAnswerRoundTrip(t *testing.T) {
	histories := projectiontest.Histories(80)
	projectiontest.Check(t, 50, func(t *rapid.T) {
		h := histories.Draw(t, "history")
		rows, err := h.Rows(totals.Totals{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := query(t, naively(h.Entries)).Answer(rows)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back totals.Answer
		if err := json.Unmarshal(b, &back, json.RejectUnknownMembers(true)); err != nil || !reflect.DeepEqual(a, back) {
			t.Fatalf("%v\n got %+v\nwant %+v", err, back, a)
		}
	})
	var row totals.Row
	if err := json.Unmarshal([]byte(`{"planet":"Mars","days":1}`), &row); !errors.Is(err, totals.ErrQuery) {
		t.Errorf("a row by planet: %v", err)
	}
}

func TestDimensions(t *testing.T) {
	h := programme()
	for _, c := range []struct {
		by   totals.Dimension
		want string // value=participations
	}{
		{totals.Region, "MA-07=64"},
		{totals.Province, "MA-REH=2 several=61 unspecified=1"},
		{totals.Place, "MA-07=1 MA-REH=2 gantour=61"},
		{totals.Theme, "AGR=63 EVT=1"},
		{totals.Type, "AGR-CRP=63 unspecified=1"},
		{totals.Initiative, "forum=1 quinoa=63"},
		{totals.Year, "2019=3 2020=61"},
		{totals.Month, "2019-11=2 2020-03=60 2020-05=1 unspecified=1"},
		{totals.Role, "attendance=1 volunteering=63"},
		{totals.Basis, "paid_work_time=64"},
		{totals.Affiliation, "unspecified=64"},
	} {
		if got := summary(ask(t, h, totals.Query{By: []totals.Dimension{c.by}})); got != c.want {
			t.Errorf("by %s: %s, not %s", c.by, got, c.want)
		}
	}
}

func summary(a totals.Answer) string {
	var out []string
	for _, r := range a.Rows {
		n, _ := json.Marshal(r.Participations)
		out = append(out, r.Keys[0].Value+"="+string(n))
	}
	return strings.Join(out, " ")
}

func TestRange(t *testing.T) {
	h := programme()
	for _, c := range []struct {
		from, to string
		want     int64
	}{
		{"", "", 64}, {"2019", "", 64}, {"2019-02", "", 63}, {"2019-11-01", "2019-11-30", 2}, {"2019-11", "2019", 2},
		{"", "2018", 0}, {"2020-03", "2020-03-31", 60}, {"2019-12", "2020-04", 60}, {"2021", "", 0},
	} {
		if got := ask(t, h, totals.Query{From: c.from, To: c.to}).Total.Participations; got != c.want {
			t.Errorf("from %q to %q: %d, not %d", c.from, c.to, got, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	rows := fold(t, programme())
	where := func(d totals.Dimension, value string) totals.Query {
		return totals.Query{Where: totals.Where{d: {value}}}
	}
	for _, c := range []struct {
		q         totals.Query
		says      string
		candidate string
	}{
		{totals.Query{By: []totals.Dimension{"planet"}}, `by: "planet" is not a dimension`, "region"},
		{totals.Query{By: []totals.Dimension{totals.Year, totals.Year}}, `by: year is there twice`, ""},
		{where("planet", "Mars"), `where: "planet" is not a dimension`, "region"},
		{totals.Query{Where: totals.Where{totals.Year: {}}}, "has no value", ""},
		{where(totals.Region, "MA-70"), `where: region "MA-70" is not in the catalogue`, "MA-07"},
		{where(totals.Region, "marrakech-safi"), "not in the catalogue", "MA-07"},
		{where(totals.Region, "MA-REH"), "is a place, but not a region", "MA-07"},
		{where(totals.Province, "MA-07"), "is a place, but not a province", "MA-REH"},
		{where(totals.Place, "gantur"), "not in the catalogue", "gantour"},
		{where(totals.Place, totals.Several), "not in the catalogue", "gantour"},
		{where(totals.Type, "AGR"), "is a theme, not a type", "AGR-CRP"},
		{where(totals.Theme, "AGR-CRP"), "is a type, not a theme", "AGR"},
		{where(totals.Initiative, "quinao"), "was not opened", "quinoa"},
		{where(totals.Initiative, amina.String()), "was not opened", "quinoa"},
		{where(totals.Year, "19"), "is not a year like 2019", ""},
		{where(totals.Month, "2019-13"), "is not a month like 2019-03", "unspecified"},
		{where(totals.Role, "manager"), "is not known", "attendance"},
		{where(totals.Basis, "gift"), "is not known", "own_time"},
		{where(totals.Affiliation, "OCP"), "is nobody's affiliation", ""},
		{totals.Query{From: "2019-03-02"}, "is inside a month, and totals are kept by month: begin with 2019-03-01", ""},
		{totals.Query{To: "2019-02-27"}, "is inside a month, and totals are kept by month: end with 2019-02-28", ""},
		{totals.Query{From: "03/2019"}, "is not a date like", ""},
		{totals.Query{To: "2019-01-01/2019-01-31"}, "is not a date like", ""},
		{totals.Query{From: "2020", To: "2019"}, "is later than to", ""},
	} {
		_, err := c.q.Answer(rows)
		var q *totals.QueryError
		if !errors.As(err, &q) || !errors.Is(err, totals.ErrQuery) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v; want %q", c.q, err, c.says)
			continue
		}
		if c.candidate != "" && !slices.Contains(q.Candidates, c.candidate) {
			t.Errorf("%+v: %v does not propose %s", c.q, err, c.candidate)
		}
	}
}

// A value that is known answers, with or without contributions.
func TestKnownValues(t *testing.T) {
	h := programme()
	for _, c := range []struct {
		d     totals.Dimension
		value string
		want  int64
	}{
		{totals.Region, "MA-05", 0}, {totals.Region, totals.Several, 0}, {totals.Province, totals.Several, 61},
		{totals.Province, totals.Unspecified, 1}, {totals.Province, "MA-YUS", 0}, {totals.Initiative, quinoa.String(), 63},
		{totals.Initiative, "forum", 1}, {totals.Year, "2035", 0}, {totals.Month, "2035-01", 0},
		{totals.Month, totals.Unspecified, 1}, {totals.Basis, "own_time", 0}, {totals.Affiliation, totals.Unspecified, 64},
		{totals.Theme, "EVT", 1}, {totals.Type, totals.Unspecified, 1},
	} {
		a := ask(t, h, totals.Query{Where: totals.Where{c.d: {c.value}}})
		if a.Total.Participations != c.want {
			t.Errorf("%s=%s: %d, not %d", c.d, c.value, a.Total.Participations, c.want)
		}
	}
}

// Definitions are not seen before the catalogue is adopted, and all at once then.
func TestStaged(t *testing.T) {
	moved := events.PlaceDefined{Code: "MA-REH", Place: events.Place{Parents: []string{"MA-05"}}}
	mapped := events.PlaceDefined{Code: "MA-YUS", Place: events.Place{Retired: true, MappedTo: "MA-05"}}
	by := totals.Query{By: []totals.Dimension{totals.Region}}
	if got := summary(ask(t, programme(moved, mapped), by)); got != "MA-07=64" {
		t.Errorf("before: %s", got)
	}
	h := programme(moved, mapped, adopted(2))
	if got := summary(ask(t, h, by)); got != "MA-05=63 MA-07=1" {
		t.Errorf("after: %s", got)
	}
	c, err := totals.Catalogue{}.Answer(fold(t, h))
	if err != nil || c.Number != 2 || len(c.Places) != 5 || len(c.Types) != 3 || c.Places[3].MappedTo != "MA-05" {
		t.Errorf("catalogue %+v, %v", c, err)
	}
}

// A reclassified initiative moves its contributions; from a date on, those that begin then or later.
func TestReclassified(t *testing.T) {
	was := events.Initiative{Code: "quinoa", Type: "AGR-CRP"}
	now := events.Initiative{Code: "quinoa", Type: "EVT"}
	by := totals.Query{By: []totals.Dimension{totals.Theme}}
	restated := events.InitiativeRevised{ID: quinoa, Before: was, After: now, Mode: events.Restate, Reason: "r"}
	if got := summary(ask(t, programme(restated), by)); got != "EVT=64" {
		t.Errorf("restated: %s", got)
	}
	from := restated
	from.Mode, from.Effective = events.FromEffective, "2020-01-01"
	if got := summary(ask(t, programme(from), by)); got != "AGR=3 EVT=61" {
		t.Errorf("from 2020: %s", got)
	}
	list, err := totals.Initiatives{}.Answer(fold(t, programme(from)))
	isNow := func(i totals.InitiativeListing) bool {
		return i.ID == quinoa && i.Type == "EVT"
	}
	if err != nil || len(list.Initiatives) != 2 || !slices.ContainsFunc(list.Initiatives, isNow) {
		t.Errorf("initiatives %+v, %v", list, err)
	}
}

// Figures that a batch touches are marked until it is imported.
func TestUnfinished(t *testing.T) {
	opened := events.BatchOpened{ID: batch, System: "hr", File: events.Sum(nil), Rows: 1}
	row := projectiontest.In(batch, recorded(10, gave(brahim, "MA-05", "2021-01-01", 480)))
	done := events.BatchImported{ID: batch, Rows: 1, Recorded: 1, Contributions: 1}
	by := totals.Query{By: []totals.Dimension{totals.Region}}

	a := ask(t, programme(opened, row), by)
	if !a.Total.Unfinished || !a.Rows[0].Unfinished || a.Rows[1].Unfinished || !slices.Equal(a.Unfinished, []uuid.UUID{batch}) {
		t.Errorf("open: %+v", a)
	}
	if a := ask(t, programme(opened, row), totals.Query{To: "2020"}); a.Total.Unfinished || len(a.Unfinished) != 0 {
		t.Errorf("another year: %+v", a)
	}
	a = ask(t, programme(opened, row, done), by)
	if a.Total.Unfinished || a.Rows[0].Unfinished || len(a.Unfinished) != 0 {
		t.Errorf("imported: %+v", a)
	}
	if a := ask(t, programme(opened, row, done, opened), by); a.Total.Unfinished {
		t.Errorf("opened again, nothing touched: %+v", a)
	}
	gone := projectiontest.In(batch, events.ContributionWithdrawn{
		ID: projectiontest.ID("contribution", 10), Before: gave(brahim, "MA-05", "2021-01-01", 480), Reason: "r",
	})
	a = ask(t, programme(opened, row, gone), by)
	if !a.Total.Unfinished || len(a.Rows) != 1 || a.Rows[0].Unfinished {
		t.Errorf("emptied: %+v", a)
	}
}

// Taking away what is not there is a log that the ledger never wrote: the projection halts.
func TestHalts(t *testing.T) {
	for name, fact := range map[string]events.Event{
		"a person who gave nothing": events.ContributionWithdrawn{
			ID: projectiontest.ID("contribution", 2), Before: gave(brahim, "MA-REH", "2019", 480), Reason: "r",
		},
		"a place without contributions": events.ContributionWithdrawn{
			ID: projectiontest.ID("contribution", 2), Before: gave(amina, "MA-05", "2019", 480), Reason: "r",
		},
		"more minutes": events.ContributionWithdrawn{
			ID: projectiontest.ID("contribution", 2), Before: gave(amina, "MA-REH", "2019", 481), Reason: "r",
		},
		"an initiative that was not opened": events.InitiativeRevised{
			ID: amina, Before: events.Initiative{Code: "x", Type: "AGR"}, After: events.Initiative{Code: "x", Type: "AGR"},
			Mode: events.Restate, Reason: "r",
		},
	} {
		h := programme(fact)
		if _, err := h.Rows(totals.Totals{}); err == nil || !strings.Contains(err.Error(), "@20") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Before anything is recorded there is an answer too.
func TestEmpty(t *testing.T) {
	a, err := totals.Query{By: []totals.Dimension{totals.Region}}.Answer(projections.Empty)
	if err != nil || len(a.Rows) != 0 || a.Total != (totals.Figures{}) {
		t.Errorf("%+v, %v", a, err)
	}
}

// Labels name the codes of rows and filters.
func TestLabels(t *testing.T) {
	a := ask(t, programme(), totals.Query{
		By:    []totals.Dimension{totals.Initiative},
		Where: totals.Where{totals.Theme: {"AGR", "EVT"}},
	})
	want := totals.Labels{
		totals.Initiative: {"quinoa": names("الكينوا", "Quinoa")},
		totals.Theme:      {"AGR": names("الفلاحة", "Agriculture"), "EVT": names("لقاءات", "Events")},
	}
	if !reflect.DeepEqual(a.Labels, want) {
		t.Errorf("%+v", a.Labels)
	}
}
