package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sijil/events"
	"sijil/ledger"
)

// Options say what the file itself does not.
type Options struct {
	// System is the source system that references belong to.
	System string
	// Map says what the columns mean; nil: they bear the names of fields.
	Map *Map
	// Charset is "utf-8", "windows-1256" or "windows-1252", in place of the map's. "" is UTF-8. A
	// byte order mark overrules it.
	Charset string
	// Sheet is the sheet of a workbook to read, in place of the map's. "" is the only one with
	// something in it.
	Sheet string
	// Comma is the delimiter of a CSV file, in place of the map's. 0: comma, semicolon or tab,
	// whichever the header is written with.
	Comma rune
	// New and Accept go into every record.
	New    bool
	Accept string
	// MaxUnzipped is how many bytes a workbook may have unzipped; 0: [MaxUnzipped].
	MaxUnzipped int64
}

// MaxUnzipped is how large a workbook may be, unzipped, unless the options say otherwise. Its
// sheets are held in memory.
const MaxUnzipped = 256 << 20

// A File is a file whose form is understood: its header is read, its map fits.
type File struct {
	path        string
	options     Options
	hash        events.Hash
	m           *Map
	source      source
	sheet       string
	sheetNumber int64    // 1 for the first; 0 for CSV
	row         int64    // of the header
	raw         []string // header as it stands
	header      []string // cleaned
	columns     map[string]int
	comma       rune
}

// A Row is one row of a file: the records it makes, or what is wrong with it.
type Row struct {
	// Sheet and Number say where it is: the row of a sheet, or the line that it begins on.
	Sheet  string
	Number int64
	// Cells are as in the file, under the header. Numbers and dates of a workbook are written as
	// the map says that this file writes them.
	Cells []string
	// Records are one, or one for each of several volunteers; none where there are Problems.
	Records []ledger.Record
	// Problems make it a bad row.
	Problems []Problem
	// Notes say how cells were read that are not plainly what they mean.
	Notes []string
}

// A Problem is what is wrong with one value of one row.
type Problem struct {
	Sheet   string `json:"sheet,omitzero"`
	Row     int64  `json:"row"`
	Field   string `json:"field,omitzero"`
	Column  string `json:"column,omitzero"` // or several, separated by commas
	Value   string `json:"value,omitzero"`
	Message string `json:"message"`
	Allowed string `json:"allowed,omitzero"`

	// unseen problems do not show in the cells of the row: a file of rejects has to remember them.
	unseen bool
}

