package ledger_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// What exceeds a soft limit is recorded where somebody says why, and the event says so.
func TestAcceptedWarnings(t *testing.T) {
	w := founded(t)
	for i := range 10 {
		w.ok(row(fmt.Sprint("short ", i), group(1), quantity("30", events.Minutes)))
	}
	accept := func(r *ledger.Record) { r.Accept = "  checked with the site  " }
	for _, c := range []struct {
		name  string
		row   ledger.Record
		rules []string
	}{
		{"hours", row("h", quantity("12.5", events.Hours), func(r *ledger.Record) { r.Initiative, r.Type = "other", "AGR" }), []string{"hours_per_day"}},
		{"days", row("d", on("2026-05"), quantity("41", events.Hours), func(r *ledger.Record) { r.Initiative, r.Type = "other", "AGR" }), []string{"days_per_contribution"}},
		{"median", row("m", by("M3"), quantity("5.1", events.Hours)), []string{"times_the_median"}},
		{"all", row("a", by("M4"), on("2026-05-01/2026-05-03"), quantity("42", events.Hours)), []string{"hours_per_day", "days_per_contribution", "times_the_median"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := w.refused(c.row, ledger.NotAccepted, "quantity")
			var got []string
			for _, warning := range r.Warnings {
				got = append(got, warning.Rule)
			}
			if !slices.Equal(got, c.rules) {
				t.Fatalf("warns by %v, want %v", got, c.rules)
			}
			accept(&c.row)
			o := w.ok(c.row)
			entries := w.entries()
			a := entries[len(entries)-1].Event.(events.ContributionRecorded).Accepted
			if a == nil || !slices.Equal(a.Rules, c.rules) || a.Reason != "checked with the site" {
				t.Errorf("recorded with %+v", a)
			}
			if len(o.Warnings) != len(c.rules) {
				t.Errorf("the outcome has %d warnings", len(o.Warnings))
			}
		})
	}
	o := w.ok(row("fine", by("M5"), accept))
	if a := o.Events[len(o.Events)-1].(events.ContributionRecorded).Accepted; a != nil {
		t.Errorf("nothing was exceeded, and yet accepted: %+v", a)
	}
	fine := correct(row("fine"), "quantity", "13")
	fine.Accept = "a long day"
	o = w.ok(fine)
	if a := o.Events[0].(events.ContributionCorrected).Accepted; a == nil || a.Reason != "a long day" {
		t.Errorf("corrected with %+v", a)
	}
}

// Limits of 0 are none.
func TestNoLimits(t *testing.T) {
	w := founded(t)
	free := rules
	free.Limits = events.Limits{}
	w.ok(ledger.ReviseProgramme{Rules: free, Reason: "no limits"}, row("x", quantity("24", events.Hours)))
}

// Hours of a person and day add up over contributions: those of the same submit too, less what was
// corrected or withdrawn.
func TestHoursOfADay(t *testing.T) {
	w := founded(t)
	eight := func(ref string, change ...func(*ledger.Record)) ledger.Record {
		return row(ref, append(change, quantity("8", events.Hours))...)
	}
	out := w.submit(w.requests(eight("1"), eight("2"), eight("3", on("2026-06-02")), eight("4", by("M2")), eight("5", group(4)),
		row("6", quantity("4", events.Hours)), row("7", quantity("1", events.Minutes)))...)
	for i, rule := range []ledger.Rule{"", ledger.NotAccepted, "", "", "", "", ledger.NotAccepted} {
		if rule == "" && out[i].Err != nil {
			t.Errorf("row %d: %v", i+1, out[i].Err)
		} else if rule != "" {
			wantRefused(t, out[i].Err, rule, "quantity")
		}
	}
	// 12 hours on the day now, in 1 and 6. A correction counts in place of what it corrects.
	w.refused(correct(row("6"), "quantity", "5"), ledger.NotAccepted, "quantity")
	w.ok(correct(row("6"), "quantity", "3.5"))
	w.ok(correct(row("6"), "quantity", "4"))
	w.ok(correct(row("1"), "quantity", "2"))
	w.ok(row("8", quantity("6", events.Hours)))
	w.refused(row("9", quantity("1", events.Hours)), ledger.NotAccepted, "quantity")
	// To another day or person, it takes its hours along.
	w.ok(correct(row("8"), "date", "2026-06-03"))
	w.ok(row("9", quantity("6", events.Hours)))
	w.refused(correct(row("8"), "date", "2026-06-01"), ledger.NotAccepted, "quantity")
	w.refused(correct(row("8"), "date", "2026-06-02"), ledger.NotAccepted, "quantity")
	w.refused(correct(row("8"), "date", "2026-06-01", "volunteer", "M2"), ledger.NotAccepted, "quantity")
	w.ok(withdraw(row("9")), row("10", quantity("6", events.Hours)))
	// The same after the books were made anew.
	again := w.beside()
	again.refused(row("11", quantity("1", events.Minutes)), ledger.NotAccepted, "quantity")
}

