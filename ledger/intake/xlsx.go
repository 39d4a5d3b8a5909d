package intake

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"sijil/events"
	"sijil/ledger"
)

// A workbook is an .xlsx file. excelize opens it, within the limit on its unzipped size, and knows
// its sheets. The cells are read here: excelize's stream of rows tells neither the type nor the
// format of a cell, and asking it cell by cell loads the sheet and searches it from the top.
type workbook struct {
	parts   map[string][]byte
	strings []string // shared
	formats []format // by style
	epoch   time.Time
	comma   bool // how decimals are written
}

// A sheet of a workbook as a source.
type sheet struct {
	*workbook
	xml    []byte
	merged []span
}

func (f *File) openWorkbook() error {
	data, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	f.hash = events.Sum(data)
	limit := cmp.Or(f.options.MaxUnzipped, int64(MaxUnzipped))
	book, err := unzip(data, limit)
	if err != nil {
		return err
	}
	defer book.Close()
	w, err := newWorkbook(book)
	if err != nil {
		return err
	}
	w.comma = f.m.decimal == Comma
	f.sheet, err = f.chooseSheet(book, w)
	if err != nil {
		return err
	}
	f.sheetNumber = int64(slices.Index(book.GetSheetList(), f.sheet)) + 1
	s, err := w.sheet(f.sheet)
	if err != nil {
		return err
	}
	w.parts = nil // of which only this sheet is needed any more
	f.source = s
	return f.sheetHeader(s)
}

// unzip opens a workbook. A damaged one is an error, also where the library panics.
func unzip(data []byte, limit int64) (book *excelize.File, err error) {
	defer func() {
		if r := recover(); r != nil {
			book, err = nil, fmt.Errorf("is a damaged workbook (%v): open it in a spreadsheet and save it again", r)
		}
	}()
	book, err = excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: limit, UnzipXMLSizeLimit: limit})
	switch {
	case err == nil && len(book.GetSheetList()) > 0:
		return book, nil
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return nil, fmt.Errorf("is larger than %d MB unzipped, which is the limit: split it, or save the sheet as CSV, which has no limit", limit>>20)
	case bytes.Contains(data[:min(len(data), 200)], []byte("opendocument")):
		return nil, errors.New("is an OpenDocument file (.ods): save it as .xlsx")
	case bytes.Contains(data, []byte("xl/workbook.bin")):
		return nil, errors.New("is a binary workbook (.xlsb): save it as .xlsx")
	}
	return nil, fmt.Errorf("is neither a CSV file nor an .xlsx workbook, or a damaged one: open it in a spreadsheet and save it as .xlsx (%v)", err)
}

func newWorkbook(book *excelize.File) (*workbook, error) {
	w := &workbook{parts: make(map[string][]byte), epoch: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)}
	props, err := book.GetWorkbookProps()
	if err != nil {
		return nil, err
	}
	if props.Date1904 != nil && *props.Date1904 {
		w.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	book.Pkg.Range(func(name, data any) bool {
		w.parts[name.(string)] = data.([]byte)
		return true
	})
	if err := w.readStrings(); err != nil {
		return nil, damaged(err)
	}
	if err := w.readStyles(); err != nil {
		return nil, damaged(err)
	}
	return w, nil
}

func damaged(err error) error {
	return fmt.Errorf("is a damaged workbook (%w): open it in a spreadsheet and save it again", err)
}

// chooseSheet is the sheet that the options or the map name, or else the only visible one with
// something in it.
func (f *File) chooseSheet(book *excelize.File, w *workbook) (string, error) {
	all := book.GetSheetList()
	for _, name := range all {
		if f.m.sheet != "" && ledger.Fold(name) == ledger.Fold(f.m.sheet) {
			return name, nil
		}
	}
	var full []string
	for _, name := range all {
		s, err := w.sheet(name)
		if err != nil {
			continue // a sheet of a chart
		}
		if s.rejects() && f.options.Sheet == "" {
			return name, nil
		}
		if visible, err := book.GetSheetVisible(name); err == nil && visible && !s.empty() {
			full = append(full, name)
		}
	}
	switch {
	case f.m.sheet != "":
		return "", fmt.Errorf("has no sheet %q; its sheets are %s", f.m.sheet, quoted(all))
	case len(full) == 0:
		return "", errors.New("has no sheet with anything in it")
	case len(full) > 1:
		return "", fmt.Errorf("has several sheets: %s; name one with --sheet, or sheet: in the map", quoted(full))
	}
	return full[0], nil
}

// sheet finds a sheet's part by its name.
func (w *workbook) sheet(name string) (*sheet, error) {
	var book struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Attr []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	main := w.main()
	if err := xml.Unmarshal(w.parts[main], &book); err != nil {
		return nil, damaged(err)
	}
	folder, file := path.Split(main)
	if err := xml.Unmarshal(w.parts[folder+"_rels/"+file+".rels"], &rels); err != nil {
		return nil, damaged(err)
	}
	for _, s := range book.Sheets {
		if s.Name != name {
			continue
		}
		for _, r := range rels.Relations {
			isID := func(a xml.Attr) bool { return a.Name.Local == "id" && a.Value == r.ID }
			if !strings.HasSuffix(r.Type, "/worksheet") || !slices.ContainsFunc(s.Attr, isID) {
				continue
			}
			target := strings.TrimPrefix(r.Target, "/")
			if target == r.Target {
				target = path.Join(folder, target)
			}
			if data, ok := w.parts[target]; ok {
				return &sheet{workbook: w, xml: data, merged: mergedIn(data)}, nil
			}
		}
	}
	return nil, damaged(fmt.Errorf("no cells of sheet %q", name))
}

