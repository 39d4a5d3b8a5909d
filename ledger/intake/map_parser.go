package intake

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	yamltoken "github.com/goccy/go-yaml/token"

	"sijil/events"
)

// ParseMap reads a map. It is strict: every mistake is a [MapError]; all of them are joined.
func ParseMap(yaml []byte) (*Map, error) {
	file, err := parser.ParseBytes(yaml, 0)
	if err != nil {
		return nil, syntaxError(err)
	}
	p := &mapParser{m: &Map{fields: make(map[string]template), separators: defaultSeparators}, lines: make(map[string]int)}
	var body ast.Node
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			p.fail(lineOf(doc.Body), "a second document; a map is one")
			break
		}
		body = doc.Body
	}
	if body == nil {
		return nil, &MapError{1, `an empty map; write a line per field, such as id: "{reference}"`}
	}
	for _, kv := range p.pairs(body, "a map is lines of field: template") {
		p.key(kv)
	}
	p.complete()
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	return p.m, nil
}

func syntaxError(err error) error {
	var located interface {
		GetToken() *yamltoken.Token
		GetMessage() string
	}
	if errors.As(err, &located) && located.GetToken() != nil {
		return &MapError{located.GetToken().Position.Line, "not YAML: " + located.GetMessage()}
	}
	return &MapError{Message: "not YAML: " + err.Error()}
}

type mapParser struct {
	m     *Map
	lines map[string]int // where each key stands
	said  []given        // by values
	errs  []error
}

// given is a text that the map itself gives for a field.
type given struct {
	line  int
	field string
	text  string
}

func (p *mapParser) fail(line int, format string, args ...any) {
	p.errs = append(p.errs, &MapError{line, fmt.Sprintf(format, args...)})
}

// A pair is one key and its value, with the line that it is on.
type pair struct {
	key   string
	value ast.Node
	line  int
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil {
		return 0
	}
	return n.GetToken().Position.Line
}

func (p *mapParser) pairs(n ast.Node, what string) []pair {
	var values []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		p.fail(lineOf(n), "%s", what)
		return nil
	}
	var out []pair
	for _, v := range values {
		key, ok := scalar(v.Key)
		if !ok {
			p.fail(lineOf(v.Key), "%s", what)
			continue
		}
		out = append(out, pair{key, v.Value, lineOf(v.Key)})
	}
	return out
}