// String is p in one line, without the place.
func (p Problem) String() string {
	var b strings.Builder
	if p.Field != "" {
		b.WriteString(p.Field)
	}
	if p.Column != "" && p.Column != p.Field {
		fmt.Fprintf(&b, " (column %s)", p.Column)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	if p.Value != "" {
		fmt.Fprintf(&b, "%q ", p.Value)
	}
	b.WriteString(p.Message)
	if p.Allowed != "" {
		b.WriteString("; allowed: " + p.Allowed)
	}
	return strings.TrimSpace(b.String())
}

// A source yields the rows of a CSV file or of a sheet, from the one after skip on. It can be read
// any number of times.
type source interface {
	rows(skip int64) iter.Seq2[line, error]
}

type line struct {
	number int64
	cells  []cell
}

// A cell is the text of a cell. number says that a workbook has a number there, fault that what is
// there is no value.
type cell struct {
	text   string
	number bool
	fault  string
}

func (l line) blank() bool {
	return !slices.ContainsFunc(l.cells, func(c cell) bool { return c.fault != "" || strings.TrimSpace(c.text) != "" })
}

func (l line) texts() []string {
	s := make([]string, len(l.cells))
	for i, c := range l.cells {
		s[i] = c.text
	}
	return s
}

// Open reads what is needed to understand a file: what it is (by its content, whatever its name),
// its hash, its header. Its errors name the file and say what to do.
func Open(path string, o Options) (*File, error) {
	f := &File{path: path, options: o}
	if err := f.open(); err != nil {
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			return nil, err // names the file itself
		}
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return f, nil
}

func (f *File) open() error {
	o := f.options
	if !validCharset(o.Charset) && o.Charset != "" {
		return fmt.Errorf("charset %q is not known; write %s", o.Charset, charsets)
	}
	m := o.Map
	if m == nil {
		m = &Map{separators: defaultSeparators}
	}
	f.m = m.with(o)
	start, err := begin(f.path)
	if err != nil {
		return err
	}
	switch {
	case len(start) == 0:
		return errors.New("the file is empty")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		err = f.openWorkbook()
	case bytes.HasPrefix(start, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		return errors.New("is an old .xls workbook, or one with a password: open it in a spreadsheet and save it as .xlsx without a password")
	case bytes.HasPrefix(start, []byte("%PDF")):
		return errors.New("is a PDF; ask for the table as .xlsx or .csv")
	default:
		err = f.openCSV()
	}
	if err != nil {
		return err
	}
	return f.understand()
}

func begin(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	b := make([]byte, 8)
	n, err := io.ReadFull(file, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// understand holds the map against the header.
func (f *File) understand() error {
	f.header = make([]string, len(f.raw))
	f.columns = make(map[string]int)
	for i, raw := range f.raw {
		name, bad := clean(raw)
		switch before, twice := f.columns[name]; {
		case bad == '\r' || strings.Contains(raw, "\r"):
			return errors.New("its lines end in a carriage return alone: save it again as CSV")
		case bad != 0:
			return fmt.Errorf("row %d: the name of column %d has the character U+%04X; is the encoding right? (--charset %s)", f.row, i+1, bad, charsets)
		case name == "":
		case twice:
			return fmt.Errorf("row %d: columns %d and %d are both called %q: give each its own name", f.row, before+1, i+1, name)
		default:
			f.columns[name] = i
		}
		f.header[i] = name
	}
	if f.options.Map == nil {
		m, err := byHeader(f.header)
		if err != nil {
			return err
		}
		f.m = m.with(f.options)
	}
	var missing []string
	for _, field := range Fields {
		for _, c := range f.m.fields[field].columns() {
			if _, ok := f.columns[c]; !ok {
				missing = append(missing, fmt.Sprintf("%s: %q%s", field, c, meant(c, f.header)))
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the map names columns that row %d does not have (%s); it has: %s. If the names stand elsewhere, write header: (the number of their row) or sheet: in the map",
			f.row, strings.Join(missing, ", "), quoted(f.header))
	}
	return nil
}

func quoted(names []string) string {
	var q []string
	for _, n := range names {
		if n != "" {
			q = append(q, fmt.Sprintf("%q", n))
		}
	}
	return orNone(q)
}

// Path is the path as given.
func (f *File) Path() string { return f.path }

// Hash is the SHA-256 of the file's bytes.
func (f *File) Hash() events.Hash { return f.hash }

// Map is the map in force: that of the options, with what else the options say; without one, the
// map that the names of the columns make.
func (f *File) Map() *Map { return f.m }

// Sheet is the sheet that is read, "" for CSV.
func (f *File) Sheet() string { return f.sheet }

// Header is the names of the columns, cleaned.
func (f *File) Header() []string { return slices.Clone(f.header) }

// Columns are the columns that a field comes from; see [Map.Columns].
func (f *File) Columns(field string) []string { return f.m.Columns(field) }

// Unused are the columns that no field comes from: what an import leaves out.
func (f *File) Unused() []string {
	used := make(map[string]bool)
	for field := range f.m.fields {
		for _, c := range f.m.fields[field].columns() {
			used[c] = true
		}
	}
	return slices.DeleteFunc(f.Header(), func(c string) bool { return c == "" || used[c] || slices.Contains(ours, c) })
}

// Problem is what is wrong with a field of a row, for whoever refuses its records: it says which
// columns the field came from and what their cells say.
func (f *File) Problem(row Row, field, message, allowed string) Problem {
	p := Problem{Sheet: row.Sheet, Row: row.Number, Field: field, Message: message, Allowed: allowed}
	var columns, values []string
	for _, c := range f.Columns(field) {
		if v := at(row.Cells, f.columns[c]); v != "" {
			columns, values = append(columns, c), append(values, v)
		}
	}
	if columns == nil {
		columns = f.Columns(field)
	}
	p.Column = strings.Join(columns, ", ")
	p.Value = shown(strings.Join(values, ", "))
	if s, ok := f.m.fields[field].constant(); ok {
		p.Value = shown(s)
	}
	return p
}

// shown is s short enough for a message.
func shown(s string) string {
	const most = 120
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// Rows yields the rows below the header, but empty ones, from the beginning each time it is called.
// A CSV file is read as a stream. An error ends it: the file as a whole can't be read.
func (f *File) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		seen := make(map[fingerprint]int64)
		for l, err := range f.source.rows(f.row) {
			if err != nil {
				yield(Row{}, fmt.Errorf("%s: %w", filepath.Base(f.path), err))
				return
			}
			if l.blank() {
				continue
			}
			if !yield(f.read(l, seen), nil) {
				return
			}
		}
	}
}
