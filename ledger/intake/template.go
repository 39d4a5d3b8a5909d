package intake

import (
	"fmt"
	"slices"
	"strings"
)

// A template is a text with columns of the file in it: "{country}-{year}". A brace that is meant as
// such is written twice. The zero template is no template.
type template []part

type part struct {
	column bool
	text   string // of the file's header, or as it stands
}

// parseTemplate reads s. Names of columns are cleaned as the header is.
func parseTemplate(s string) (template, error) {
	var t template
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			t = append(t, part{text: text.String()})
			text.Reset()
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			text.WriteString(s)
			break
		}
		text.WriteString(s[:i])
		brace, rest := s[i], s[i+1:]
		switch {
		case strings.HasPrefix(rest, string(brace)):
			text.WriteByte(brace)
			s = rest[1:]
		case brace == '}':
			return nil, fmt.Errorf("a } without {; a brace that is meant as such is written twice: }}")
		default:
			name, after, ok := strings.Cut(rest, "}")
			if !ok || strings.Contains(name, "{") {
				return nil, fmt.Errorf("a { without }; a brace that is meant as such is written twice: {{")
			}
			name, bad := clean(name)
			if name == "" || bad != 0 {
				return nil, fmt.Errorf("{%s} names no column", name)
			}
			flush()
			t = append(t, part{column: true, text: name})
			s = after
		}
	}
	flush()
	return t, nil
}

// String is the template as parseTemplate reads it.
func (t template) String() string {
	var b strings.Builder
	for _, p := range t {
		if p.column {
			b.WriteString("{" + p.text + "}")
		} else {
			b.WriteString(strings.NewReplacer("{", "{{", "}", "}}").Replace(p.text))
		}
	}
	return b.String()
}

// columns are the columns named, each once, in order.
func (t template) columns() []string {
	var names []string
	for _, p := range t {
		if p.column && !slices.Contains(names, p.text) {
			names = append(names, p.text)
		}
	}
	return names
}

// constant is the text of a template without columns.
func (t template) constant() (string, bool) {
	if len(t.columns()) > 0 {
		return "", false
	}
	var b strings.Builder
	for _, p := range t {
		b.WriteString(p.text)
	}
	return b.String(), len(t) > 0
}

// fill is the text with cell's values in it.
func (t template) fill(cell func(column string) string) string {
	var b strings.Builder
	for _, p := range t {
		if p.column {
			b.WriteString(cell(p.text))
		} else {
			b.WriteString(p.text)
		}
	}
	return b.String()
}
