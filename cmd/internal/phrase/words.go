package phrase

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed active.*.json
var texts embed.FS

var bundle = sync.OnceValue(func() *i18n.Bundle {
	b := i18n.NewBundle(language.English)
	for _, lang := range Languages {
		if _, err := b.LoadMessageFileFS(texts, "active."+lang+".json"); err != nil {
			panic(fmt.Sprintf("phrase: %v", err)) // the tests read the same files
		}
	}
	return b
})

// numbers says how each language writes them.
var numbers = map[string]struct {
	tag     language.Tag
	options []number.Option
}{
	"ar": {language.MustParse("ar-MA"), []number.Option{number.NoSeparator()}},
	"fr": {language.French, nil},
	"en": {language.English, nil},
}

// words are the texts of one language.
type words struct {
	localizer *i18n.Localizer
	printer   *message.Printer
	options   []number.Option
}

func in(lang string) (words, error) {
	n, ok := numbers[lang]
	if !ok {
		return words{}, fmt.Errorf("phrase: no sentence in %q, only in %s", lang, strings.Join(Languages, ", "))
	}
	return words{i18n.NewLocalizer(bundle(), lang), message.NewPrinter(n.tag), append(n.options, number.MaxFractionDigits(2))}, nil
}

// say is the text called id, with its fields as pairs of name and value.
func (w words) say(id string, fields ...any) string { return w.localize(id, nil, fields...) }

// plural is the text called id in the plural form of a number in hundredths; written is how the number
// is written in it.
func (w words) plural(id string, hundredths int64, written string) string {
	// CLDR's rules look at the digits, as a text: 2 is dual in Arabic, 2.5 and 2.0 are not.
	digits := strconv.FormatInt(hundredths/100, 10)
	if rest := hundredths % 100; rest != 0 {
		digits = strings.TrimRight(fmt.Sprintf("%s.%02d", digits, rest), "0")
	}
	return w.localize(id, digits, "N", written)
}

func (w words) localize(id string, plural any, fields ...any) string {
	data := map[string]any{}
	for i := 0; i < len(fields); i += 2 {
		data[fields[i].(string)] = fields[i+1]
	}
	s, tag, err := w.localizer.LocalizeWithTag(&i18n.LocalizeConfig{MessageID: id, TemplateData: data, PluralCount: plural})
	if err != nil {
		panic(fmt.Sprintf("phrase: %s: %s: %v", tag, id, err)) // the tests say every text in every form
	}
	return s
}

// number writes a number in hundredths.
func (w words) number(hundredths int64) string {
	if hundredths%100 == 0 {
		return w.printer.Sprint(number.Decimal(hundredths/100, w.options...))
	}
	return w.printer.Sprint(number.Decimal(float64(hundredths)/100, w.options...))
}
