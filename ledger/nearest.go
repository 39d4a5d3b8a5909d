package ledger

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Names finds, among names added before, those that are written most like another: the same words in
// another order, or at most two letters different, one in a short name.
type Names struct{ names []namesake }

// Add adds a name.
func (n *Names) Add(name string) { n.names = append(n.names, newNamesake(name, name)) }

// Len is how many were added.
func (n *Names) Len() int { return len(n.names) }

// Nearest returns up to three, nearest first.
func (n *Names) Nearest(name string) []string { return nearestOf(name, n.names) }

// nearest is Names.Nearest of names that each come with what to call it.
func nearest(s string, names iter.Seq2[string, string]) []string {
	var folded []namesake
	for name, label := range names {
		folded = append(folded, newNamesake(name, label))
	}
	return nearestOf(s, folded)
}

// A namesake is a name made ready for comparing.
type namesake struct {
	folded string
	words  string // sorted
	runes  int
	label  string
}

func newNamesake(name, label string) namesake {
	f := Fold(name)
	words := strings.Fields(f)
	slices.Sort(words)
	return namesake{f, strings.Join(words, " "), utf8.RuneCountInString(f), label}
}

func nearestOf(s string, names []namesake) []string {
	type hit struct {
		label    string
		distance int
	}
	me := newNamesake(s, "")
	limit := 2
	if me.runes < 5 {
		limit = 1
	}
	var hits []hit
	for _, n := range names {
		if n.words == me.words {
			hits = append(hits, hit{n.label, 0})
		} else if d := n.runes - me.runes; d <= limit && -d <= limit {
			if d := levenshtein.ComputeDistance(me.folded, n.folded); d <= limit {
				hits = append(hits, hit{n.label, d})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.label, b.label))
	})
	var out []string
	for _, h := range hits {
		if len(out) < 3 && !slices.Contains(out, h.label) {
			out = append(out, h.label)
		}
	}
	return out
}

// maxCompared is how many volunteers' names are compared at most. In a vault of more, nobody is
// offered as nearest: it would take too long for a whole file.
const maxCompared = 100_000

// namesakes are the names of the volunteers whom the vault serves, made ready once. It may be used by
// many.
type namesakes struct {
	mu    sync.Mutex
	known bool
	names []namesake
}

// forget makes the next question read the vault again.
func (n *namesakes) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.known, n.names = false, nil
}

// nearest are names written most like a reference or a name.
func (n *namesakes) nearest(v Vault, reference, name string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known {
		n.known = true
		for _, name := range v.Volunteers() {
			if name == "" {
				continue
			}
			if n.names = append(n.names, newNamesake(name, name)); len(n.names) > maxCompared {
				n.names = nil
				break
			}
		}
	}
	if name == "" {
		name = reference
	}
	return nearestOf(name, n.names)
}
