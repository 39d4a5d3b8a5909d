package phrase

import (
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// cases are figures that each language's golden file has a sentence for.
var cases = []struct {
	name string
	Figures
}{
	{"the article", Figures{Since: 2018, Participants: 5534, Participations: 14500, Days: 16587.5, Initiatives: 72, Regions: 11}},
	{"the article, with groups", Figures{Since: 2018, Participants: 5534, Headcount: 8214, Participations: 22714, Unquantified: 148, Days: 16612, Initiatives: 72, Regions: 11}},
	{"round already", Figures{Since: 2018, Participants: 5500, Days: 16600, Initiatives: 100, Regions: 12}},
	{"nothing", Figures{Since: 2018}},
	{"no year", Figures{Participants: 12, Days: 11.5, Initiatives: 3, Regions: 3}},
	{"one of each", Figures{Since: 2019, Participants: 1, Headcount: 1, Participations: 2, Unquantified: 1, Days: 1, Initiatives: 1, Regions: 1}},
	{"two of each", Figures{Since: 2019, Participants: 2, Headcount: 2, Participations: 4, Unquantified: 2, Days: 2, Initiatives: 2, Regions: 2}},
	{"three of each", Figures{Since: 2019, Participants: 3, Headcount: 3, Participations: 6, Unquantified: 3, Days: 3, Initiatives: 3, Regions: 3}},
	{"ten of each", Figures{Since: 2019, Participants: 10, Headcount: 10, Participations: 20, Unquantified: 10, Days: 10, Initiatives: 10, Regions: 10}},
	{"eleven of each", Figures{Since: 2019, Participants: 11, Headcount: 11, Participations: 22, Unquantified: 11, Days: 11, Initiatives: 11, Regions: 11}},
	{"99 of each", Figures{Since: 2019, Participants: 99, Headcount: 99, Participations: 198, Unquantified: 99, Days: 99, Initiatives: 99, Regions: 99}},
	{"100 of each", Figures{Since: 2019, Participants: 100, Headcount: 100, Participations: 200, Unquantified: 100, Days: 100, Initiatives: 100, Regions: 100}},
	{"105 people, 109 days", Figures{Since: 2019, Participants: 105, Days: 109}},
	{"118 people, 124.5 days", Figures{Since: 2019, Participants: 118, Days: 124.5}},
	{"half a day", Figures{Since: 2019, Participants: 1, Days: 0.5}},
	{"less than can be said", Figures{Since: 2019, Participants: 1, Days: 0.002}},
	{"people without a time", Figures{Since: 2019, Participants: 7, Participations: 9, Unquantified: 9, Initiatives: 2}},
	{"days of groups", Figures{Since: 2019, Headcount: 60, Participations: 60, Days: 30, Initiatives: 1, Regions: 1}},
	{"days of groups, rounded", Figures{Since: 2019, Headcount: 6021, Participations: 6021, Days: 3010.5, Initiatives: 1, Regions: 1}},
	{"groups without a time", Figures{Since: 2018, Headcount: 86970, Participations: 86970, Unquantified: 106, Initiatives: 57}},
	{"participations only", Figures{Since: 2018, Participations: 4}},
	{"millions", Figures{Since: 2018, Participants: 2_000_000, Days: 12_345_678.25, Initiatives: 1_000_000, Regions: 12}},
}

func TestSentences(t *testing.T) {
	for _, lang := range Languages {
		t.Run(lang, func(t *testing.T) {
			var b strings.Builder
			for _, c := range cases {
				s, err := Sentence(lang, c.Figures)
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				fmt.Fprintf(&b, "# %s\n%s\n\n", c.name, s)
			}
			b.WriteString("# definitions\n")
			for _, d := range Definitions(lang) {
				fmt.Fprintf(&b, "%s | %s | %s\n", d.Measure, d.Name, d.Text)
			}
			golden(t, lang, b.String())
		})
	}
}

// TestArabicPlurals says every counted thing with every form that Arabic has.
func TestArabicPlurals(t *testing.T) {
	w, err := in("ar")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, id := range []string{"people", "days", "days_given", "in_initiatives", "across_regions", "groups", "participations_recorded", "without_time"} {
		fmt.Fprintf(&b, "# %s\n", id)
		for _, n := range []int64{0, 1, 2, 3, 10, 11, 12, 99, 100, 101, 102, 103, 110, 111, 200, 1000} {
			fmt.Fprintf(&b, "%d\t%s\n", n, w.count(id, n))
		}
		fmt.Fprintln(&b)
	}
	fmt.Fprintf(&b, "# parts of days\n")
	for _, h := range []int64{50, 150, 250, 725, 1001} {
		fmt.Fprintf(&b, "%.2f\t%s\n", float64(h)/100, w.plural("days", h, w.number(h)))
	}
	golden(t, "ar-plurals", b.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update, and read it\ngot:\n%s", path, got)
	}
}

func TestRounding(t *testing.T) {
	for _, c := range []struct {
		n, said int64
		more    bool
	}{
		{0, 0, false}, {1, 1, false}, {99, 99, false}, {100, 100, false}, {101, 100, true}, {109, 100, true}, {110, 110, false},
		{999, 990, true}, {1000, 1000, false}, {1001, 1000, true}, {5500, 5500, false}, {5501, 5500, true}, {5599, 5500, true},
		{16434, 16000, true}, {99999, 99000, true}, {math.MaxInt64, 9200000000000000000, true},
	} {
		if said, more := people(c.n); said != c.said || more != c.more {
			t.Errorf("people %d: %d, %t, want %d, %t", c.n, said, more, c.said, c.more)
		}
	}
	for _, c := range []struct {
		days    float64
		said    int64 // hundredths
		rounded bool
	}{
		{0, 0, false}, {0.001, 1, false}, {0.004, 1, false}, {0.5, 50, false}, {99.75, 9975, false}, {99.99, 9999, false},
		{100, 10000, false}, {100.01, 10000, true}, {104.99, 10000, true}, {105, 11000, true}, {110, 11000, false},
		{994.99, 99000, true}, {995, 100000, true}, {999.99, 100000, true}, {1000, 100000, false}, {1049.99, 100000, true}, {1050, 110000, true},
		{16549.99, 1650000, true}, {16550, 1660000, true}, {16600, 1660000, false}, {16649.99, 1660000, true}, {16650, 1670000, true},
	} {
		if said, rounded := days(hundredths(c.days)); said != c.said || rounded != c.rounded {
			t.Errorf("days %g: %d, %t, want %d, %t", c.days, said, rounded, c.said, c.rounded)
		}
	}
}

func TestRoundingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Min(0).Draw(t, "people")
		said, more := people(n)
		switch {
		case said > n || more != (said < n):
			t.Fatalf("%d people are said to be %d, more: %t", n, said, more)
		case n < 100 && said != n, n > 0 && said == 0, said < n-n/10:
			t.Fatalf("%d people are said to be %d", n, said)
		}
		if again, more := people(said); again != said || more {
			t.Fatalf("%d is not round: it is said to be %d", said, again)
		}
		d := rapid.Int64Range(0, math.MaxInt64/100).Draw(t, "days")
		about, rounded := days(d)
		off := max(about-d, d-about)
		switch {
		case rounded != (off > 0), d > 0 && about == 0, d < 10000 && off > 0:
			t.Fatalf("%d hundredths of a day are said to be %d, rounded: %t", d, about, rounded)
		case off > d/20:
			t.Fatalf("%d hundredths of a day are said to be %d", d, about)
		}
		if again, rounded := days(about); again != about || rounded {
			t.Fatalf("%d is not round: it is said to be %d", about, again)
		}
	})
}

