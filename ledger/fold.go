package ledger

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is what two spellings of one name have in common. Case, diacritics and vowel signs, hamza
// forms, ة/ه, ى/ي, tatweel, and the difference between spaces, hyphens, underscores and apostrophes
// are taken away: Fold("Ben-Guérir") is Fold("BEN GUERIR"), and Fold("الرحامنة") is Fold("الرحامنه").
func Fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) || r == 'ـ' || r == 'ء':
			continue
		case unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '_' || r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`':
			space = b.Len() > 0
			continue
		}
		switch r {
		case 'ة':
			r = 'ه'
		case 'ى', 'ی':
			r = 'ي'
		case 'ٱ':
			r = 'ا'
		case 'ک':
			r = 'ك'
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
