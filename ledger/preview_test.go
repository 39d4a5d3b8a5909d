package ledger_test

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"testing"

	"sijil/events"
	"sijil/ledger"
)

// preview tries commands in a session.
func (w *world) preview(session string, reqs ...ledger.Request) []ledger.Outcome {
	w.t.Helper()
	out, err := w.Preview(w.t.Context(), session, reqs...)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// told is an outcome without what is random.
func told(o ledger.Outcome) string {
	var b strings.Builder
	fmt.Fprintln(&b, o.ID, o.First, o.Last, o.Already, o.Withdrawn, o.Warnings, o.Notes)
	if r, ok := o.Err.(*ledger.Refusal); ok {
		fmt.Fprintln(&b, string(canonical(r)))
	}
	for _, e := range o.Events {
		fmt.Fprint(&b, e.Kind())
		if c, ok := e.(events.Contributory); ok {
			if _, _, after := c.Change(); after != nil {
				fmt.Fprint(&b, " ", after.Minutes, after.Date, after.Place, after.PlaceEntered, after.Initiative, after.Role)
			}
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

// A preview in parts decides as one submit does, and leaves nothing behind.
func TestPreview(t *testing.T) {
	w := founded(t)
	w.ok(row("there", by("M0")))
	day := func(ref, m, hours string) ledger.Record { return row(ref, by(m), quantity(hours, events.Hours)) }
	accepted := day("f", "M1", "8")
	accepted.Accept = "twins"
	var many ledger.Define
	for i := range 1001 {
		many.Places = append(many.Places, ledger.PlaceNode{Code: fmt.Sprint("P-", i)})
	}
	cmds := w.requests(
		row("there", by("M0")), row("there", by("M7")),
		day("a", "M1", "8"), day("b", "M1", "5"), day("c", "M1", "4"), day("a", "M1", "8"), day("a", "M1", "7"),
		row("d", func(r *ledger.Record) { r.Initiative, r.Type = "neu", "Crops" }), row("e", group(3), func(r *ledger.Record) { r.Initiative, r.New = "NEU", false }),
		accepted, withdrawOf("c"), day("g", "M2", "8"), correct(row("g"), "quantity", "9"), day("h", "M2", "3"), day("i", "M2", "1"),
		row("j", on("2030")), row("k", func(r *ledger.Record) { r.Place = "Yousoufia" }), row("l", func(r *ledger.Record) { r.Place = "youssoufia" }),
		day("c", "M1", "2"), many, withdrawOf("c"), withdrawOf("zzz"),
	)
	end := w.end()
	vaultBefore, err := os.ReadFile(w.vaultPath)
	if err != nil {
		t.Fatal(err)
	}
	var tried []ledger.Outcome
	for i := 0; i < len(cmds); i += 4 {
		tried = append(tried, w.preview("file", cmds[i:min(i+4, len(cmds))]...)...)
	}
	if got := len(w.preview("file")); got != 0 {
		t.Errorf("%d outcomes of no commands", got)
	}
	if w.end() != end {
		t.Error("the log grew")
	}
	if err := w.EndPreview(t.Context(), "file"); err != nil {
		t.Fatal(err)
	}
	vaultAfter, err := os.ReadFile(w.vaultPath)
	if err != nil || string(vaultAfter) != string(vaultBefore) {
		t.Errorf("the vault is not as it was: %v", err)
	}
	for i, o := range w.submit(cmds...) {
		if got, want := told(tried[i]), told(o); got != want {
			t.Errorf("%T %d: the preview says\n%sand the submit\n%s", cmds[i].Command, i, got, want)
		}
	}
}

func withdrawOf(reference string) ledger.Withdraw { return withdraw(row(reference)) }

// Sessions know nothing of each other, and "" nothing of what was before.
func TestPreviewSessions(t *testing.T) {
	w := founded(t)
	req := w.requests(row("r", by("M1"), quantity("8", events.Hours)))
	more := w.requests(row("s", by("M1"), quantity("8", events.Hours)))
	for _, session := range []string{"a", "b", "", ""} {
		if o := w.preview(session, req...)[0]; o.Err != nil || o.Already || len(o.Events) != 2 {
			t.Errorf("session %q: %+v", session, o)
		}
	}
	wantRefused(t, w.preview("a", more...)[0].Err, ledger.NotAccepted, "quantity")
	if o := w.preview("", more...)[0]; o.Err != nil {
		t.Error(o.Err)
	}
	if err := w.EndPreview(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if o := w.preview("a", more...)[0]; o.Err != nil {
		t.Errorf("after its end: %v", o.Err)
	}
	if n := len(maps.Collect(w.vault.Volunteers())); n != 0 {
		t.Errorf("the vault has %d persons", n)
	}
}

// A preview goes on while others record: it finds what they recorded where they recorded it, and what
// it tried itself.
func TestPreviewMeanwhile(t *testing.T) {
	w := founded(t)
	w.preview("p", w.requests(row("mine", by("M1")), row("mine 2", by("M2")))...)
	w.ok(row("theirs", by("M3")), row("theirs 2", by("M4")), row("theirs 3", by("M5")))
	out := w.preview("p", w.requests(
		correct(row("theirs"), "quantity", "4"), correct(row("theirs 2"), "quantity", "4"), correct(row("theirs 3"), "quantity", "4"),
		correct(row("mine"), "quantity", "5"), correct(row("mine 2"), "quantity", "5"), correct(row("theirs 3"), "quantity", "6"),
	)...)
	for i, want := range []string{"3 4", "3 4", "3 4", "3 5", "3 5", "4 6"} {
		if out[i].Err != nil {
			t.Errorf("correction %d: %v", i+1, out[i].Err)
			continue
		}
		c := out[i].Events[0].(events.ContributionCorrected)
		if got := c.Before.Quantity + " " + c.After.Quantity; got != want {
			t.Errorf("correction %d: %s, want %s", i+1, got, want)
		}
	}
	// And a preview that lies on books that were thrown away begins anew.
	w.log.Foreign([]byte("hello"))
	if _, err := w.Submit(t.Context(), w.requests(row("x"))...); err == nil {
		t.Fatal("a foreign message did not halt")
	}
	if _, err := w.Preview(t.Context(), "p", w.requests(row("x"))...); err == nil {
		t.Error("a preview on a halted log")
	}
}

// What a file would add is named, with what is written much like it.
func TestNovelties(t *testing.T) {
	w := founded(t)
	w.ok(row("r", by("M1"), func(r *ledger.Record) { r.Name = "Fatima Zahra" }))
	reqs := w.requests(row("s", by("M2"), func(r *ledger.Record) { r.Name, r.Initiative, r.Type = "Fatema Zahra", "Palm", "AGR" }), row("t", by("M9")), row("r", by("M1")))
	var got []ledger.Novelty
	for i, o := range w.preview("", reqs...) {
		n, err := w.Novelties(t.Context(), reqs[i], o)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, n...)
	}
	want := `[{"kind":"initiative","name":"Palm","nearest":["palms"]},{"kind":"volunteer","name":"Fatema Zahra","nearest":["Fatima Zahra"]},{"kind":"volunteer","name":"M9"}]`
	if string(canonical(got)) != want {
		t.Errorf("%s, want %s", canonical(got), want)
	}
}