// scalar is the text of a node as it is written: 2019 and true are texts here.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value != nil {
			return n.Value.Value, true
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func (p *mapParser) key(kv pair) {
	if before, twice := p.lines[kv.key]; twice {
		p.fail(kv.line, "%s stands twice, before on line %d", kv.key, before)
		return
	}
	p.lines[kv.key] = kv.line
	switch {
	case kv.key == "values":
		p.values(kv)
		return
	case kv.key == "separator":
		p.separator(kv)
		return
	case !slices.Contains(Fields, kv.key) && !slices.Contains(Settings, kv.key):
		p.fail(kv.line, "unknown %s%s; fields: %s; settings: %s", kv.key, meant(kv.key, slices.Concat(Fields, Settings)),
			strings.Join(Fields, ", "), strings.Join(Settings, ", "))
		return
	}
	s, ok := scalar(kv.value)
	switch {
	case !ok && isMapping(kv.value):
		p.fail(kv.line, `%s: a template in braces needs quotes: "{column}"`, kv.key)
	case !ok || strings.TrimSpace(s) == "":
		p.fail(kv.line, "%s: one text is allowed here; leave the line out where there is nothing to say", kv.key)
	case slices.Contains(Fields, kv.key):
		p.field(kv, s)
	default:
		p.setting(kv, s)
	}
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

func (p *mapParser) field(kv pair, s string) {
	t, err := parseTemplate(s)
	if err != nil {
		p.fail(kv.line, "%s: %v", kv.key, err)
		return
	}
	p.m.fields[kv.key] = t
}

func (p *mapParser) setting(kv pair, s string) {
	bad := func(allowed string) { p.fail(kv.line, "%s: %q is not allowed; write %s", kv.key, s, allowed) }
	switch kv.key {
	case "dates":
		if p.m.dates = Order(s); !slices.Contains([]Order{ISO, DMY, MDY}, p.m.dates) {
			bad("iso, dmy or mdy")
		}
	case "decimal":
		if p.m.decimal = Decimal(s); p.m.decimal != Point && p.m.decimal != Comma {
			bad("point or comma")
		}
	case "sheet":
		p.m.sheet = s
	case "header":
		n, err := strconv.ParseInt(latin(s), 10, 32)
		if p.m.header = n; err != nil || n < 1 {
			bad("the number of the row with the names of the columns, from 1")
		}
	case "charset":
		if p.m.charset = s; !validCharset(s) {
			bad(charsets)
		}
	case "delimiter":
		r, ok := delimiterOf(s)
		if p.m.delimiter = r; !ok {
			bad(`";", "," , "tab" or "|"`)
		}
	}
}

func delimiterOf(s string) (rune, bool) {
	switch s {
	case ";", ",", "\t", "|":
		return rune(s[0]), true
	case "tab":
		return '\t', true
	case "comma":
		return ',', true
	case "semicolon":
		return ';', true
	}
	return 0, false
}

func (p *mapParser) separator(kv pair) {
	p.m.separators = nil
	nodes := []ast.Node{kv.value}
	if seq, ok := kv.value.(*ast.SequenceNode); ok {
		nodes = seq.Values
	} else if s, _ := scalar(kv.value); s == "none" {
		return
	}
	for _, n := range nodes {
		s, ok := scalar(n)
		if c, bad := clean(strings.ReplaceAll(s, "\n", "")); !ok || s == "" || s == "none" && len(nodes) > 1 || bad != 0 || c == "" && s != "\n" {
			p.fail(kv.line, `separator: write none, one text such as ";", or a list of them: [";", "/", "\n"]`)
			return
		}
		p.m.separators = append(p.m.separators, s)
	}
	slices.Sort(p.m.separators)
	p.m.separators = slices.Compact(p.m.separators)
}

func (p *mapParser) values(kv pair) {
	p.m.values = make(map[string]map[string]string)
	for _, f := range p.pairs(kv.value, `values: write a field, and below it lines of "what the cell says": what is meant`) {
		switch {
		case !slices.Contains(Fields, f.key):
			p.fail(f.line, "values: unknown field %s%s", f.key, meant(f.key, Fields))
			continue
		case p.m.values[f.key] != nil:
			p.fail(f.line, "values: %s stands twice", f.key)
			continue
		}
		words := make(map[string]string)
		p.m.values[f.key] = words
		for _, v := range p.pairs(f.value, fmt.Sprintf(`values: %s: write lines of "what the cell says": what is meant`, f.key)) {
			s, ok := scalar(v.value)
			key := phrase(v.key)
			_, twice := words[key]
			switch {
			case !ok:
				p.fail(v.line, "values: %s: %q: one text is allowed here", f.key, v.key)
			case key == "":
				p.fail(v.line, "values: %s: %q says nothing", f.key, v.key)
			case twice:
				p.fail(v.line, "values: %s: %q stands twice; case, accents and hyphens make no difference", f.key, v.key)
			default:
				words[key] = s
				p.said = append(p.said, given{v.line, f.key, s})
			}
		}
	}
}

// complete checks what holds for the whole map.
func (p *mapParser) complete() {
	has := func(f string) bool { return p.lines[f] != 0 }
	if !has("id") {
		p.fail(0, `no id: without a reference to each row nothing can be recognised again, and an import is refused; write, for example, id: "{number}" or id: "{volunteer}-{date}"`)
	}
	switch {
	case has("from") != has("to"):
		p.fail(max(p.lines["from"], p.lines["to"]), "from and to belong together: write both, or date alone")
	case !has("date") && !has("from"):
		p.fail(0, `no date; write date: "{column}", or from: and to:, or all three where rows have the one or the other`)
	}
	if !has("volunteer") && !has("headcount") {
		p.fail(0, `nobody; write volunteer: "{column}", or headcount: "{column}", or both where rows have the one or the other`)
	}
	if !has("initiative") {
		p.fail(0, `no initiative; write initiative: "{column}", or one code for the whole file`)
	}
	if has("unit") && !has("quantity") {
		p.fail(p.lines["unit"], "a unit without quantity")
	}
	for _, f := range Fields {
		if s, ok := p.m.fields[f].constant(); ok {
			p.said = append(p.said, given{p.lines[f], f, s})
		}
	}
	for _, g := range p.said {
		p.check(g)
	}
}

// check reads what the map itself gives as a cell would be read.
func (p *mapParser) check(g given) {
	text, bad := clean(g.text)
	var f *fault
	switch {
	case bad != 0:
		f = wrong("text without control characters", "has the character U+%04X", bad)
	case text == "":
	case g.field == "role":
		_, f = choose(text, events.Roles, roles)
	case g.field == "basis":
		_, f = choose(text, events.Bases, bases)
	case g.field == "per":
		_, f = choose(text, events.Pers, pers)
	case g.field == "unit":
		_, f = parseUnit(text)
	case g.field == "date", g.field == "from", g.field == "to":
		_, _, f = parseDate(text, p.m.dates)
	case g.field == "quantity":
		_, f = parseQuantity(text, p.m.decimal, false)
	case g.field == "headcount":
		_, _, f = parseHeadcount(text)
	}
	if f != nil {
		p.fail(g.line, "%s: %q %s; allowed: %s", g.field, text, f.message, f.allowed)
	}
}

// meant suggests what may have been meant.
func meant(s string, names []string) string {
	best, distance := "", 3
	for _, n := range names {
		if d := levenshtein.ComputeDistance(strings.ToLower(s), strings.ToLower(n)); d < distance && d < len(n)/2+1 {
			best, distance = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (%s is meant?)", best)
}
