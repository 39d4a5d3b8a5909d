package events

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// chain is a ledger of n entries.
func chain(t testing.TB, ledger uuid.UUID, n int) []Entry {
	t.Helper()
	at := Checkpoint{Ledger: ledger}
	var out []Entry
	for i := range n {
		e, err := Seal(at, "act4community", testTime.Add(time.Duration(i)*time.Second), testCause, 1,
			ForeignNoted{Position: uint64(i + 1), Reason: "for a chain"})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
		at = e.Checkpoint
	}
	return out
}

func TestFollow(t *testing.T) {
	c := chain(t, testLedger, 5)
	d := chain(t, other, 5)
	altered := c[2]
	altered.Hash = Sum([]byte("other bytes"))
	rewritten := c[3]
	rewritten.Prev = Sum([]byte("other bytes"))
	first := c[0]
	first.Prev = Sum([]byte("something before"))
	for _, test := range []struct {
		name    string
		entries []Entry
		after   uint64 // where it stops
		want    error
	}{
		{"nothing", nil, 0, nil},
		{"one", c[:1], 1, nil},
		{"all", c, 5, nil},
		{"the first is missing", c[1:], 0, ErrGap},
		{"one is missing", []Entry{c[0], c[1], c[3]}, 2, ErrGap},
		{"two are missing", []Entry{c[0], c[3]}, 1, ErrGap},
		{"reordered", []Entry{c[0], c[2], c[1]}, 1, ErrGap},
		{"one twice", []Entry{c[0], c[1], c[1]}, 2, ErrGap},
		{"from the beginning again", []Entry{c[0], c[1], c[0]}, 2, ErrGap},
		{"position 0", []Entry{{Checkpoint: Checkpoint{Ledger: testLedger}, Prev: Nothing}}, 0, ErrGap},
		{"the one before was altered", []Entry{c[0], c[1], altered, c[3]}, 3, ErrAltered},
		{"it follows something else", []Entry{c[0], c[1], c[2], rewritten}, 3, ErrAltered},
		{"something before the first", []Entry{first}, 0, ErrAltered},
		{"another ledger", []Entry{c[0], c[1], d[2]}, 2, ErrAnotherLedger},
		{"another ledger from its beginning", []Entry{c[0], c[1], d[0]}, 2, ErrAnotherLedger},
		{"no ledger", []Entry{c[0], {Checkpoint: Checkpoint{Position: 2}, Prev: c[0].Hash}}, 1, ErrAnotherLedger},
	} {
		t.Run(test.name, func(t *testing.T) {
			var at Checkpoint
			var err error
			for _, e := range test.entries {
				before := at
				if err = at.Follow(e); err != nil {
					if at != before {
						t.Error("moved in spite of the error")
					}
					var broken *ChainError
					if !errors.As(err, &broken) || broken.After != at || broken.Got != e.Position {
						t.Errorf("says %v", err)
					}
					break
				}
				if at != e.Checkpoint {
					t.Errorf("is at %v, not at %v", at, e.Checkpoint)
				}
			}
			if at.Position != test.after || !errors.Is(err, test.want) {
				t.Errorf("stopped after %d with %v, not after %d with %v", at.Position, err, test.after, test.want)
			}
		})
	}
}

func TestCheckpointString(t *testing.T) {
	if got, want := (Checkpoint{}).String(), "@0 47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"; got != want {
		t.Errorf("%s, not %s", got, want) // SHA-256 of nothing
	}
	if got, want := testPrev.String(), fmt.Sprintf("@41 %s", testPrev.Hash); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// Whichever byte of whichever payload is changed: reading stops there, or at the entry after it.
func TestOneByteIsNoticed(t *testing.T) {
	names := slices.Sorted(maps.Keys(golden))
	rapid.Check(t, func(t *rapid.T) {
		at := Checkpoint{Ledger: testLedger}
		var payloads [][]byte
		for range rapid.IntRange(2, 6).Draw(t, "entries") {
			e, err := Seal(at, "p", testTime, testCause, rapid.IntRange(1, 12).Draw(t, "part"),
				golden[rapid.SampledFrom(names).Draw(t, "event")])
			if err != nil {
				t.Fatal(err)
			}
			at = e.Checkpoint
			payloads = append(payloads, e.Raw)
		}
		read := func() (Checkpoint, error) {
			var at Checkpoint
			for _, p := range payloads {
				e, err := Decode(p)
				if err == nil {
					err = at.Follow(e)
				}
				if err != nil {
					return at, err
				}
			}
			return at, nil
		}
		if end, err := read(); err != nil || end != at {
			t.Fatalf("the chain itself: %v, %v", end, err)
		}
		i := rapid.IntRange(0, len(payloads)-2).Draw(t, "changed entry")
		b := rapid.IntRange(0, len(payloads[i])-1).Draw(t, "changed byte")
		payloads[i][b] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		if end, err := read(); err == nil || end.Position != uint64(i) && end.Position != uint64(i+1) {
			t.Fatalf("entry %d was changed, reading stopped after %d with %v", i+1, end.Position, err)
		}
	})
}
