package ledger

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestCleanText(t *testing.T) {
	for _, c := range []struct {
		name  string
		text  string
		want  string
		lines bool
		bad   bool
	}{
		{name: "as it is", text: "Ben Guérir", want: "Ben Guérir"},
		{name: "NFC", text: "Gue\u0301rir", want: "Gu\u00e9rir"},
		{name: "NFC in Arabic", text: "ا\u0653", want: "\u0622"},
		{name: "spaces at its ends", text: " \u00a0\u2003palms \t\n", want: "palms"},
		{name: "Arabic with vowels, tatweel and joiners", text: "مُحَمَّـد می\u200cخواهم", want: "مُحَمَّـد می\u200cخواهم"},
		{name: "direction marks", text: "\u200fسجل\u200e \u061cx", want: "\u200fسجل\u200e \u061cx"},
		{name: "emoji", text: "🌴👩\u200d🌾", want: "🌴👩\u200d🌾"},
		{name: "nothing", text: "", want: ""},
		{name: "a line break", text: "a\nb", bad: true},
		{name: "a tab", text: "a\tb", bad: true},
		{name: "lines", text: "a\r\nb\tc\nd", lines: true, want: "a\nb\tc\nd"},
		{name: "a lonely CR", text: "a\rb", lines: true, bad: true},
		{name: "NUL", text: "a\x00b", bad: true},
		{name: "escape", text: "a\x1b[31mb", bad: true},
		{name: "DEL", text: "a\x7fb", bad: true},
		{name: "C1", text: "a\u0085b", bad: true},
		{name: "embedding LRE", text: "a\u202ab", bad: true},
		{name: "embedding RLE", text: "a\u202bb", bad: true},
		{name: "pop", text: "a\u202cb", bad: true},
		{name: "override LRO", text: "a\u202db", bad: true},
		{name: "override RLO", text: "a\u202eb", bad: true},
		{name: "isolate LRI", text: "a\u2066b", bad: true},
		{name: "isolate RLI", text: "a\u2067b", bad: true},
		{name: "isolate FSI", text: "a\u2068b", bad: true},
		{name: "pop isolate", text: "a\u2069b", bad: true},
		{name: "line separator", text: "a\u2028b", lines: true, bad: true},
		{name: "byte order mark", text: "a\ufeffb", bad: true},
		{name: "private use", text: "a\ue000b", bad: true},
		{name: "unassigned", text: "a\u0378b", bad: true},
		{name: "replacement", text: "a\ufffdb", bad: true},
		{name: "bad UTF-8", text: "a\xc3b", bad: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := cleanText("note", c.text, 100, c.lines)
			if c.bad != errors.Is(err, BadText) || got != c.want {
				t.Errorf("%q, %v; want %q, bad %v", got, err, c.want, c.bad)
			}
		})
	}
}

// Lengths are counted in characters after NFC.
func TestTextLengths(t *testing.T) {
	for _, letter := range []string{"a", "ن", "e\u0301", "🌴"} {
		if _, err := cleanText("name", strings.Repeat(letter, maxName), maxName, false); err != nil {
			t.Errorf("%d times %q: %v", maxName, letter, err)
		}
		if _, err := cleanText("name", strings.Repeat(letter, maxName+1), maxName, false); !errors.Is(err, BadText) {
			t.Errorf("%d times %q: %v", maxName+1, letter, err)
		}
	}
}

// What was cleaned is clean: NFC, trimmed, nothing forbidden, and cleaning it again changes nothing.
func TestCleanTextIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, lines := rapid.String().Draw(t, "text"), rapid.Bool().Draw(t, "lines")
		got, err := cleanText("note", s, 50, lines)
		if err != nil {
			if !errors.Is(err, BadText) {
				t.Fatal(err)
			}
			return
		}
		if !norm.NFC.IsNormalString(got) || strings.TrimSpace(got) != got {
			t.Fatalf("%q is not NFC or not trimmed", got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return unicode.Is(unicode.Cc, r) && !(lines && strings.ContainsRune("\n\t", r)) }); i >= 0 {
			t.Fatalf("%q holds a control character", got)
		}
		if again, err := cleanText("note", got, 50, lines); again != got || err != nil {
			t.Fatalf("again: %q, %v", again, err)
		}
	})
}
