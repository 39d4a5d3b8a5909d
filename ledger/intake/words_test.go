package intake

import (
	"os"
	"strings"
	"testing"
	"unicode"
)

// TestDocumentedWords reads the table of words in the package documentation: each means what it
// says there.
func TestDocumentedWords(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(source), "// # Words\n")
	if !ok {
		t.Fatal("doc.go has no section of words")
	}
	table, _, _ = strings.Cut(table, "words.go has all of them")
	means := func(word string) string {
		p := phrase(word)
		switch {
		case units[p].unit != "":
			return string(units[p].unit)
		case parts[p] != 0:
			return "of a unit"
		case pers[p] != "":
			return "per " + string(pers[p])
		case roles[p] != "":
			return string(roles[p])
		}
		return string(bases[p])
	}
	words := 0
	for l := range strings.Lines(table) {
		row, ok := strings.CutPrefix(l, "//\t")
		if !ok {
			continue
		}
		label, list := strings.TrimSpace(row[:16]), row[16:]
		for _, w := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(",;،·\n", r) }) {
			w = strings.TrimFunc(w, unicode.IsSpace)
			stem, end, both := strings.Cut(strings.TrimSuffix(w, ")"), "(")
			forms := []string{stem}
			if both {
				forms = append(forms, stem+end)
			}
			for _, form := range forms {
				words++
				if got := means(form); got != label {
					t.Errorf("%q means %q, and doc.go says %q", form, got, label)
				}
			}
		}
	}
	if words < 80 {
		t.Errorf("only %d words found", words)
	}
}

// TestValuesOfRecord: what the ledger itself writes is understood, too.
func TestValuesOfRecord(t *testing.T) {
	for _, w := range []string{"minutes", "hours", "days"} {
		if m, f := parseUnit(w); f != nil || string(m.unit) != w {
			t.Errorf("%s: %v, %v", w, m, f)
		}
	}
	if len(months) < 60 || len(weekdays) < 20 {
		t.Errorf("%d months, %d weekdays", len(months), len(weekdays))
	}
}