// main is the part that lists the sheets.
func (w *workbook) main() string {
	var rels struct {
		Relations []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if xml.Unmarshal(w.parts["_rels/.rels"], &rels) == nil {
		for _, r := range rels.Relations {
			if strings.HasSuffix(r.Type, "/officeDocument") {
				return strings.TrimPrefix(r.Target, "/")
			}
		}
	}
	return "xl/workbook.xml"
}

// A richText is a text with or without runs; phonetic hints are left out.
type richText struct {
	T    []string `xml:"t"`
	Runs []string `xml:"r>t"`
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func (t richText) String() string {
	s := strings.Join(t.T, "") + strings.Join(t.Runs, "")
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:6], 16, 16)
		return string(rune(n))
	})
}

func (w *workbook) readStrings() error {
	d := xml.NewDecoder(bytes.NewReader(w.parts["xl/sharedStrings.xml"]))
	for {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "si" {
			var text richText
			if err := d.DecodeElement(&text, &e); err != nil {
				return err
			}
			w.strings = append(w.strings, text.String())
		}
	}
}

const maxColumns = 16384

func (s *sheet) rows(skip int64) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		d := xml.NewDecoder(bytes.NewReader(s.xml))
		var l line
		merges := merges{spans: s.merged}
		for {
			t, err := d.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(line{}, damaged(err))
				return
			}
			switch e := t.(type) {
			case xml.StartElement:
				switch e.Name.Local {
				case "row":
					number := l.number + 1
					if r := attr(e, "r"); r != "" {
						if number, err = strconv.ParseInt(r, 10, 64); err != nil || number <= l.number {
							yield(line{}, damaged(fmt.Errorf("row %q after row %d", r, l.number)))
							return
						}
					}
					l = line{number: number}
				case "c":
					if err := s.cell(d, e, &l); err != nil {
						yield(line{}, damaged(err))
						return
					}
				}
			case xml.EndElement:
				switch e.Name.Local {
				case "sheetData":
					return
				case "row":
					if l.number > skip {
						merges.mark(&l)
						if !yield(l, nil) {
							return
						}
					}
				}
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (s *sheet) cell(d *xml.Decoder, e xml.StartElement, l *line) error {
	var c struct {
		Value   *string   `xml:"v"`
		Formula *struct{} `xml:"f"`
		Inline  richText  `xml:"is"`
	}
	if err := d.DecodeElement(&c, &e); err != nil {
		return err
	}
	column := len(l.cells)
	if r := attr(e, "r"); r != "" {
		n, _, err := excelize.CellNameToCoordinates(r)
		if err != nil || n <= len(l.cells) {
			return fmt.Errorf("cell %q is out of order", r)
		}
		column = n - 1
	}
	if column >= maxColumns {
		return fmt.Errorf("more than %d columns", maxColumns)
	}
	said := ""
	if c.Value != nil {
		said = *c.Value
	}
	v := s.value(attr(e, "t"), attr(e, "s"), said, c.Inline)
	if c.Formula != nil && c.Value == nil {
		v.fault = "is a formula that was never calculated: open the workbook in a spreadsheet and save it"
	}
	if v == (cell{}) {
		return nil
	}
	for len(l.cells) < column {
		l.cells = append(l.cells, cell{})
	}
	l.cells = append(l.cells, v)
	return nil
}

// value is a cell by its type (ECMA-376 part 1, 18.18.11) and style.
func (s *sheet) value(kind, style, v string, inline richText) cell {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		switch {
		case v == "":
			return cell{}
		case err != nil || i < 0 || i >= len(s.strings):
			return cell{text: v, fault: "points at a text that the workbook does not have: open it in a spreadsheet and save it again"}
		}
		return cell{text: s.strings[i]}
	case "inlineStr":
		return cell{text: inline.String()}
	case "str", "e":
		return cell{text: richText{T: []string{v}}.String()}
	case "b":
		return cell{text: map[string]string{"1": "TRUE", "0": "FALSE"}[v]}
	case "d":
		return cell{text: v}
	}
	if v == "" {
		return cell{}
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return cell{text: v, fault: "is not a number, though the workbook says so"}
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.formats) {
		if text := s.date(n, s.formats[i]); text != "" {
			return cell{text: text}
		}
	}
	return cell{text: s.number(n), number: true}
}

// empty reports that no cell has anything in it.
func (s *sheet) empty() bool {
	for l, err := range s.rows(0) {
		if err != nil || !l.blank() {
			return false
		}
	}
	return true
}

// rejects reports that the sheet is one of rejects.
func (s *sheet) rejects() bool {
	for l, err := range s.rows(0) {
		return err == nil && slices.Contains(l.texts(), ours[2])
	}
	return false
}

func (f *File) sheetHeader(s *sheet) error {
	row := f.m.header
	if s.rejects() {
		row = 1
	}
	for l, err := range s.rows(max(row-1, 0)) {
		switch {
		case err != nil:
			return err
		case row == 0 && l.blank():
			continue
		case row > 0 && (l.number != row || l.blank()):
			return fmt.Errorf("sheet %q: row %d, where the names of the columns should stand, is empty", f.sheet, row)
		}
		f.raw, f.row = l.texts(), l.number
		return nil
	}
	return fmt.Errorf("sheet %q has no row with the names of the columns", f.sheet)
}
