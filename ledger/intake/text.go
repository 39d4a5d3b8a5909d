package intake

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sijil/ledger"
)

// clean makes the text of a cell what people see of it: NFC, every kind of white space one space,
// none at the ends, and without the invisible characters that copying from web pages and documents
// leaves behind. bad is the first character that has no place in text, or 0.
func clean(s string) (text string, bad rune) {
	if plain(s) {
		return s, 0
	}
	var b strings.Builder
	space := false
	for _, r := range norm.NFC.String(s) {
		switch {
		case unicode.IsSpace(r) && r != '\u0085', r == '\u2028', r == '\u2029':
			space = b.Len() > 0
			continue
		case invisible(r):
			continue
		case bad == 0 && forbidden(r):
			bad = r
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String()), bad
}

// plain reports that there is nothing to clean: ASCII without controls or more than single spaces
// inside.
func plain(s string) bool {
	before := byte(' ')
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && before == ' ' {
			return false
		}
		before = c
	}
	return s == "" || before != ' '
}

// invisible characters mean nothing: zero-width space, word joiner, byte order mark, soft hyphen.
func invisible(r rune) bool {
	return r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u00ad'
}

// forbidden characters make a bad row: controls, text-direction embeddings, overrides and isolates,
// and the replacement character, which is left where a file was read in the wrong encoding.
func forbidden(r rune) bool {
	return r == utf8.RuneError || unicode.Is(unicode.Cc, r) ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// mark reports the direction marks that Arabic spreadsheets are full of. They stay in prose and go
// from whatever is compared.
func mark(r rune) bool { return r == '\u200e' || r == '\u200f' || r == '\u061c' }

// code is text that is compared: without direction marks, and with Western digits, so that ١٢٣ and
// 123 are one reference.
func code(s string) string {
	if plain(s) {
		return s
	}
	return latin(strings.TrimSpace(strings.Map(func(r rune) rune {
		if mark(r) {
			return -1
		}
		return r
	}, s)))
}

// latin writes Arabic-Indic and Eastern Arabic-Indic digits as Western ones.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return r - '٠' + '0'
		case r >= '۰' && r <= '۹':
			return r - '۰' + '0'
		}
		return r
	}, s)
}

// A token is a run of digits, a run of letters (folded), or any other single character.
type token struct {
	kind tokenKind
	text string
	gap  bool // white space before it
}

type tokenKind byte

const (
	number tokenKind = iota
	word
	sign
)

// lex cuts s into tokens. Hyphens and apostrophes between letters and the full stop of an
// abbreviation are white space: demi-journée is two words, "janv." is one.
func lex(s string) []token {
	var out []token
	runes := []rune(code(s))
	gap := false
	for i := 0; i < len(runes); {
		from := i
		class := classOf(runes[i])
		for i < len(runes) && class != sign && classOf(runes[i]) == class {
			i++
		}
		if class == sign {
			i++
		}
		t := token{class, string(runes[from:i]), gap}
		gap = false
		switch {
		case class == sign && unicode.IsSpace(runes[from]):
			gap = true
			continue
		case class == sign && from > 0 && classOf(runes[from-1]) == word && strings.ContainsRune(".'’-‐_", runes[from]) &&
			(runes[from] == '.' || i < len(runes) && classOf(runes[i]) == word):
			gap = true
			continue
		case class == word:
			t.text = ledger.Fold(t.text)
			if t.text == "" {
				continue
			}
		}
		out = append(out, t)
	}
	return out
}

func classOf(r rune) tokenKind {
	switch {
	case r >= '0' && r <= '9':
		return number
	case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
		return word
	}
	return sign
}

// phrase is the words of s, folded, for looking it up in a table.
func phrase(s string) string {
	var words []string
	for _, t := range lex(s) {
		words = append(words, t.text)
	}
	return strings.Join(words, " ")
}
