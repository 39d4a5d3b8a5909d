package projections_test

import (
	"errors"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// What a log with foreign messages must come to: a fold of everything, or a halt.
func TestForeign(t *testing.T) {
	type log = *scribe
	for _, c := range []struct {
		name  string
		write func(s log) // after three entries
		after uint64      // where readers halt; 0: they do not
	}{
		{"not noted", func(s log) { s.foreign("hello"); s.person() }, 3},
		{"noted", func(s log) { m := s.foreign("hello"); s.say(noteOf(m)); s.person() }, 0},
		{"noted later", func(s log) { m := s.foreign("hello"); s.person(); s.person(); s.say(noteOf(m)) }, 0},
		{"of no bytes", func(s log) { m := s.foreign(""); s.say(noteOf(m)) }, 0},
		{"another position is noted", func(s log) {
			n := noteOf(s.foreign("hello"))
			n.Position++
			s.say(n)
		}, 3},
		{"other bytes are noted", func(s log) {
			n := noteOf(s.foreign("hello"))
			n.SHA256 = events.Sum([]byte("hullo"))
			s.say(n)
		}, 3},
		{"noted wrongly, then rightly", func(s log) {
			m := s.foreign("hello")
			n := noteOf(m)
			n.SHA256 = events.Sum([]byte("hullo"))
			s.say(n)
			s.say(noteOf(m))
		}, 0},
		{"two in a row", func(s log) {
			a, b := s.foreign("one"), s.foreign("two")
			s.say(noteOf(a))
			s.say(noteOf(b))
		}, 0},
		{"two in a row, noted the other way round", func(s log) {
			a, b := s.foreign("one"), s.foreign("two")
			s.say(noteOf(b))
			s.say(noteOf(a))
		}, 0},
		{"two in a row, only the second noted", func(s log) {
			s.foreign("one")
			s.say(noteOf(s.foreign("two")))
		}, 3},
		{"two in a row, only the first noted", func(s log) {
			a := s.foreign("one")
			s.foreign("two")
			s.say(noteOf(a))
		}, 4},
		{"a second between the first and its note", func(s log) {
			a := s.foreign("one")
			s.person()
			b := s.foreign("two")
			s.say(noteOf(a))
			s.say(noteOf(b))
		}, 0},
		{"an entry again, as a foreign message", func(s log) {
			again := string(s.messages[1].Payload)
			s.say(noteOf(s.foreign(again)))
		}, 0},
		{"another ledger's entry, as a foreign message", func(s log) {
			e := s.seal(events.Checkpoint{Ledger: projectiontest.ID("ledger", 9), Position: s.at.Position, Hash: s.at.Hash},
				events.VolunteerRegistered{ID: projectiontest.ID("stranger", 1)})
			s.say(noteOf(s.foreign(string(e.Raw))))
		}, 0},
		{"an entry of a kind unknown", func(s log) {
			e := s.seal(s.at, events.VolunteerRegistered{ID: projectiontest.ID("person", 100)})
			s.say(noteOf(s.foreign(string(replaced(e.Raw, "volunteer.registered.v1", "volunteer.cloned.v1")))))
		}, 3},
		{"an entry of a version unknown", func(s log) {
			e := s.seal(s.at, events.VolunteerRegistered{ID: projectiontest.ID("person", 100)})
			s.say(noteOf(s.foreign(string(replaced(e.Raw, "registered.v1", "registered.v2")))))
		}, 3},
		{"the note is another ledger's", func(s log) {
			m := s.foreign("hello")
			at := s.at
			at.Ledger = projectiontest.ID("ledger", 9)
			s.foreign(string(s.seal(at, noteOf(m)).Raw))
		}, 3},
		{"the note does not follow what is before it", func(s log) {
			m := s.foreign("hello")
			at := s.at
			at.Hash = events.Sum([]byte("else"))
			s.foreign(string(s.seal(at, noteOf(m)).Raw))
		}, 3},
		{"the note is for another place", func(s log) {
			m := s.foreign("hello")
			at := s.at
			at.Position++
			s.foreign(string(s.seal(at, noteOf(m)).Raw))
		}, 3},
		{"a missing message between", func(s log) {
			m := s.foreign("hello")
			s.person()
			s.person()
			s.say(noteOf(m))
			s.lose(5)
		}, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScribe(projectiontest.ID("ledger", 1))
			s.person()
			s.person()
			c.write(s)
			end := s.end()
			for _, size := range []int{1, 2, 100} {
				s.sizes = func() int { return size }
				got, err := collect(t, s, events.Checkpoint{}, end)
				if c.after == 0 {
					if must(t, err); uint64(len(got)) != end {
						t.Fatalf("%d entries of %d", len(got), end)
					}
					for i, e := range got {
						if _, readable := events.Decode(s.messages[i].Payload); readable != nil && e.Event != nil || string(e.Raw) != string(s.messages[i].Payload) {
							t.Errorf("@%d is not what is stored there", e.Position)
						}
					}
				} else if !errors.As(err, new(*events.ChainError)) || uint64(len(got)) != c.after {
					t.Fatalf("batches of %d: %d entries, then %v; not a halt after @%d", size, len(got), err, c.after)
				}
				var at events.Checkpoint
				for _, e := range got {
					must(t, at.Follow(e))
				}
			}
			m := open(t, tally{})
			err := projections.Run(t.Context(), s, end, m)
			want := c.after
			if want == 0 {
				want = end
				must(t, err)
			}
			if at := view(t, m).At.Position; at != want {
				t.Errorf("a model is at @%d, not @%d: %v", at, want, err)
			}
		})
	}
}

// What comes first is the ledger itself: a note cannot make something else of it.
func TestForeignFirst(t *testing.T) {
	s := &scribe{logged: logOf(), at: events.Checkpoint{Ledger: projectiontest.ID("ledger", 1)}}
	s.time = chained.Entries[0].Time
	s.say(noteOf(s.foreign("hello")))
	if got, err := collect(t, s, events.Checkpoint{}, 2); !errors.Is(err, events.ErrMalformed) || len(got) != 0 {
		t.Errorf("%d entries, then %v", len(got), err)
	}
}

// A model that halted at a foreign message goes on when it is noted, and from there after a restart.
func TestForeignNotedAfterHalt(t *testing.T) {
	s := newScribe(projectiontest.ID("ledger", 1))
	foreign := s.foreign("hello")
	m := open(t, tally{})
	if err := projections.CatchUp(t.Context(), s, m); !errors.Is(err, events.ErrMalformed) {
		t.Fatal(err)
	}
	s.say(noteOf(foreign))
	must(t, projections.Run(t.Context(), s, 2, m))
	if at := view(t, m).At; at.Position != 2 || at.Hash != events.Sum(foreign.Payload) {
		t.Errorf("at %v, not at the foreign message", at)
	}
	m = reopen(t, m) // its checkpoint is the foreign message
	must(t, projections.CatchUp(t.Context(), s, m))
	if got := view(t, m); got.At.Position != 3 || got.Last != 3 {
		t.Errorf("at %v", got.At)
	}
}
