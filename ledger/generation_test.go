package ledger_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// One reference, again and again.
func TestGenerations(t *testing.T) {
	w := founded(t)
	first := row("r")
	recorded := w.ok(first)
	already := func(name string, cmd ledger.Record, want ledger.Outcome, withdrawn bool) {
		t.Helper()
		end := w.end()
		o := w.do(cmd)
		if o.Err != nil || !o.Already || o.ID != want.ID || o.First != want.First || o.Last != want.Last || o.Withdrawn != withdrawn || len(o.Events) != 0 {
			t.Errorf("%s: %+v, want already %s @%d to @%d, withdrawn %v", name, o, want.ID, want.First, want.Last, withdrawn)
		}
		if w.end() != end {
			t.Errorf("%s: the log grew", name)
		}
	}
	with := func(change func(*ledger.Record)) ledger.Record { return row("r", change) }

	already("the same", first, recorded, false)
	already("not new any more", with(func(r *ledger.Record) { r.New = false }), recorded, false)
	already("accepting more", with(func(r *ledger.Record) { r.Accept = "whatever" }), recorded, false)
	already("from another file", with(func(r *ledger.Record) { r.File, r.Sheet, r.Row = events.Sum([]byte("x")), 3, 7 }), recorded, false)
	already("described otherwise", with(func(r *ledger.Record) { r.Name, r.Title, r.Type = "Aïcha", "Palmiers", "Cultures" }), recorded, false)
	// The row itself is at the last of its events.
	itself := ledger.Outcome{ID: recorded.ID, First: recorded.Last, Last: recorded.Last}
	already("written otherwise", with(func(r *ledger.Record) {
		r.Per, r.Basis, r.Place, r.Initiative, r.Role, r.Volunteer = events.PerPerson, events.UnknownBasis, " MA-YUS", "PALMS", events.Volunteering, "m1"
	}), itself, false)
	already("in other words", with(func(r *ledger.Record) { r.Place = "youssoufia" }), itself, false)

	end := w.end()
	for _, c := range []struct {
		change func(*ledger.Record)
		want   []ledger.FieldChange
	}{
		{quantity("4", events.Hours), []ledger.FieldChange{{Field: "quantity", Before: "3", After: "4"}}},
		{on("2026-06-02"), []ledger.FieldChange{{Field: "date", Before: "2026-06-01", After: "2026-06-02"}}},
		{by("M2"), []ledger.FieldChange{{Field: "volunteer", Before: "another volunteer", After: "M2"}}},
		{group(5), []ledger.FieldChange{{Field: "volunteer", Before: "another volunteer"}, {Field: "headcount", After: "5"}}},
		{func(r *ledger.Record) { r.Initiative, r.Place = "forum", "" }, nil},
		{func(r *ledger.Record) { r.Initiative, r.Role = "forum", events.Volunteering }, []ledger.FieldChange{{Field: "initiative", Before: "palms", After: "forum"}}},
		{func(r *ledger.Record) { r.Note = "rain" }, []ledger.FieldChange{{Field: "note", After: "(sealed)"}}},
		{func(r *ledger.Record) { r.Quantity, r.Unit = "", "" }, []ledger.FieldChange{
			{Field: "quantity", Before: "3"}, {Field: "unit", Before: "hours"}, {Field: "per", Before: "person"}}},
	} {
		o := w.do(with(c.change))
		if c.want == nil { // what cannot be recorded at all is refused as such
			wantRefused(t, o.Err, ledger.MissingField, "place")
			continue
		}
		r := wantRefused(t, o.Err, ledger.Differs, "id")
		if !slices.Equal(r.Changes, c.want) || o.ID != recorded.ID || !strings.Contains(r.Hint, recorded.ID.String()) {
			t.Errorf("%s: %+v, want %+v; hint %q", o.ID, r.Changes, c.want, r.Hint)
		}
	}
	if w.end() != end {
		t.Error("the log grew")
	}

	// A correction is not undone by the same row again; a row that says what stands is already there.
	corrected := w.ok(correct(first, "quantity", "4"))
	already("the same after a correction", first, recorded, false)
	already("what the correction says", with(quantity("4", events.Hours)), ledger.Outcome{ID: recorded.ID, First: corrected.First, Last: corrected.Last}, false)

	w.ok(withdraw(first))
	already("the same after it was withdrawn", first, recorded, true)
	if recorded.ID != w.do(first).ID {
		t.Error("another id")
	}

	second := w.ok(with(quantity("5", events.Hours)))
	if second.ID == recorded.ID || second.Already {
		t.Errorf("changed after it was withdrawn: %+v, want another generation", second)
	}
	already("an old retry after the next generation", first, recorded, true)
	already("the next generation", with(quantity("5", events.Hours)), second, false)
	w.refused(with(quantity("6", events.Hours)), ledger.Differs, "id")
	w.ok(correct(first, "quantity", "5.5")) // the reference means the newest
	if got := w.standing()[second.ID]; got == nil || got.Quantity != "5.5" {
		t.Errorf("corrected %+v", got)
	}
	w.ok(withdraw(first))
	w.refused(withdraw(first), ledger.WithdrawnRecord, "id")

	again := with(func(r *ledger.Record) { r.Again = 2 })
	third := w.ok(again)
	if third.ID == second.ID || third.ID == recorded.ID || third.Already {
		t.Errorf("again: %+v, want a third generation", third)
	}
	already("again, twice", again, third, false)
	already("the same as again", first, recorded, true)
	w = w.beside()
	already("again, by books made anew", again, third, false)
	already("an old retry, by books made anew", with(quantity("5", events.Hours)), second, true)
	if n := len(w.standing()); n != 1 {
		t.Errorf("%d contributions stand, want 1", n)
	}
}

// Other source systems have other references; without a reference, the command's id counts.
func TestScopes(t *testing.T) {
	w := founded(t)
	other := row("r", func(r *ledger.Record) { r.System = "crm" })
	a, b := w.ok(row("r")), w.ok(other)
	if a.ID == b.ID || b.Already {
		t.Errorf("%s and %s", a.ID, b.ID)
	}
	if n := len(w.entries()); n != int(b.Last) || len(b.Events) != 2 {
		t.Errorf("M1 of crm is not registered: %d events", len(b.Events))
	}
	plain := row("", by("M7"))
	reqs := w.requests(plain, plain, plain)
	reqs[1].ID, reqs[2].ID, reqs[2].Scope = reqs[0].ID, reqs[0].ID, "http"
	out := w.submit(reqs...)
	if out[0].Already || !out[1].Already || out[2].Already || out[0].ID != out[1].ID || out[0].ID == out[2].ID {
		t.Errorf("%+v", out)
	}
	w.ok(ledger.Withdraw{Target: ledger.Target{Contribution: out[0].ID}, Reason: "double"})
	if o := w.submit(reqs[0])[0]; !o.Already || !o.Withdrawn {
		t.Errorf("%+v, want already and withdrawn", o)
	}
	instead := row("", by("M7"), func(r *ledger.Record) { r.Replaces = out[0].ID })
	if got := w.ok(instead); got.Events[0].(events.ContributionRecorded).After.Replaces != out[0].ID {
		t.Error("does not say what it replaces")
	}
	// A person may be named by id, from any system.
	id := w.standing()[out[2].ID].Volunteer
	o := w.ok(row("by id", by(id.String()), func(r *ledger.Record) { r.System, r.New = "crm", false }))
	if got := o.Events[0].(events.ContributionRecorded).After.Volunteer; got != id || id == uuid.Nil {
		t.Errorf("recorded for %s, not %s", got, id)
	}
}
