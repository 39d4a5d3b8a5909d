package intake

import (
	"errors"
	"strings"
	"testing"
)

const brandAuditsMap = `id: "{country}-{year}"        # the reference; without one an import is refused
date: "{year}"                # or from: and to:
headcount: "{volunteers}"
initiative: "brand-audit-{country}"
type: PRX-ACT
place: "{country}"
basis: unknown
dates: iso                    # iso, dmy or mdy; ambiguous without it is a bad row
decimal: point                # or comma
`

func TestParseMap(t *testing.T) {
	m, err := ParseMap([]byte(brandAuditsMap))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Columns("id"), ","); got != "country,year" {
		t.Errorf("id comes from %s", got)
	}
	if got := m.Columns("basis"); got != nil {
		t.Errorf("basis comes from %s", got)
	}
}

func TestMapHash(t *testing.T) {
	parse := func(s string) *Map {
		m, err := ParseMap([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	a := parse("id: '{a}'\ndate: '{b}'\nvolunteer: '{c}'\ninitiative: x\nvalues: {basis: {Congé: paid_leave}}\n")
	b := parse("# a comment\ninitiative: \"x\"\nvalues:\n  basis:\n    CONGE: paid_leave\nvolunteer: \"{ c }\"\ndate: \"{b}\"\nid: \"{a}\"\n")
	c := parse("id: '{a}'\ndate: '{b}'\nvolunteer: '{c}'\ninitiative: x\n")
	if a.Hash() != b.Hash() {
		t.Error("the same map, written otherwise, has another hash")
	}
	if a.Hash() == c.Hash() {
		t.Error("another map has the same hash")
	}
	if c.Hash() == c.with(Options{Charset: "windows-1256"}).Hash() {
		t.Error("an option that changes what is read does not change the hash")
	}
}

func TestMapMistakes(t *testing.T) {
	const good = "id: '{n}'\ndate: '{d}'\nvolunteer: '{v}'\ninitiative: x\n"
	tests := []struct {
		yaml string
		line int
		want string
	}{
		{"", 1, "an empty map"},
		{"# nothing\n", 1, "an empty map"},
		{"- id\n", 1, "lines of field: template"},
		{"id: '{n}'\n\tdate: x\n", 2, "not YAML"},
		{good + "qantity: '{q}'\n", 5, "unknown qantity (quantity is meant?)"},
		{good + "colour: red\n", 5, "fields: id, date, from"},
		{good + "quantity: {q}\n", 5, `needs quotes: "{column}"`},
		{good + "quantity: [a, b]\n", 5, "one text is allowed"},
		{good + "quantity:\n", 5, "one text is allowed"},
		{good + "quantity: '{q'\n", 5, "a { without }"},
		{good + "quantity: 'q}'\n", 5, "a } without {"},
		{good + "quantity: '{}'\n", 5, "names no column"},
		{good + "dates: jma\n", 5, `"jma" is not allowed; write iso, dmy or mdy`},
		{good + "decimal: ','\n", 5, "write point or comma"},
		{good + "header: 0\n", 5, "from 1"},
		{good + "charset: latin1\n", 5, "windows-1256"},
		{good + "delimiter: x\n", 5, `";"`},
		{good + "separator: ''\n", 5, "write none"},
		{good + "separator: [';', none]\n", 5, "write none"},
		{good + "basis: congé sabbatique\n", 5, "allowed: paid_work_time, paid_leave, own_time, unknown"},
		{good + "role: chef\n", 5, "volunteering, attendance"},
		{good + "quantity: '{q}'\nunit: semaines\n", 6, "minutes, hours, days"},
		{good + "unit: days\n", 5, "a unit without quantity"},
		{good + "per: tous\n", 5, "person, group"},
		{good + "headcount: beaucoup\n", 5, "whole number"},
		{good + "date: '{e}'\n", 5, "already"}, // the YAML parser's words
		{good + "values: x\n", 5, "values: write a field"},
		{good + "values:\n  colour: {a: b}\n", 6, "unknown field colour"},
		{good + "values:\n  basis: {a: chômage}\n", 6, "paid_work_time"},
		{good + "values:\n  basis:\n    congé: paid_leave\n    CONGÉ: own_time\n", 8, "stands twice"},
		{good + "values:\n  basis:\n    congé: [a]\n", 7, "one text"},
		{"date: '{d}'\nvolunteer: '{v}'\ninitiative: x\n", 0, "no id"},
		{"id: '{n}'\nvolunteer: '{v}'\ninitiative: x\n", 0, "no date"},
		{"id: '{n}'\nfrom: '{d}'\nvolunteer: '{v}'\ninitiative: x\n", 2, "from and to belong together"},
		{"id: '{n}'\ndate: '{d}'\ninitiative: x\n", 0, "nobody"},
		{"id: '{n}'\ndate: '{d}'\nvolunteer: x\n", 0, "no initiative"},
		{strings.Replace(good, "'{d}'", "3/4/2020", 1), 2, "is ambiguous"},
		{good + "---\nid: x\n", 6, "second document"},
	}
	for _, tt := range tests {
		_, err := ParseMap([]byte(tt.yaml))
		var m *MapError
		switch {
		case err == nil || !errors.As(err, &m):
			t.Errorf("%q is accepted: %v", tt.yaml, err)
		case !strings.Contains(err.Error(), tt.want) || m.Line != tt.line:
			t.Errorf("%q: line %d, %v; want line %d, %s", tt.yaml, m.Line, err, tt.line, tt.want)
		}
	}
}

func TestTemplate(t *testing.T) {
	cells := map[string]string{"a": "1", "b c": "2", "{": "no"}
	for in, want := range map[string]string{"{a}-{b c}": "1-2", "{{a}}": "{a}", "x{{{a}}}": "x{1}", "{ a }": "1", "plain": "plain", "{b\u00a0c}": "2"} {
		p, err := parseTemplate(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got := p.fill(func(c string) string { return cells[c] }); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
		if again, err := parseTemplate(p.String()); err != nil || again.String() != p.String() {
			t.Errorf("%s is written as %s, which is read as %s, %v", in, p, again, err)
		}
	}
}

func FuzzMap(f *testing.F) {
	f.Add([]byte(brandAuditsMap))
	f.Add([]byte("id: '{n}'\ndate: '{d}'\nvolunteer: '{v}'\ninitiative: x\nvalues:\n  basis:\n    congé: paid_leave\nseparator: [';', \"\\n\"]\n"))
	f.Add([]byte("id: &a x\ndate: *a\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseMap(b)
		if err != nil {
			return
		}
		m.Hash()
		for _, p := range m.fields {
			if again, err := parseTemplate(p.String()); err != nil || again.String() != p.String() {
				t.Errorf("template %q is read as %q, %v", p, again, err)
			}
		}
	})
}
