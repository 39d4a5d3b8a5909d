package totals

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// A candidate is a code that a value may have meant, and the names it goes by.
type candidate struct {
	code  string
	names map[string]string
}

const maxCandidates = 5

// nearest are the codes that are the least edits away from value, by code or by name, at most five.
func nearest(value string, all []candidate) []string {
	type scored struct {
		code string
		far  int
	}
	value = strings.ToLower(value)
	var out []scored
	for _, c := range all {
		far := levenshtein.ComputeDistance(value, strings.ToLower(c.code))
		for _, name := range c.names {
			far = min(far, levenshtein.ComputeDistance(value, strings.ToLower(name)))
		}
		out = append(out, scored{c.code, far})
	}
	slices.SortFunc(out, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.code, b.code))
	})
	var codes []string
	for _, s := range out {
		if len(codes) < maxCandidates && !slices.Contains(codes, s.code) {
			codes = append(codes, s.code)
		}
	}
	return codes
}
