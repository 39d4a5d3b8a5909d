package intake

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"sijil/events"
	"sijil/ledger"
)

// A fingerprint stands for a reference in the set of those seen: 16 bytes of its SHA-256.
type fingerprint [16]byte

func fingerprintOf(reference string) fingerprint {
	sum := sha256.Sum256([]byte(reference))
	return fingerprint(sum[:16])
}

// faults of cells as spreadsheets show them.
var faults = []string{"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA",
	"#VALEUR!", "#NOM?", "#NUL!", "#NOMBRE!", "#####"}

// A reading is one row on its way to records.
type reading struct {
	f     *File
	row   *Row
	cells []cell
	bad   map[string]bool // columns whose cells have a problem of their own
}

// read makes a Row of a line. seen has the row of each reference before.
func (f *File) read(l line, seen map[fingerprint]int64) Row {
	row := Row{Sheet: f.sheet, Number: l.number, Cells: l.texts()}
	r := &reading{f: f, row: &row, cells: l.cells, bad: make(map[string]bool)}
	if f.sheet != "" {
		for len(r.cells) < len(f.header) {
			r.cells = append(r.cells, cell{})
		}
		r.cells = r.cells[:len(f.header)]
		row.Cells = line{cells: r.cells}.texts()
	} else if len(r.cells) != len(f.header) {
		r.add("", nil, "", wrong(fmt.Sprintf("%d cells, as in the header", len(f.header)),
			"the row has %d cells and the header %d; is there a delimiter or a quote too many or too few?", len(r.cells), len(f.header)))
		row.Problems[0].unseen = true
		return row
	}
	if i, ok := f.columns[ours[2]]; ok && strings.Contains(r.cells[i].text, unmended) {
		r.add("", []string{ours[2]}, "", wrong("", "still says what is wrong with the row: mend it, then empty that cell"))
		row.Problems[0].unseen = true
		return row
	}
	records := r.records(seen)
	if len(row.Problems) == 0 {
		row.Records = records
	}
	return row
}

func (r *reading) add(field string, columns []string, value string, f *fault) {
	r.row.Problems = append(r.row.Problems, Problem{Sheet: r.row.Sheet, Row: r.row.Number, Field: field,
		Column: strings.Join(columns, ", "), Value: shown(value), Message: f.message, Allowed: f.allowed})
}

func (r *reading) problem(field, value string, f *fault) {
	r.add(field, r.f.m.fields[field].columns(), value, f)
}

func (r *reading) note(format string, args ...any) {
	r.row.Notes = append(r.row.Notes, fmt.Sprintf(format, args...))
}

// cell is the cell under a column. A cell that holds no value at all is a problem, once for all
// fields that come from it.
func (r *reading) cell(field, column string) (c cell, ok bool) {
	c = r.cells[r.f.columns[column]]
	fault := c.fault
	if fault == "" && slices.Contains(faults, strings.ToUpper(strings.TrimSpace(c.text))) {
		fault = "is an error of a formula"
	}
	if fault == "" {
		return c, true
	}
	if !r.bad[column] {
		r.bad[column] = true
		r.add(field, []string{column}, c.text, wrong("a value, or nothing where it is unknown", "%s", fault))
		r.row.Problems[len(r.row.Problems)-1].unseen = c.text == ""
	}
	return cell{}, false
}

// A value is what a field says in one row. ok is false where a problem was found and reported.
type value struct {
	text  string
	cell  string // before values: of the map
	typed bool   // the cell is a number
	ok    bool
}

// get is the value of a field; "" where the field is not mapped, or all its cells are empty.
func (r *reading) get(field string) value {
	t := r.f.m.fields[field]
	return r.fill(field, t, func(c string) (cell, bool) { return r.cell(field, c) })
}

func (r *reading) fill(field string, t template, cellOf func(column string) (cell, bool)) value {
	isProse := slices.Contains(prose, field)
	v := value{ok: true}
	filled, empty := 0, ""
	raw := t.fill(func(column string) string {
		c, ok := cellOf(column)
		switch {
		case !ok:
			v.ok = false
		case strings.TrimSpace(c.text) == "":
			empty = column
		default:
			filled++
			v.typed = c.number && len(t) == 1
		}
		return c.text
	})
	switch columns := t.columns(); {
	case !v.ok || len(columns) > 0 && filled == 0:
		return v
	case empty != "" && !isProse:
		r.problem(field, raw, wrong("a value in each of the columns that the field is made of", "lacks what stands in column %s, which is empty", empty))
		return value{}
	}
	text, bad := cleanField(field, raw)
	if bad != 0 {
		hint := ""
		if bad == '\ufffd' || bad >= 0x80 && bad < 0xa0 {
			hint = "; the file may be in another encoding: see --charset"
		}
		r.problem(field, text, wrong("text without control and text-direction characters", "has the character U+%04X%s", bad, hint))
		return value{}
	}
	if !isProse {
		text = code(text)
	}
	v.cell = text
	if values := r.f.m.values[field]; values != nil {
		if said, ok := values[phrase(text)]; ok {
			text, _ = clean(said)
			v.typed = false
		}
	}
	v.text = text
	return v
}