// A correction keeps what it does not set, and completes what follows.
func TestCorrect(t *testing.T) {
	w := founded(t)
	original := row("r", func(r *ledger.Record) {
		r.Note, r.Affiliation, r.Session = "brought tools", "Site 3", "morning"
		r.File, r.Sheet, r.Row = events.Sum([]byte("file")), 3, 12
	})
	id := w.ok(original).ID
	before := w.standing()[id]
	now := func() *events.Contribution { return w.standing()[id] }

	w.ok(correct(original, "quantity", "1.5", "unit", "days"))
	want := *before
	want.Quantity, want.Unit, want.Minutes = "1.5", events.Days, 720
	if got := now(); !equal(got, &want) {
		t.Errorf("quantity: %+v, want %+v", got, want)
	}
	w.ok(correct(original, "volunteer", "", "headcount", "60", "quantity", "0.5"))
	want.Volunteer, want.Headcount, want.Quantity, want.Minutes = uuid.Nil, 60, "0.5", 60*240
	want.Origin.Reference = now().Origin.Reference // sealed with the system's key, no more with the person's
	if got := now(); !equal(got, &want) || equal(got.Origin, before.Origin) {
		t.Errorf("headcount: %+v, want %+v", got, want)
	}
	if text, err := w.vault.Open(now().Origin.Reference, ledger.SealReference); err != nil || text != "r" {
		t.Errorf("the reference opens to %q, %v", text, err)
	}
	w.ok(correct(original, "per", "group", "quantity", "90"))
	want.Per, want.Quantity, want.Minutes = events.PerGroup, "90", 90*480
	if got := now(); !equal(got, &want) {
		t.Errorf("group: %+v, want %+v", got, want)
	}
	w.ok(correct(original, "quantity", ""))
	want.Per, want.Quantity, want.Minutes, want.Unit = "", "", 0, ""
	if got := now(); !equal(got, &want) {
		t.Errorf("no quantity: %+v, want %+v", got, want)
	}
	w.ok(correct(original, "initiative", "forum", "role", "", "place", "بن جرير", "basis", "paid_leave", "affiliation", "", "session", ""))
	want.Role, want.Place, want.PlaceEntered, want.Basis, want.Affiliation = events.Attendance, "BENGUERIR", "بن جرير", events.PaidLeave, ""
	want.Initiative, want.Session = ledger.InitiativeID(found.Ledger, "forum"), uuid.Nil
	if got := now(); !equal(got, &want) {
		t.Errorf("many: %+v, want %+v", got, want)
	}
	w.refused(correct(original, "note", "brought tools"), ledger.NothingChanges, "")
	w.ok(correct(original, "note", "brought more tools"))
	if text, err := w.vault.Open(now().Note, ledger.SealNote); err != nil || text != "brought more tools" {
		t.Errorf("the note opens to %q, %v", text, err)
	}
	w.ok(correct(original, "note", ""))
	if got := now(); len(got.Note) != 0 {
		t.Error("the note is still there")
	}
	anew := correct(original, "volunteer", "M40", "headcount", "")
	w.refused(anew, ledger.UnknownVolunteer, "volunteer")
	anew.New = true
	if o := w.ok(anew); len(o.Events) != 2 {
		t.Errorf("%d events, want the registration and the correction", len(o.Events))
	}
}
