package vault

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"sijil/events"
	"sijil/ledger"
)

func TestNested(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	before, err := os.ReadFile(path)
	ok(t, err)

	outer := v.Begin()
	a := volunteer(t, outer, "hr", "a", false)
	kept := outer.Begin()
	if volunteer(t, kept, "hr", "A", false) != a {
		t.Error("a parent's person is another one in its child")
	}
	b := volunteer(t, kept, "hr", "b", false)
	ok(t, kept.SetName(a, "renamed in the child"))
	sa := sealed(t, kept, a, ledger.SealReference, "a") // under a parent's key
	inner := kept.Begin()
	c := volunteer(t, inner, "hr", "c", false)
	sc := sealed(t, inner, c, ledger.SealReference, "c")
	system, err := inner.SystemKey("hr")
	ok(t, err)
	inner.Keep()
	dropped := outer.Begin()
	if volunteer(t, dropped, "hr", "b", false) == b {
		t.Error("a sibling sees what is not kept yet")
	}
	volunteer(t, dropped, "hr", "d", false)
	ok(t, dropped.SetName(a, "dropped"))
	sd := sealed(t, dropped, a, ledger.SealName, "dropped")
	if err := dropped.Commit(); !errors.Is(err, errNested) {
		t.Errorf("commit of a nested batch: %v", err)
	}
	kept.Keep()
	if volunteer(t, outer, "hr", "b", false) != b || volunteer(t, outer, "hr", "c", false) != c {
		t.Error("what is kept is not in the parent")
	}
	if got, err := outer.SystemKey("hr"); got != system || err != nil {
		t.Errorf("another system key, %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("the file changed before the commit")
	}
	ok(t, outer.Commit())

	want := map[uuid.UUID]string{a: "renamed in the child", b: "", c: ""}
	if got := maps.Collect(v.Volunteers()); !maps.Equal(got, want) {
		t.Errorf("%d volunteers, not those three", len(got))
	}
	reads(t, v, sa, ledger.SealReference, "a", nil)
	reads(t, v, sc, ledger.SealReference, "c", nil)
	reads(t, v, sd, ledger.SealName, "dropped", nil) // a dropped batch sealed it, but the key is the parent's
	if volunteer(t, outer, "hr", "a", true) != a {
		t.Error("another person after the commit")
	}
}

func TestDropped(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	before, err := os.ReadFile(path)
	ok(t, err)
	b := v.Begin()
	id := volunteer(t, b, "hr", "a", false)
	s := sealed(t, b, id, ledger.SealReference, "a")
	ok(t, v.Begin().Commit()) // of nothing
	reads(t, v, s, ledger.SealReference, "", ledger.ErrForgotten)
	if volunteer(t, v.Begin(), "hr", "a", false) == id {
		t.Error("batches see each other")
	}
	ok(t, v.Close())
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Error("a dropped batch changed the file")
	}
}

func TestOvertaken(t *testing.T) {
	v := open(t, newPath(t))
	first, second, third := v.Begin(), v.Begin(), v.Begin()
	id := volunteer(t, first, "hr", "a", false)
	volunteer(t, second, "hr", "a", false)
	x := volunteer(t, second, "hr", "x", false)
	if _, err := first.SystemKey("hr"); err != nil {
		t.Fatal(err)
	}
	if _, err := third.SystemKey("hr"); err != nil {
		t.Fatal(err)
	}
	ok(t, first.Commit())
	for range 2 { // again is not better
		if err := second.Commit(); !errors.Is(err, ErrOvertaken) {
			t.Errorf("second: %v", err)
		}
	}
	if err := third.Commit(); !errors.Is(err, ErrOvertaken) {
		t.Errorf("third: %v", err)
	}
	if got := maps.Collect(v.Volunteers()); len(got) != 1 {
		t.Errorf("%d volunteers", len(got))
	}
	if _, err := v.key(x); !errors.Is(err, ledger.ErrForgotten) {
		t.Errorf("half a batch is stored: %v", err)
	}
	if volunteer(t, v.Begin(), "hr", "a", true) != id {
		t.Error("not the first one's")
	}
}

// Who is forgotten does not come back by a batch that was begun before.
func TestForgottenMeanwhile(t *testing.T) {
	v := open(t, newPath(t))
	b := v.Begin()
	id := volunteer(t, b, "hr", "a", false)
	ok(t, b.Commit())
	ok(t, b.SetName(id, "Amina"))
	other := volunteer(t, b, "hr", "b", false)
	ok(t, v.Forget(id))
	if err := b.Commit(); !errors.Is(err, ledger.ErrForgotten) {
		t.Errorf("commit: %v", err)
	}
	if n := len(maps.Collect(v.Volunteers())); n != 0 {
		t.Errorf("%d volunteers", n)
	}
	if _, err := v.key(other); !errors.Is(err, ledger.ErrForgotten) {
		t.Errorf("half a batch is stored: %v", err)
	}
}

