package ledger

import (
	"cmp"
	"iter"
	"slices"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Nearest returns up to three of names that are written most like s, nearest first; none that are
// further away than a third of its letters.
func Nearest(s string, names ...string) []string {
	return nearest(s, func(yield func(name, label string) bool) {
		for _, n := range names {
			if !yield(n, n) {
				return
			}
		}
	})
}

// nearest returns up to three of the names that are written most like s, nearest first; none that
// are further away than a third of its letters. Each name comes with what to call it.
func nearest(s string, names iter.Seq2[string, string]) []string {
	type hit struct {
		label    string
		distance int
	}
	folded := Fold(s)
	limit := max(1, utf8.RuneCountInString(folded)/3)
	var hits []hit
	for name, label := range names {
		f := Fold(name)
		if d := utf8.RuneCountInString(f) - utf8.RuneCountInString(folded); d > limit || -d > limit {
			continue
		}
		if d := levenshtein.ComputeDistance(folded, f); d <= limit {
			hits = append(hits, hit{label, d})
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
