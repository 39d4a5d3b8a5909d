package intake

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"sijil/events"
)

// Fields are what a map can say of a contribution, in the order of the documentation.
var Fields = []string{"id", "date", "from", "to", "volunteer", "name", "headcount", "initiative", "title", "title_language",
	"type", "place", "place_level", "role", "quantity", "unit", "per", "basis", "affiliation", "session", "note"}

// Settings are what else a map can say: how the file writes things.
var Settings = []string{"dates", "decimal", "sheet", "header", "charset", "delimiter", "separator", "values"}

// prose is what people read; it may be put together from columns of which some are empty, and keeps
// its digits. Every other field is compared or counted.
var prose = []string{"name", "title", "affiliation", "note"}

// A Map says where each field of a contribution stands in a file, and how the file writes things.
// The zero Map is not valid; see [ParseMap].
type Map struct {
	fields     map[string]template
	dates      Order
	decimal    Decimal
	sheet      string
	header     int64
	charset    string
	delimiter  rune
	separators []string
	values     map[string]map[string]string // field, then phrase
}

// separators of several volunteers in one cell, unless the map says otherwise.
var defaultSeparators = []string{"\n", "/", ";", "؛"} // sorted, as those of a map are

// A MapError is one mistake in a map.
type MapError struct {
	Line    int
	Message string
}

func (e *MapError) Error() string {
	if e.Line == 0 {
		return "map: " + e.Message
	}
	return fmt.Sprintf("map: line %d: %s", e.Line, e.Message)
}

// Hash is the SHA-256 of what the map says, however it is written: order, quotes and comments do
// not matter.
func (m *Map) Hash() events.Hash {
	fields := make(map[string]string)
	for name, t := range m.fields {
		fields[name] = t.String()
	}
	b, err := json.Marshal(struct {
		Fields     map[string]string            `json:"fields"`
		Dates      Order                        `json:"dates"`
		Decimal    Decimal                      `json:"decimal"`
		Sheet      string                       `json:"sheet"`
		Header     int64                        `json:"header"`
		Charset    string                       `json:"charset"`
		Delimiter  string                       `json:"delimiter"`
		Separators []string                     `json:"separators"`
		Values     map[string]map[string]string `json:"values"`
	}{fields, m.dates, m.decimal, m.sheet, m.header, m.charset, string(m.delimiter), m.separators, m.values}, json.Deterministic(true))
	if err != nil {
		panic("intake: a map that is no JSON: " + err.Error()) // texts of a parsed map are valid UTF-8
	}
	return events.Sum(b)
}

// Columns are the columns that a field comes from: none for a constant or a field that is not
// mapped. Of the field date, also those of from and to.
func (m *Map) Columns(field string) []string {
	names := m.fields[field].columns()
	if field == "date" {
		names = append(names, m.fields["from"].columns()...)
		names = append(names, m.fields["to"].columns()...)
	}
	return names
}

// byHeader is the map of a file whose columns bear the names of fields.
func byHeader(header []string) (*Map, error) {
	m := &Map{fields: make(map[string]template), separators: defaultSeparators}
	p := &mapParser{m: m, lines: make(map[string]int)}
	for _, name := range header {
		if f := strings.ToLower(name); slices.Contains(Fields, f) {
			if p.lines[f] != 0 {
				return nil, fmt.Errorf("two columns are called %s", f)
			}
			m.fields[f] = template{{column: true, text: name}}
			p.lines[f] = -1
		}
	}
	p.complete()
	if len(p.errs) > 0 {
		present := slices.DeleteFunc(slices.Clone(Fields), func(f string) bool { return p.lines[f] == 0 })
		return nil, fmt.Errorf("without a map, columns bear the names of fields (%s); of them this file has: %s. Write a map and give it with --map: %w",
			strings.Join(Fields, ", "), orNone(present), errors.Join(p.errs...))
	}
	return m, nil
}

func orNone(s []string) string {
	if len(s) == 0 {
		return "none"
	}
	return strings.Join(s, ", ")
}

// with is m with what the options say of the file in place of what it says.
func (m *Map) with(o Options) *Map {
	c := *m
	c.fields = maps.Clone(m.fields)
	if o.Sheet != "" {
		c.sheet = o.Sheet
	}
	if o.Charset != "" {
		c.charset = o.Charset
	}
	if o.Comma != 0 {
		c.delimiter = o.Comma
	}
	return &c
}