// cleanField keeps the lines of a note.
func cleanField(field, s string) (string, rune) {
	if field != "note" {
		return clean(s)
	}
	var lines []string
	var bad rune
	for l := range strings.Lines(strings.ReplaceAll(s, "\r\n", "\n")) {
		text, b := clean(l)
		lines = append(lines, text)
		if bad == 0 {
			bad = b
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n")), bad
}

func (r *reading) text(field string) string { return r.get(field).text }

func (r *reading) records(seen map[fingerprint]int64) []ledger.Record {
	f := r.f
	base := ledger.Record{
		System: f.options.System, File: f.hash, Sheet: f.sheetNumber, Row: r.row.Number,
		New: f.options.New, Accept: f.options.Accept,
		Initiative: r.text("initiative"), Title: r.text("title"), TitleLang: r.text("title_language"), Type: r.text("type"),
		Place: r.text("place"), PlaceLevel: r.text("place_level"),
		Affiliation: r.text("affiliation"), Session: r.text("session"), Note: r.text("note"),
	}
	base.Date = r.date()
	base.Role = pick(r, "role", events.Roles, roles)
	base.Basis = pick(r, "basis", events.Bases, bases)
	base.Per = pick(r, "per", events.Pers, pers)
	base.Headcount = r.headcount()
	id := r.get("id")
	if id.ok && id.text == "" {
		r.problem("id", "", wrong("a reference of its own for each row", "is empty: without a reference the row can't be recognised again"))
	}
	people, names := r.people()
	r.quantity(&base, len(people))

	var out []ledger.Record
	for i := range max(len(people), 1) {
		rec := base
		rec.Reference = id.text
		if len(people) > 0 {
			rec.Volunteer, rec.Name = people[i], names[i]
		}
		if len(people) > 1 {
			rec.Reference = fmt.Sprintf("%s#%d", id.text, i+1)
			if rec.Session == "" {
				rec.Session = id.text
			}
		}
		out = append(out, rec)
	}
	r.unique(id, out, seen)
	return out
}

// unique refuses a reference that stood in the file before.
func (r *reading) unique(id value, records []ledger.Record, seen map[fingerprint]int64) {
	if id.text == "" {
		return
	}
	references := []string{id.text}
	if len(records) > 1 {
		for _, rec := range records {
			references = append(references, rec.Reference)
		}
	}
	reported := false
	for _, ref := range references {
		print := fingerprintOf(ref)
		before, twice := seen[print]
		if !twice {
			seen[print] = r.row.Number
			continue
		}
		if !reported {
			reported = true
			r.problem("id", ref, wrong("a reference of its own for each row", "is the reference of row %d too", before))
		}
	}
}

// pick reads a field that has one of a few values.
func pick[T ~string](r *reading, field string, all []T, words map[string]T) T {
	s := r.get(field)
	if s.text == "" {
		return ""
	}
	v, f := choose(s.text, all, words)
	if f != nil {
		r.problem(field, s.cell, f)
	}
	return v
}

// date reads date, or from and to: whichever the row has.
func (r *reading) date() events.Date {
	d, v := r.day("date")
	from, a := r.day("from")
	to, b := r.day("to")
	switch {
	case !v.ok || !a.ok || !b.ok:
		return ""
	case v.text != "" && a.text+b.text != "":
		r.add("date", r.f.Columns("date"), strings.Join([]string{v.text, a.text, b.text}, ", "), wrong("a date, or a beginning and an end", "is both a date and a period"))
		return ""
	case v.text != "":
		return d
	case a.text+b.text == "":
		r.add("date", r.f.Columns("date"), "", wrong(dateAllowed, "is empty"))
		return ""
	case a.text == "":
		r.problem("from", "", wrong(dateAllowed, "is empty, and the end of the period is not"))
		return ""
	case b.text == "":
		r.problem("to", "", wrong(dateAllowed, "is empty, and the beginning of the period is not; for a single day write it in both"))
		return ""
	}
	d, f := interval(from, to)
	if f != nil {
		r.add("date", r.f.Columns("date"), a.text+" – "+b.text, f)
	}
	return d
}

// day reads one field that is a date. v.ok is false where a problem was reported.
func (r *reading) day(field string) (events.Date, value) {
	v := r.get(field)
	if v.text == "" {
		return "", v
	}
	d, note, f := parseDate(v.text, r.f.m.dates)
	if f != nil {
		r.problem(field, v.cell, f)
		v.ok = false
	} else if note != "" {
		r.note("read %q as %s: %s", v.cell, d, note)
	}
	return d, v
}

func (r *reading) headcount() int64 {
	v := r.get("headcount")
	if v.text == "" {
		return 0
	}
	n, plain, f := parseHeadcount(v.text)
	if f != nil {
		r.problem("headcount", v.cell, f)
	} else if !plain {
		r.note("read %q as %d people", v.cell, n)
	}
	return n
}

// quantity fills in quantity, unit and per. A group's time among several who are named is divided.
func (r *reading) quantity(rec *ledger.Record, people int) {
	v := r.get("quantity")
	unit := r.get("unit")
	per := rec.Per
	rec.Per = ""
	var column measure
	if unit.text != "" {
		var f *fault
		if column, f = parseUnit(unit.text); f != nil {
			r.problem("unit", unit.cell, f)
			return
		}
	}
	if v.text == "" {
		return
	}
	a, f := parseQuantity(v.text, r.f.m.decimal, v.typed)
	if f != nil {
		r.problem("quantity", v.cell, f)
		return
	}
	if a.per != "" && per != "" && a.per != per {
		r.problem("quantity", v.cell, wrong("one of them", "says per %s, and per: says per %s", a.per, per))
		return
	}
	if a.per != "" {
		per = a.per
	}
	total, counted, f := a.measured(column)
	if f != nil {
		field := "quantity"
		if a.unit.unit == "" && column.unit == "" && unit.ok {
			field = "unit"
		}
		if !unit.ok {
			return
		}
		r.add(field, append(r.f.Columns("quantity"), r.f.Columns("unit")...), v.cell, f)
		return
	}
	share := total
	if per == events.PerGroup && people > 1 {
		share = new(big.Rat).Quo(total, big.NewRat(int64(people), 1))
		per = events.PerPerson
	}
	quantity, in, f := canonical(share, counted)
	switch {
	case f != nil && share != total:
		r.problem("quantity", v.cell, wrong("a total that can be divided, or one row for each with a quantity of their own",
			"is for a group of %d who are named, and can't be divided among them without rounding", people))
	case f != nil:
		r.problem("quantity", v.cell, f)
	default:
		rec.Quantity, rec.Unit, rec.Per = quantity, in, per
		if share != total {
			r.note("divided %q among %d volunteers: %s %s each", v.cell, people, quantity, in)
		} else if !a.plain || column.quarters != 0 {
			said := v.cell
			if a.unit.unit == "" {
				said += " " + unit.cell
			}
			r.note("read %q as %s %s", said, quantity, in)
		}
	}
}

// people are the volunteers of a row, and their names in the same order. A cell with several is
// split; cells with one value count for each.
func (r *reading) people() (people, names []string) {
	people, ok := r.each("volunteer", 0)
	if ok && len(people) == 0 {
		if name := r.get("name"); name.text != "" {
			r.problem("volunteer", "", wrong("the person's reference; where there is none, the name itself may be one: volunteer: in the map", "is empty, though there is a name: %s", name.text))
		}
	}
	if !ok || len(people) == 0 {
		return nil, nil
	}
	for i, p := range people {
		if p != "" && slices.Index(people, p) < i {
			r.problem("volunteer", p, wrong("each volunteer once", "stands twice in the row"))
			break
		}
	}
	names, ok = r.each("name", len(people))
	if !ok || len(names) == 0 {
		names = make([]string, len(people))
	}
	if len(people) > 1 {
		r.note("%d volunteers in one row: a contribution each", len(people))
	}
	return people, names
}

// each is the values of a field where its cells are split. want, if not 0, is how many there must
// be where there are any.
func (r *reading) each(field string, want int) ([]string, bool) {
	t := r.f.m.fields[field]
	split := make(map[string][]string)
	n := 0
	for _, column := range t.columns() {
		c, ok := r.cell(field, column)
		if !ok {
			return nil, false
		}
		split[column] = r.split(c.text)
		n = max(n, len(split[column]))
	}
	if len(t.columns()) == 0 {
		if s := r.text(field); s != "" {
			n = 1
		}
	}
	if n == 0 {
		return nil, true
	}
	if want > 0 && n != want {
		r.problem(field, r.joined(t), wrong("as many names as volunteers, in the same order", "is %d names, for %d volunteers", n, want))
		return nil, false
	}
	out := make([]string, n)
	for i := range out {
		v := r.fill(field, t, func(column string) (cell, bool) {
			switch parts := split[column]; len(parts) {
			case 0:
				return cell{}, true
			case 1:
				return cell{text: parts[0]}, true
			case n:
				return cell{text: parts[i]}, true
			}
			return cell{}, false
		})
		if !v.ok {
			if slices.ContainsFunc(t.columns(), func(c string) bool { return len(split[c]) > 1 && len(split[c]) != n }) {
				r.problem(field, r.joined(t), wrong("the same number in each of the columns, or one", "has %d values in one of its columns and fewer in another", n))
			}
			return nil, false
		}
		out[i] = v.text
	}
	return out, true
}

func (r *reading) joined(t template) string {
	return t.fill(func(c string) string { return r.cells[r.f.columns[c]].text })
}

// split cuts a cell with several volunteers apart. Empty parts are no volunteers.
func (r *reading) split(s string) []string {
	const cut = "\x00"
	if strings.Contains(s, cut) {
		return []string{s} // refused as a control character
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	for _, sep := range r.f.m.separators {
		s = strings.ReplaceAll(s, sep, cut)
	}
	var out []string
	for part := range strings.SplitSeq(s, cut) {
		if text, _ := clean(part); text != "" {
			out = append(out, part)
		}
	}
	return out
}
