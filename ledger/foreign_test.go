package ledger_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/projections"
)

func note(id string) ledger.Request {
	return ledger.Request{Scope: "doctor", ID: id, Actor: "admin", Method: events.Local}
}

// halted submits a command that fails by a broken chain before a position.
func (w *world) halted(before uint64) {
	w.t.Helper()
	_, err := w.Submit(w.t.Context(), w.requests(row("halted"))...)
	var chain *events.ChainError
	if !errors.As(err, &chain) || errors.Is(err, ledger.ErrRefused) || chain.After.Position != before-1 || !strings.Contains(err.Error(), "@") {
		w.t.Fatalf("%v, want halted before @%d", err, before)
	}
}

// A message that is not the ledger's halts commands, and a note passes it.
func TestNoteForeign(t *testing.T) {
	for _, c := range []struct {
		name    string
		payload func(*world) []byte
	}{
		{"garbage", func(*world) []byte { return []byte("hello") }},
		{"nothing", func(*world) []byte { return nil }},
		{"an old entry again", func(w *world) []byte { return w.entries()[2].Raw }},
		{"the last entry again", func(w *world) []byte { return w.entries()[w.end()-1].Raw }},
		{"an entry of another history", func(w *world) []byte {
			at := w.entries()[w.end()-2].Checkpoint
			at.Position++
			return ledgertest.After(at, 1, "mallory")[0].Raw
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := founded(t)
			first := w.ok(row("r"))
			at := w.end() + 1
			w.log.Foreign(c.payload(w))
			w.halted(at)
			w.halted(at) // again, and of another ledger
			w.beside().halted(at)

			_, err := w.NoteForeign(t.Context(), note("n"), at, " \n")
			wantRefused(t, err, ledger.MissingField, "reason")
			for _, wrong := range []uint64{0, 1, at - 1, at + 1} {
				_, err := w.NoteForeign(t.Context(), note("n"), wrong, "a test message")
				wantRefused(t, err, ledger.NotForeign, "position")
			}
			if w.end() != at {
				t.Fatal("the log grew")
			}
			o, err := w.NoteForeign(t.Context(), note("n"), at, "a test message")
			if err != nil || o.First != at+1 || o.Already {
				t.Fatalf("%+v, %v", o, err)
			}
			again, err := w.NoteForeign(t.Context(), note("n"), at, "a test message")
			if err != nil || again.First != at+1 || again.ID != o.ID || !again.Already {
				t.Errorf("twice: %+v, %v", again, err)
			}
			_, err = w.NoteForeign(t.Context(), note("other"), at, "a test message")
			wantRefused(t, err, ledger.NotForeign, "position")

			w.ok(row("s"))
			other := w.beside()
			if got := other.do(row("r")); !got.Already || got.First != first.First {
				t.Errorf("%+v, want already @%d", got, first.First)
			}
			for _, e := range other.entries() {
				if (e.Event == nil) != (e.Position == at) {
					t.Errorf("@%d has event %v", e.Position, e.Event)
				}
			}
		})
	}
}

func TestNoteForeignTwoInARow(t *testing.T) {
	w := founded(t)
	at := w.end() + 1
	w.log.Foreign([]byte("one"))
	w.log.Foreign([]byte("two"))
	w.halted(at)
	_, err := w.NoteForeign(t.Context(), note("2"), at+1, "second")
	wantRefused(t, err, ledger.NotForeign, "position")
	w.clock.set(noon.Add(time.Hour))
	if _, err := w.NoteForeign(t.Context(), note("1"), at, "first"); err != nil {
		t.Fatal(err)
	}
	w.halted(at + 1)
	w.clock.set(noon) // the second note is not earlier than the first
	o, err := w.NoteForeign(t.Context(), note("2"), at+1, "second")
	if err != nil || o.First != at+3 {
		t.Fatalf("%+v, %v", o, err)
	}
	w.ok(row("r"))
	w.beside().ok(row("s"))
	var last time.Time
	for _, e := range w.entries() {
		if e.Event != nil && e.Time.Before(last) {
			t.Errorf("@%d is earlier than what is before it", e.Position)
		}
		if e.Event != nil {
			last = e.Time
		}
	}
}

// What may be the ledger's own is never noted away: a valid entry, or one of a kind that only a newer
// build knows.
func TestNoteForeignRefuses(t *testing.T) {
	w := founded(t)
	w.ok(row("r"))
	_, err := w.NoteForeign(t.Context(), note("n"), w.end(), "looks odd")
	wantRefused(t, err, ledger.NotForeign, "position")

	last := w.entries()[w.end()-1]
	next := ledgertest.After(last.Checkpoint, 1, "newer")[0]
	for _, typ := range []string{"place.dreamt.v1", "place.defined.v9"} {
		x := founded(t)
		x.ok(row("r"))
		end := x.end()
		x.log.Foreign([]byte(strings.Replace(string(next.Raw), "place.defined.v1", typ, 1)))
		x.halted(end + 1)
		_, err := x.NoteForeign(t.Context(), note("n"), end+1, "looks odd")
		if r := wantRefused(t, err, ledger.NotForeign, "position"); !strings.Contains(r.Hint, "upgrade") {
			t.Errorf("hint %q", r.Hint)
		}
		if x.end() != end+1 {
			t.Error("the log grew")
		}
	}

	// Nor anything before there is a ledger, nor a message that is missing.
	x := empty(t)
	x.log.Foreign([]byte("hello"))
	_, err = x.NoteForeign(t.Context(), note("n"), 1, "looks odd")
	wantRefused(t, err, ledger.NotForeign, "position")

	w.stop()
	w.log.Foreign([]byte("hello"))
	w.log.Alter(w.end(), nil)
	y := w.run(w.books)
	if _, err := y.NoteForeign(t.Context(), note("n"), w.end(), "is missing"); !errors.Is(err, events.ErrGap) {
		t.Errorf("%v, want a gap", err)
	}
}

// A note whose acknowledgement was lost is found.
func TestNoteForeignUnknown(t *testing.T) {
	w := founded(t)
	at := w.end() + 1
	w.log.Foreign([]byte("hello"))
	w.log.Fault = func(int, []events.Entry) (bool, error) { return true, context.DeadlineExceeded }
	if _, err := w.NoteForeign(t.Context(), note("n"), at, "a test"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	w.log.Fault = nil
	o, err := w.NoteForeign(t.Context(), note("n"), at, "a test")
	if err != nil || !o.Already || o.First != at+1 {
		t.Errorf("%+v, %v", o, err)
	}
	var notes int
	for _, e := range w.entries() {
		if _, ok := e.Event.(events.ForeignNoted); ok {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("%d notes", notes)
	}
	if end, err := w.log.End(t.Context()); err != nil || projections.Compare(t.Context(), w.log, w.entries()[end-1].Checkpoint) != nil {
		t.Error("the log does not compare")
	}
}
