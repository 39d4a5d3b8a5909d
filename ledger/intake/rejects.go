package intake

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// ours are the columns that Rejects adds. A reader leaves them alone, and recognises a file of
// rejects by the last of them.
var ours = []string{"sijil_sheet", "sijil_row", "sijil_problems"}

// unmended stands at the end of what is said of a row whose fault its cells don't show: too many or
// too few cells, a merged cell. As long as it stands there, the row is refused.
const unmended = "(empty this cell once the row is mended)"

// Rejects writes the rows that were not recorded: UTF-8 CSV with a byte order mark, every column of
// the file as it was, then ours. It is imported again, once mended, with the same map, and
// references stay the same. No two Adds at a time.
type Rejects struct {
	f       *File
	w       *csv.Writer
	columns []int // of the file, without ours
	count   int64
}

// NewRejects writes the header.
func NewRejects(w io.Writer, f *File) (*Rejects, error) {
	r := &Rejects{f: f, w: csv.NewWriter(w)}
	r.w.Comma = f.delimiter()
	r.w.UseCRLF = true
	var header []string
	for i, name := range f.raw {
		if !slices.Contains(ours, f.header[i]) {
			r.columns = append(r.columns, i)
			header = append(header, name)
		}
	}
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	return r, r.w.Write(append(header, ours...))
}

// delimiter is that of the file; of a workbook, what spreadsheets of its country expect.
func (f *File) delimiter() rune {
	switch {
	case f.comma != 0:
		return f.comma
	case f.m.delimiter != 0:
		return f.m.delimiter
	case f.m.decimal == Comma:
		return ';'
	}
	return ','
}

// Add writes a row with its problems and those that the ledger found.
func (r *Rejects) Add(row Row, more ...Problem) error {
	cells := make([]string, 0, len(r.columns)+len(ours))
	for _, i := range r.columns {
		cells = append(cells, at(row.Cells, i))
	}
	var said []string
	for _, p := range slices.Concat(row.Problems, more) {
		said = append(said, p.String())
	}
	if len(row.Cells) > len(r.f.header) {
		said = append(said, fmt.Sprintf("the cells beyond the header were: %s", quoted(row.Cells[len(r.f.header):])))
	}
	if slices.ContainsFunc(row.Problems, func(p Problem) bool { return p.unseen }) {
		said = append(said, unmended)
	}
	// Where this file is one of rejects itself, its rows come from somewhere else.
	sheet, number := row.Sheet, strconv.FormatInt(row.Number, 10)
	if i, ok := r.f.columns[ours[1]]; ok && at(row.Cells, i) != "" {
		number, sheet = at(row.Cells, i), ""
		if j, ok := r.f.columns[ours[0]]; ok {
			sheet = at(row.Cells, j)
		}
	}
	r.count++
	return r.w.Write(append(cells, sheet, number, strings.Join(said, " | ")))
}

func at(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// Count is how many rows were added.
func (r *Rejects) Count() int64 { return r.count }

// Flush writes what is buffered, and returns the first error of all writing.
func (r *Rejects) Flush() error {
	r.w.Flush()
	return r.w.Error()
}
