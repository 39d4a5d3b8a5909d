package ledger

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"sijil/events"
)

// How long texts may be, in characters.
const (
	maxCode   = 120  // an initiative's code, an affiliation
	maxName   = 200  // a person, a reference, a session
	maxTitle  = 300  // a title
	maxReason = 1000 // a reason
	maxNote   = 4000 // a note
)

// cleanText puts s into NFC and takes white space from its ends. It refuses what has no place in a
// record: control characters, bidirectional embeddings, overrides and isolates, unassigned and
// private characters, and more than limit characters. lines allows line breaks (LF; CRLF becomes LF) and
// tabs.
func cleanText(field, s string, limit int, lines bool) (string, error) {
	if !utf8.ValidString(s) {
		return "", refuse(BadText, field, "not valid UTF-8").hint("say how the file is encoded")
	}
	if lines {
		s = strings.ReplaceAll(s, "\r\n", "\n")
	}
	s = strings.TrimSpace(norm.NFC.String(s))
	n := 0
	for _, r := range s {
		n++
		if lines && (r == '\n' || r == '\t') {
			continue
		}
		if forbidden(r) {
			return "", refuse(BadText, field, "holds the character U+%04X, which is not allowed in text", r).
				hint("remove control and text-direction characters")
		}
	}
	if n > limit {
		return "", refuse(BadText, field, "has %d characters, at most %d are kept", n, limit).hint("shorten it")
	}
	return s, nil
}

func forbidden(r rune) bool {
	switch {
	case r == '\u200c' || r == '\u200d': // joiners shape Arabic letters
		return false
	case r == '\u200e' || r == '\u200f' || r == '\u061c': // marks: harmless, and common in Arabic text
		return false
	}
	return r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) ||
		!unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z)
}

// cleaner cleans several fields and remembers the first refusal.
type cleaner struct{ err error }

func (c *cleaner) text(field string, s *string, limit int) { c.clean(field, s, limit, false) }

func (c *cleaner) clean(field string, s *string, limit int, lines bool) {
	if c.err != nil || *s == "" {
		return
	}
	*s, c.err = cleanText(field, *s, limit, lines)
}

// evidence cleans a copy of a list.
func (c *cleaner) evidence(list []events.Evidence) []events.Evidence {
	list = slices.Clone(list)
	for i := range list {
		c.text("evidence", &list[i].Kind, maxCode)
		c.text("evidence", &list[i].Locator, maxReason)
	}
	return list
}

// required refuses an empty field.
func (c *cleaner) required(field, s, hint string) {
	if c.err == nil && s == "" {
		c.err = refuse(MissingField, field, "missing").hint("%s", hint)
	}
}