// TestEveryFormIsThere compares the files with each other and with the plural forms of CLDR.
func TestEveryFormIsThere(t *testing.T) {
	forms := map[string][]string{
		"ar": {"few", "many", "one", "other", "two", "zero"}, "fr": {"many", "one", "other"}, "en": {"one", "other"},
	}
	all := map[string]map[string]any{}
	for _, lang := range Languages {
		b, err := texts.ReadFile("active." + lang + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatalf("%s: %v", lang, err)
		}
		all[lang] = m
	}
	field := regexp.MustCompile(`{{[^}]*}}`)
	for _, lang := range Languages {
		for id, text := range all["en"] {
			if _, ok := all[lang][id]; !ok {
				t.Errorf("%s lacks %s", lang, id)
			}
			_, plural := text.(map[string]any)
			if m, ok := all[lang][id].(map[string]any); ok != plural {
				t.Errorf("%s: %s has plural forms in one language and not in another", lang, id)
			} else if plural && !slices.Equal(slices.Sorted(maps.Keys(m)), forms[lang]) {
				t.Errorf("%s: %s has the forms %v, want %v", lang, id, slices.Sorted(maps.Keys(m)), forms[lang])
			}
			if s, ok := all[lang][id].(string); ok && !slices.Equal(field.FindAllString(s, -1), field.FindAllString(text.(string), -1)) {
				t.Errorf("%s: %s has the fields %v", lang, id, field.FindAllString(s, -1))
			}
		}
		for id := range all[lang] {
			if _, ok := all["en"][id]; !ok {
				t.Errorf("%s: %s is in no other language", lang, id)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, lang := range []string{"", "de", "EN", "fr-MA"} {
		_, err := Sentence(lang, Figures{Participants: 1})
		if err == nil || !strings.Contains(err.Error(), "ar, fr, en") {
			t.Errorf("language %q: %v, want an error that lists the languages", lang, err)
		}
		if d := Definitions(lang); d != nil {
			t.Errorf("language %q has definitions: %v", lang, d)
		}
	}
	for _, f := range []Figures{{Participants: -1}, {Days: -0.5}, {Days: math.NaN()}, {Days: math.Inf(1)}, {Since: -1}} {
		if s, err := Sentence("en", f); err == nil {
			t.Errorf("%+v: %q, want an error", f, s)
		}
	}
}

func ExampleSentence() {
	s, err := Sentence("en", Figures{Since: 2018, Participants: 5534, Days: 16587.5, Initiatives: 62, Regions: 8})
	if err != nil {
		panic(err)
	}
	fmt.Println(s)
	// Output: Since 2018, more than 5,500 people have taken part, for close to 16,600 volunteer days, in 62 initiatives across 8 regions.
}
