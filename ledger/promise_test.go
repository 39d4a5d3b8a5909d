package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/projections"
)

// The same commands by many goroutines, through two ledgers: each is recorded once, and exactly one of
// those who sent it hears that it was not there before.
func TestP2RecordedOnce(t *testing.T) {
	a := founded(t)
	b := a.beside()
	var reqs []ledger.Request
	for i := range 40 {
		cmd := row(fmt.Sprint("r", i), by(fmt.Sprint("M", i%7)), on(events.Date(fmt.Sprintf("2026-05-%02d", 1+i%28))))
		if i%2 == 0 {
			cmd.Reference = "" // by the command's id
		}
		reqs = append(reqs, a.requests(cmd)...)
	}
	from := a.end()
	const senders = 8
	outs := make([][]ledger.Outcome, senders)
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			l := []*world{a, b}[s%2]
			for i := 0; i < len(reqs); i += 1 + s {
				out, err := l.Submit(t.Context(), reqs[i:min(i+1+s, len(reqs))]...)
				if err != nil {
					t.Errorf("sender %d: %v", s, err)
					return
				}
				outs[s] = append(outs[s], out...)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for i := range reqs {
		fresh := 0
		for s := range senders {
			o := outs[s][i]
			if o.Err != nil || o.ID != outs[0][i].ID || o.First != outs[0][i].First || o.Last != outs[0][i].Last {
				t.Errorf("request %d, sender %d: %+v, not %+v", i, s, o, outs[0][i])
			}
			if !o.Already {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("request %d: %d senders were the first", i, fresh)
		}
	}
	persons, contributions := 0, map[uuid.UUID]bool{}
	for _, e := range a.entries()[from:] {
		switch e := e.Event.(type) {
		case events.VolunteerRegistered:
			persons++
		case events.ContributionRecorded:
			if contributions[e.ID] {
				t.Errorf("%s is recorded twice", e.ID)
			}
			contributions[e.ID] = true
		}
	}
	if len(contributions) != len(reqs) || persons != 7 {
		t.Errorf("%d contributions of %d persons, want %d of 7", len(contributions), persons, len(reqs))
	}
}

// The same id with other content is refused; whatever happens to the books.
func TestP2SameIDOtherContent(t *testing.T) {
	w := founded(t)
	req := w.requests(row("", by("M1")))[0]
	first := w.submit(req)[0]
	other := req
	other.Command = row("", by("M1"), quantity("4", events.Hours))

	check := func(name string, w *world) {
		t.Helper()
		end := w.end()
		if o := w.submit(req)[0]; !o.Already || o.ID != first.ID || o.First != first.First {
			t.Errorf("%s: the same: %+v", name, o)
		}
		wantRefused(t, w.submit(other)[0].Err, ledger.ReusedID, "id")
		if w.end() != end {
			t.Errorf("%s: the log grew", name)
		}
	}
	check("at once", w)
	w = w.restarted()
	check("after a restart", w)
	w.stop()
	if err := os.Remove(w.books); err != nil {
		t.Fatal(err)
	}
	w = w.run(w.books)
	check("with books made anew", w)
	w.stop()
	if err := os.WriteFile(w.books, []byte("this is not a file of books"), 0o600); err != nil {
		t.Fatal(err)
	}
	w = w.run(w.books)
	check("with books that were garbage", w)
}

// Books that were damaged where they lie are made anew when that is noticed; the command that noticed
// has an unknown outcome, and the next is decided.
func TestP2DamagedBooks(t *testing.T) {
	w := founded(t)
	w.ok(row("r"))
	w.stop()
	b, err := os.ReadFile(w.books)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.ReplaceAll(b, []byte(`"Rehamna"`), []byte(`"Rehamnb"`))
	if bytes.Equal(damaged, b) {
		t.Fatal("the books hold no Rehamna to damage")
	}
	if err := os.WriteFile(w.books, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	w = w.run(w.books)
	cmd := row("s", func(r *ledger.Record) { r.Place = "MA-REH" })
	if _, err := w.Submit(t.Context(), w.requests(cmd)...); !errors.Is(err, projections.ErrDamaged) || errors.Is(err, ledger.ErrRefused) {
		t.Fatalf("%v, want damaged", err)
	}
	w.ok(cmd)
	if o := w.do(row("r")); !o.Already {
		t.Errorf("%+v, want already", o)
	}
}

// A ledger whose books are behind neither refuses nor accepts by them.
func TestP6OutdatedBooks(t *testing.T) {
	a := founded(t)
	b := a.beside()
	a.ok(row("a", by("M1")), row("long", by("M2"), quantity("10", events.Hours)))
	b.ok(row("b", by("M3"))) // b is current here
	new := func(r *ledger.Record) { r.New = false }

	// Accepted by a what b's books do not know yet.
	a.ok(row("c", by("M4")), ledger.OpenInitiative{Initiative: events.Initiative{Code: "later", Type: "AGR", Places: []string{"MA-YUS"}}})
	end := a.end()
	if o := b.do(row("d", by("M4"), new)); o.Err != nil {
		t.Errorf("M4 is registered by now: %v", o.Err)
	}
	if o := b.do(row("e", by("M4"), new, func(r *ledger.Record) { r.Initiative = "later" })); o.Err != nil {
		t.Errorf("the initiative is open by now: %v", o.Err)
	}
	if b.end() != end+2 {
		t.Errorf("%d events more, want 2", b.end()-end)
	}
	// Refused by b what only its outdated books would accept.
	a.ok(withdraw(row("a")), ledger.CloseInitiative{Code: "later", On: "2026-05-01"}, row("more", by("M2"), quantity("2", events.Hours)))
	b.refused(correct(row("a"), "quantity", "4"), ledger.WithdrawnRecord, "id")
	a.ok(ledger.CloseInitiative{Code: "palms", On: "2026-05-01"})
	b.refused(row("f", by("M4")), ledger.InitiativeClosed, "date")
	a.ok(ledger.CloseInitiative{Code: "palms", On: "2026"})
	b.refused(row("g", by("M2"), quantity("1", events.Hours)), ledger.NotAccepted, "quantity")
	// Known to a, and so to b.
	o := a.ok(row("h", by("M5")))
	if got := b.do(row("h", by("M5"))); !got.Already || got.First != o.First {
		t.Errorf("%+v, want already @%d", got, o.First)
	}
	b.refused(row("h", by("M6")), ledger.Differs, "id")
	// Corrected by a, then by b: before is what stands.
	a.ok(correct(row("h"), "quantity", "5"))
	c := b.ok(correct(row("h"), "affiliation", "Site 3")).Events[0].(events.ContributionCorrected)
	if c.Before.Quantity != "5" || c.After.Quantity != "5" {
		t.Errorf("corrected from %s to %s hours, not 5", c.Before.Quantity, c.After.Quantity)
	}
}

var errLost = errors.New("no answer")

// No answer means unknown: the ledger finds out, and whoever asked first hears that it was recorded.
func TestP6UnknownOutcomes(t *testing.T) {
	type answer struct {
		store bool
		err   error
	}
	for _, c := range []struct {
		name    string
		answers []answer // of the log, to one append after the other; then it works
		foreign int      // another ledger appends before this answer, if > 0
		err     error    // what Submit returns
	}{
		{"an acknowledgement lost", []answer{{true, errLost}}, 0, nil},
		{"a message lost", []answer{{false, errLost}}, 0, nil},
		{"many messages lost", []answer{{false, errLost}, {false, errLost}, {false, errLost}}, 0, nil},
		{"a message lost, then an acknowledgement", []answer{{false, errLost}, {true, errLost}}, 0, nil},
		{"an acknowledgement lost, then no storage", []answer{{true, errLost}, {false, ledger.ErrStorage}}, 0, nil},
		{"a message lost, then no storage", []answer{{false, errLost}, {false, ledger.ErrStorage}}, 0, nil},
		{"no storage", []answer{{false, ledger.ErrStorage}}, 0, ledger.ErrStorage},
		{"an acknowledgement lost, then another appends", []answer{{true, errLost}, {true, nil}}, 2, nil},
		{"a message lost, then another appends", []answer{{false, errLost}, {true, nil}}, 2, nil},
		{"another appends first", []answer{{true, nil}}, 1, nil},
		{"another appends the same first", []answer{{true, nil}}, -1, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := empty(t)
			other := w.beside()
			w.found()
			other.ok(row("before", by("M9")))
			cmds := w.requests(row("one", by("M1")), row("two", by("M2")), row("one", by("M1")))
			call, through := 0, false
			w.log.Fault = func(int, []events.Entry) (bool, error) {
				if through || call >= len(c.answers) {
					return true, nil
				}
				call++
				switch through = true; {
				case c.foreign == call:
					other.ok(row("meanwhile", by("M8")))
				case c.foreign == -call:
					other.submit(cmds[0])
				}
				through = false
				return c.answers[call-1].store, c.answers[call-1].err
			}
			out, err := w.Submit(t.Context(), cmds...)
			if !errors.Is(err, c.err) {
				t.Fatalf("%v, want %v", err, c.err)
			}
			if c.err != nil {
				if n := len(w.standing()); n != 1 {
					t.Errorf("%d contributions stand after an error that says nothing was recorded", n)
				}
				out = w.submit(cmds...)
			}
			if call != len(c.answers) {
				t.Errorf("the log answered %d times, want at least %d", call, len(c.answers))
			}
			for i, o := range out {
				already := i == 2 || i == 0 && c.foreign < 0
				if o.Err != nil || o.Already != already {
					t.Errorf("outcome %d: %+v, want already %v", i+1, o, already)
				}
				entries := w.entries()
				for p := o.First; p <= o.Last; p++ {
					if got := entries[p-1].Cause.Command; got != o.ID {
						t.Errorf("outcome %d is said to be at @%d, where there is %s", i+1, p, got)
					}
				}
			}
			want := 3
			if c.foreign > 0 {
				want = 4
			}
			if n := len(w.standing()); n != want {
				t.Errorf("%d contributions stand, want %d", n, want)
			}
			recorded := map[uuid.UUID]int{}
			for _, e := range w.entries() {
				if e, ok := e.Event.(events.ContributionRecorded); ok {
					recorded[e.ID]++
				}
			}
			for id, n := range recorded {
				if n != 1 {
					t.Errorf("%s is recorded %d times", id, n)
				}
			}
			for _, o := range w.submit(cmds...) {
				if !o.Already {
					t.Errorf("not there afterwards: %+v", o)
				}
			}
			w.ok(row("after", by("M3"))) // it goes on
		})
	}
}

// A ledger that stops while it does not know says so; another finds what was stored.
func TestP6StoppedWhileUnknown(t *testing.T) {
	for _, stored := range []bool{true, false} {
		w := founded(t)
		asked := make(chan struct{})
		once := sync.OnceFunc(func() { close(asked) })
		lost := true
		w.log.Fault = func(int, []events.Entry) (bool, error) {
			if !lost {
				return true, nil
			}
			defer once()
			return stored, errLost
		}
		reqs := w.requests(row("r"))
		failed := make(chan error)
		go func() {
			_, err := w.Submit(context.Background(), reqs...)
			failed <- err
		}()
		<-asked
		w.stop()
		if err := <-failed; err == nil || !strings.Contains(err.Error(), "unknown") || errors.Is(err, ledger.ErrRefused) {
			t.Errorf("stored %v: %v, want unknown", stored, err)
		}
		if _, err := w.Submit(t.Context(), reqs...); !errors.Is(err, ledger.ErrStopped) {
			t.Errorf("after it stopped: %v", err)
		}
		if err := w.Consult(t.Context(), func(ledger.Books) error { return nil }); !errors.Is(err, ledger.ErrStopped) {
			t.Errorf("after it stopped: %v", err)
		}
		lost = false
		if o := w.run(w.books).submit(reqs...)[0]; o.Err != nil || o.Already != stored {
			t.Errorf("stored %v: %+v", stored, o)
		}
		if n := len(w.standing()); n != 1 {
			t.Errorf("stored %v: %d contributions stand", stored, n)
		}
	}
}

// A caller that gives up does not take its command back.
func TestP6CallerGivesUp(t *testing.T) {
	w := founded(t)
	ctx, cancel := context.WithCancel(t.Context())
	w.log.Fault = func(int, []events.Entry) (bool, error) { cancel(); return true, nil }
	reqs := w.requests(row("r"))
	_, err := w.Submit(ctx, reqs...)
	if err != nil && !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if o := w.submit(reqs...)[0]; !o.Already {
		t.Errorf("%+v, want already", o)
	}
}

// A log that lost its end, or was replaced, is not appended to.
func TestP5AnotherLog(t *testing.T) {
	w := founded(t)
	w.ok(row("r"))
	w.stop()
	short := &ledgertest.Log{}
	ledgertest.Fill(t, short, w.entries()[:10])
	other := &ledgertest.Log{}
	ledgertest.Fill(t, other, ledgertest.Chain(40))
	for name, log := range map[string]*ledgertest.Log{"truncated": short, "replaced": other, "empty": {}} {
		x := *w
		x.log = log
		y := x.run(w.books)
		end := y.end()
		_, err := y.Submit(t.Context(), y.requests(row("s"))...)
		if chain := (*events.ChainError)(nil); !errors.As(err, &chain) {
			t.Errorf("%s: %v, want a broken chain", name, err)
		}
		if y.end() != end {
			t.Errorf("%s: it was appended to", name)
		}
		y.stop()
	}
}

// The clock may go as it likes: times never decrease, and the order is that of the log.
func TestP9Clock(t *testing.T) {
	w := founded(t)
	other := w.beside()
	var ids []uuid.UUID
	for i, step := range []time.Duration{0, -time.Hour, -48 * time.Hour, time.Millisecond, 1500 * time.Microsecond, -time.Microsecond, time.Hour, 0, -30 * time.Minute} {
		w.clock.set(noon.Add(step))
		l := []*world{w, other}[i%2]
		for _, o := range l.submit(l.requests(row(fmt.Sprint("a", i), by("M1"), quantity("5", events.Minutes)), row(fmt.Sprint("b", i), group(3), quantity("5", events.Minutes)))...) {
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			ids = append(ids, o.ID)
		}
	}
	var last time.Time
	var order []uuid.UUID
	for i, e := range w.entries() {
		if e.Position != uint64(i+1) {
			t.Errorf("@%d comes as number %d", e.Position, i+1)
		}
		if e.Time.Before(last) {
			t.Errorf("@%d was recorded at %s, before the one before it at %s", e.Position, e.Time, last)
		}
		last = e.Time
		if r, ok := e.Event.(events.ContributionRecorded); ok {
			order = append(order, r.ID)
		}
	}
	if !slices.Equal(order, ids) {
		t.Error("the log's order is not that of the commands")
	}
	if want := noon.Add(time.Hour); !last.Equal(want) {
		t.Errorf("the last was recorded at %s, want %s", last, want)
	}
}

// Nobody's name is in the log, the books, an error's text or what is logged; the vault opens it.
func TestP10NoNames(t *testing.T) {
	var logged safeBuffer
	w := empty(t, logger(&logged))
	w.log.Fault = func(call int, _ []events.Entry) (bool, error) {
		if call%3 == 0 {
			return true, errLost
		}
		return true, nil
	}
	w.found()
	// Each is planted in a field of its own, and found by a part that no encoding changes.
	planted := []string{"ZAHRAPLANT", "زهراء-مغروسة", "M-PLANT-1", "REF-PLANT-1", "NOTEPLANT", "SESSIONPLANT", "NEWNAMEPLANT", "M-PLANT-2",
		"SECONDNOTEPLANT", "REFUSEDPLANT", "IDPLANT", "GROUPREFPLANT", "SCOPEPLANT", "M-PLANT-3"}
	person := row("REF-PLANT-1", by("M-PLANT-1"), func(r *ledger.Record) {
		r.Name, r.Note, r.Session = "Fatima ZAHRAPLANT زهراء-مغروسة", "she brought NOTEPLANT", "SESSIONPLANT"
	})
	anonymous := row("GROUPREFPLANT", group(12))
	var texts []string
	do := func(cmd ledger.Command) ledger.Outcome {
		req := w.requests(cmd)[0]
		req.Scope, req.ID = "SCOPEPLANT", "IDPLANT"+req.ID
		o := w.submit(req)[0]
		if o.Err != nil {
			texts = append(texts, o.Err.Error(), o.Err.(*ledger.Refusal).Hint)
		}
		texts = append(texts, o.Notes...)
		for _, warning := range o.Warnings {
			texts = append(texts, warning.Message)
		}
		return o
	}
	recorded := do(person)
	do(anonymous)
	moved := correct(anonymous, "volunteer", "M-PLANT-2", "headcount", "", "note", "SECONDNOTEPLANT")
	moved.New = true
	for _, cmd := range []ledger.Command{
		row("", by("M-PLANT-1"), func(r *ledger.Record) { r.Name = "REFUSEDPLANT"; r.Date = "2027" }),
		row("REF-PLANT-1", by("M-PLANT-3"), func(r *ledger.Record) { r.Note = "REFUSEDPLANT" }),
		row("", by("M-PLANT-3"), func(r *ledger.Record) { r.New, r.Name = false, "REFUSEDPLANT" }),
		row("", by("M-PLANT-3"), func(r *ledger.Record) { r.Name = "REFUSEDPLANT\u202e" }),
		row("", by("M-PLANT-3"), func(r *ledger.Record) { r.Note = strings.Repeat("REFUSEDPLANT", 1000) }),
		row("", by("M-PLANT-3"), func(r *ledger.Record) { r.Note, r.Role = "REFUSEDPLANT", "\xff" }),
		row("REFUSEDPLANT\x00", by("M-PLANT-3")),
		correct(row("REFUSEDPLANT"), "note", "REFUSEDPLANT"),
		withdraw(row("REFUSEDPLANT")),
		ledger.RenameVolunteer{System: "hr", Volunteer: "M-PLANT-3", Name: "REFUSEDPLANT", Reason: "x"},
	} {
		if o := do(cmd); o.Err == nil {
			t.Errorf("%+v is not refused", cmd)
		}
	}
	renamed := do(ledger.RenameVolunteer{System: "hr", Volunteer: "M-PLANT-1", Name: "NEWNAMEPLANT", Reason: "married"})
	corrected := do(moved)
	withdrawn := do(withdraw(anonymous))
	if err := errors.Join(recorded.Err, renamed.Err, corrected.Err, withdrawn.Err); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Preview(t.Context(), "", w.requests(row("", by("M-PLANT-3"), func(r *ledger.Record) { r.Name = "REFUSEDPLANT" }))...); err != nil {
		t.Fatal(err)
	}

	open := func(name string, sealed events.Sealed, purpose, want string) {
		t.Helper()
		if text, err := w.vault.Open(sealed, purpose); err != nil || text != want {
			t.Errorf("%s opens to %q, %v; want %q", name, text, err, want)
		}
	}
	registered := recorded.Events[0].(events.VolunteerRegistered)
	open("the name", registered.Name, ledger.SealName, "Fatima ZAHRAPLANT زهراء-مغروسة")
	open("the reference of the person", registered.Reference, ledger.SealReference, "M-PLANT-1")
	after := recorded.Events[1].(events.ContributionRecorded).After
	open("the reference", after.Origin.Reference, ledger.SealReference, "REF-PLANT-1")
	open("the note", after.Note, ledger.SealNote, "she brought NOTEPLANT")
	open("the new name", renamed.Events[0].(events.VolunteerUpdated).Name, ledger.SealName, "NEWNAMEPLANT")
	last := corrected.Events[1].(events.ContributionCorrected).After
	open("the moved reference", last.Origin.Reference, ledger.SealReference, "GROUPREFPLANT")
	open("the second note", last.Note, ledger.SealNote, "SECONDNOTEPLANT")
	if last.Origin.Reference.Key() != last.Volunteer {
		t.Error("the moved reference is not sealed with the person's key")
	}
	served := map[uuid.UUID]string{}
	for id, name := range w.vault.Volunteers() {
		served[id] = name
	}
	if served[registered.ID] != "NEWNAMEPLANT" || len(served) != 2 {
		t.Errorf("the vault serves %v", served)
	}

	w.stop() // the books are flushed
	files := map[string]string{"the log": "", "errors and hints": strings.Join(texts, "\n"), "what is logged": logged.String()}
	for _, e := range w.entries() {
		files["the log"] += string(e.Raw) + "\n"
	}
	if !strings.Contains(files["the log"], "AGR-CRP") || !strings.Contains(files["what is logged"], "outcome unknown") || len(texts) < 10 {
		t.Fatal("looks in the wrong places")
	}
	folder := filepath.Dir(w.books)
	list, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name()] = string(b)
	}
	for where, text := range files {
		for _, p := range planted {
			for _, s := range []string{p, strings.ToLower(p), ledger.Fold(p)} {
				if strings.Contains(text, s) {
					t.Errorf("%s holds %s", where, s)
				}
			}
		}
	}
}