func TestKeepOutermost(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	open(t, newPath(t)).Begin().Keep()
}

func TestReferences(t *testing.T) {
	b := open(t, newPath(t)).Begin()
	for _, r := range []string{"", " ", "-", "’’", "ـ"} {
		if _, _, err := b.Volunteer("hr", r); !errors.Is(err, errReference) {
			t.Errorf("%q: %v", r, err)
		}
	}
	for _, same := range [][]string{
		{"Amina Ben-Guérir", "AMINA BEN GUERIR", " amina  ben’guerir"},
		{"أمينة", "امينه", "اميـنة"},
	} {
		id := volunteer(t, b, "hr", same[0], false)
		for _, s := range same[1:] {
			if volunteer(t, b, "hr", s, false) != id {
				t.Errorf("%q is another person than %q", s, same[0])
			}
		}
	}
	// The parts are not run together.
	if volunteer(t, b, "h", "r1", false) == volunteer(t, b, "hr", "1", false) {
		t.Error("system and reference are confused")
	}
}

// A vault is what a map of maps would be, whatever is begun, kept, dropped, committed and forgotten.
func TestAgainstModel(t *testing.T) {
	type state struct {
		ids   map[string]uuid.UUID
		names map[uuid.UUID]string
	}
	clone := func(s state) state { return state{maps.Clone(s.ids), maps.Clone(s.names)} }
	rapid.Check(t, func(rt *rapid.T) {
		v := open(t, newPath(t))
		stored := state{map[string]uuid.UUID{}, map[uuid.UUID]string{}}
		var batches []ledger.VaultBatch // outermost first
		var states []state
		texts := map[uuid.UUID]events.Sealed{}
		begin := func(*rapid.T) {
			if len(batches) == 0 {
				batches, states = append(batches, v.Begin()), append(states, clone(stored))
				return
			}
			last := len(batches) - 1
			batches, states = append(batches, batches[last].Begin()), append(states, clone(states[last]))
		}
		needs := func(t *rapid.T) (ledger.VaultBatch, state) {
			if len(batches) == 0 {
				t.Skip("no batch")
			}
			return batches[len(batches)-1], states[len(states)-1]
		}
		pop := func() { batches, states = batches[:len(batches)-1], states[:len(states)-1] }
		rt.Repeat(map[string]func(*rapid.T){
			"begin": begin,
			"volunteer": func(t *rapid.T) {
				b, s := needs(t)
				r := fmt.Sprint(rapid.IntRange(0, 6).Draw(t, "reference"))
				id, known, err := b.Volunteer("hr", r)
				if _, want := stored.ids[r]; err != nil || known != want {
					t.Fatalf("known %v, %v", known, err)
				}
				if was, ok := s.ids[r]; ok && was != id {
					t.Fatal("another person")
				}
				if _, ok := s.ids[r]; !ok {
					s.ids[r], s.names[id] = id, ""
				}
				if texts[id], err = b.Seal(id, ledger.SealReference, r); err != nil {
					t.Fatal(err)
				}
			},
			"name": func(t *rapid.T) {
				b, s := needs(t)
				if len(s.ids) == 0 {
					t.Skip("nobody")
				}
				r := rapid.SampledFrom(slices.Sorted(maps.Keys(s.ids))).Draw(t, "who")
				s.names[s.ids[r]] = rapid.StringN(0, 4, -1).Draw(t, "name")
				if err := b.SetName(s.ids[r], s.names[s.ids[r]]); err != nil {
					t.Fatal(err)
				}
			},
			"drop": func(t *rapid.T) { needs(t); pop() },
			"keep": func(t *rapid.T) {
				if b, s := needs(t); len(batches) > 1 {
					b.Keep()
					states[len(states)-2] = s
					pop()
				}
			},
			"commit": func(t *rapid.T) {
				if b, s := needs(t); len(batches) == 1 {
					if err := b.Commit(); err != nil {
						t.Fatal(err)
					}
					stored = s
					pop()
				}
			},
			"forget": func(t *rapid.T) {
				if len(batches) > 0 || len(stored.ids) == 0 {
					t.Skip("nobody, or a batch is open")
				}
				r := rapid.SampledFrom(slices.Sorted(maps.Keys(stored.ids))).Draw(t, "who")
				id := stored.ids[r]
				if err := v.Forget(id); err != nil {
					t.Fatal(err)
				}
				delete(stored.ids, r)
				delete(stored.names, id)
			},
			"": func(t *rapid.T) {
				if got := maps.Collect(v.Volunteers()); !maps.Equal(got, stored.names) {
					t.Fatalf("%d volunteers of %d, or other names", len(got), len(stored.names))
				}
				for id, s := range texts {
					_, here := stored.names[id]
					if _, err := v.Open(s, ledger.SealReference); (err == nil) != here || !here && !errors.Is(err, ledger.ErrForgotten) {
						t.Fatalf("opens: %v, stored: %v", err, here)
					}
				}
			},
		})
		if err := v.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}
