package totals_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

// Any query of any history, at any position, answers what a model that recomputes everything does.
func TestNaive(t *testing.T) {
	histories := projectiontest.Histories(120)
	projectiontest.Check(t, 600, func(t *rapid.T) {
		h := histories.Draw(t, "history")
		for range 2 {
			h := h.Prefix(uint64(rapid.IntRange(0, len(h.Entries)-1).Draw(t, "less")))
			compare(t, h)
		}
		compare(t, h)
	})
}

func compare(t *rapid.T, h projectiontest.History) {
	rows, err := h.Rows(totals.Totals{})
	if err != nil {
		t.Fatal(err)
	}
	n := naively(h.Entries)
	for range 4 {
		q := query(t, n)
		got, err := q.Answer(rows)
		if err != nil {
			t.Fatalf("%+v: %v", q, err)
		}
		if len(h.Entries) > 0 && !got.Time.Equal(h.Entries[len(h.Entries)-1].Time) {
			t.Fatalf("time %v", got.Time)
		}
		got.Time, got.Labels = time.Time{}, nil
		want := n.answer(q)
		for i := range min(len(got.Rows), len(want.Rows)) {
			if !reflect.DeepEqual(got.Rows[i], want.Rows[i]) {
				t.Errorf("at @%d, %+v: row %d\n got %+v\nwant %+v", n.position, q, i, got.Rows[i], want.Rows[i])
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("at @%d, %+v:\n got %+v\nwant %+v", n.position, q, got, want)
		}
	}
}

// query draws a query of what there is.
func query(t *rapid.T, n *naive) (q totals.Query) {
	for _, d := range rapid.Permutation(totals.Dimensions).Draw(t, "dimensions") {
		switch rapid.IntRange(0, 7).Draw(t, "use") {
		case 1, 2, 3:
			q.By = append(q.By, d)
		case 5:
			values := n.seen(d)
			switch d {
			case totals.Region, totals.Place, totals.Initiative, totals.Year, totals.Role, totals.Basis:
			default:
				values = append(values, totals.Unspecified)
			}
			if len(values) == 0 {
				continue
			}
			if q.Where == nil {
				q.Where = totals.Where{}
			}
			q.Where[d] = rapid.SliceOfN(rapid.SampledFrom(values), 1, 3).Draw(t, "values")
		}
	}
	edge := func(day func(events.Day, events.Day) events.Day) string {
		year, month := rapid.IntRange(2018, 2019).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month")
		switch rapid.IntRange(0, 5).Draw(t, "edge") {
		case 0:
			return fmt.Sprint(year)
		case 1:
			return string(events.MonthDate(year, time.Month(month)))
		case 2:
			return day(events.DayOf(year, time.Month(month), 1), events.DayOf(year, time.Month(month)+1, 0)).String()
		}
		return ""
	}
	q.From = edge(func(first, _ events.Day) events.Day { return first })
	q.To = edge(func(_, last events.Day) events.Day { return last })
	if q.From != "" && q.To != "" {
		from, _ := events.Date(q.From).Span()
		if to, _ := events.Date(q.To).Span(); from.First > to.Last {
			q.To = ""
		}
	}
	return q
}
