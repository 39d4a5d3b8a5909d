package intake

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"

	"sijil/events"
)

// A csvFile is a CSV file: how it is written, and which hash it had when it was opened.
type csvFile struct {
	path     string
	hash     events.Hash
	bom      int // bytes
	encoding encoding.Encoding
	comma    rune
}

func (f *File) openCSV() error {
	if f.options.Sheet != "" {
		return fmt.Errorf("is a CSV file, which has no sheet %q: leave --sheet out", f.options.Sheet)
	}
	look, err := survey(f.path)
	if err != nil {
		return err
	}
	f.hash = look.hash
	c := &csvFile{path: f.path, hash: look.hash, bom: look.bom, encoding: look.utf16}
	if look.utf16 == nil {
		if c.encoding, err = look.choose(f.m.charset); err != nil {
			return err
		}
	}
	f.source = c
	return f.csvHeader(c)
}

// csvHeader finds the row of names and the delimiter. A file of rejects is recognised by its
// columns; its header is its first row, whatever the map says of the file it came from.
func (f *File) csvHeader(c *csvFile) error {
	row := f.m.header
	candidates := []rune{f.m.delimiter}
	if f.m.delimiter == 0 {
		candidates = []rune{';', ',', '\t'}
	}
	first, sep, err := c.first()
	switch {
	case err != nil:
		return err
	case sep != 0:
		candidates = []rune{sep}
		row = max(row, 2)
	case strings.Contains(first, ours[2]):
		row, candidates = 1, []rune{';', ',', '\t', '|'}
	}
	best, tie, failed := -1, false, error(nil)
	for _, comma := range candidates {
		c.comma = comma
		header, number, err := c.header(row)
		if err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		score := f.score(header)
		if score == best {
			tie = true
		}
		if score > best {
			best, tie = score, false
			f.comma, f.raw, f.row = comma, header, number
		}
	}
	c.comma = f.comma
	if best < 0 {
		return failed
	}
	if tie && len(f.raw) > 1 {
		return fmt.Errorf(`row %d can be read with more than one delimiter: write delimiter: ";" (or "," or tab) in the map`, f.row)
	}
	return nil
}

// score is how well a header fits the map, and otherwise how many columns it has.
func (f *File) score(header []string) int {
	found := 0
	names := Fields
	for _, t := range f.m.fields {
		for _, c := range t.columns() {
			if slices.ContainsFunc(header, func(h string) bool { h, _ = clean(h); return h == c }) {
				found++
			}
		}
	}
	if len(f.m.fields) == 0 {
		for _, h := range header {
			if h, _ = clean(h); slices.Contains(names, strings.ToLower(h)) {
				found++
			}
		}
	}
	return found*100_000 + min(len(header), 99_999)
}

var sepLine = regexp.MustCompile(`(?i)^"?sep=(.)"?$`)

// first is the first line, and the delimiter if that line says nothing else, as some spreadsheets
// write it.
func (c *csvFile) first() (string, rune, error) {
	r, file, err := c.text(0)
	if err != nil {
		return "", 0, err
	}
	defer file.Close()
	s, err := readLine(r, 1<<20)
	if err != nil && err != io.EOF {
		return "", 0, err
	}
	s = strings.TrimRight(s, "\r\n")
	if m := sepLine.FindStringSubmatch(s); m != nil {
		if comma, ok := delimiterOf(m[1]); ok {
			return s, comma, nil
		}
	}
	return s, 0, nil
}

// header is the cells of a row, 0: of the first that is not empty.
func (c *csvFile) header(row int64) ([]string, int64, error) {
	for l, err := range c.rows(max(row-1, 0)) {
		switch {
		case err != nil:
			return nil, 0, err
		case row == 0 && l.blank():
			continue
		case row > 0 && l.number != row:
			return nil, 0, fmt.Errorf("line %d, where the map says the names of the columns stand, is empty", row)
		}
		return l.texts(), l.number, nil
	}
	return nil, 0, errors.New("there is no row with the names of the columns")
}

// text is the file as UTF-8 from the line after skip on.
func (c *csvFile) text(skip int64) (*bufio.Reader, *hashedFile, error) {
	file, err := os.Open(c.path)
	if err != nil {
		return nil, nil, err
	}
	hashed := &hashedFile{file, sha256.New()}
	if _, err := io.CopyN(io.Discard, hashed, int64(c.bom)); err != nil {
		file.Close()
		return nil, nil, errChanged
	}
	var text io.Reader = hashed
	if c.encoding != nil {
		text = transform.NewReader(hashed, c.encoding.NewDecoder())
	}
	r := bufio.NewReaderSize(text, 64<<10)
	for range skip {
		if err := skipLine(r); err != nil {
			if err != io.EOF {
				file.Close()
				return nil, nil, err
			}
			break
		}
	}
	return r, hashed, nil
}

func skipLine(r *bufio.Reader) error {
	for {
		_, err := r.ReadSlice('\n')
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}

func readLine(r *bufio.Reader, most int) (string, error) {
	var b []byte
	for {
		part, err := r.ReadSlice('\n')
		b = append(b, part...)
		if err != bufio.ErrBufferFull || len(b) > most {
			return string(b), err
		}
	}
}

var errChanged = errors.New("the file changed while it was read: run the import again")

func (c *csvFile) rows(skip int64) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		text, file, err := c.text(skip)
		if err != nil {
			yield(line{}, err)
			return
		}
		defer file.Close()
		r := csv.NewReader(text)
		r.Comma = c.comma
		r.FieldsPerRecord = -1
		for {
			fields, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				yield(line{}, badQuotes(err, skip))
				return
			}
			at, _ := r.FieldPos(0)
			l := line{number: int64(at) + skip, cells: make([]cell, len(fields))}
			for i, s := range fields {
				l.cells[i].text = s
			}
			if !yield(l, nil) {
				return
			}
		}
		if sum, err := file.rest(); err != nil || sum != c.hash {
			yield(line{}, errors.Join(errChanged, err))
		}
	}
}

func badQuotes(err error, skip int64) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return err
	}
	begin, at := int64(p.StartLine)+skip, int64(p.Line)+skip
	if begin != at {
		return fmt.Errorf(`line %d: a quote (") in the row that begins on line %d does not end as it should: write a quote inside a cell twice, and save the file again`, at, begin)
	}
	return fmt.Errorf(`line %d: a quote (") stands inside a cell: write it twice and the cell in quotes, or save the file again from a spreadsheet`, at)
}

// Unchanged reports whether the file is still what was opened, so that what is read next is what was
// read before. A workbook is held in memory, and always is.
func (f *File) Unchanged() error {
	c, ok := f.source.(*csvFile)
	if !ok {
		return nil
	}
	file, err := os.Open(c.path)
	if err != nil {
		return err
	}
	hashed := &hashedFile{file, sha256.New()}
	defer hashed.Close()
	if sum, err := hashed.rest(); err != nil || sum != c.hash {
		return fmt.Errorf("%s: %w", c.path, errors.Join(errChanged, err))
	}
	return nil
}

// A hashedFile hashes what is read of it.
type hashedFile struct {
	file *os.File
	sum  hash.Hash
}

func (f *hashedFile) Close() error { return f.file.Close() }

func (f *hashedFile) Read(b []byte) (int, error) {
	n, err := f.file.Read(b)
	f.sum.Write(b[:n])
	return n, err
}

// rest reads to the end and returns the hash of all.
func (f *hashedFile) rest() (events.Hash, error) {
	_, err := io.Copy(io.Discard, f)
	return events.Hash(f.sum.Sum(nil)), err
}
