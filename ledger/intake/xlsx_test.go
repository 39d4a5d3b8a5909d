package intake

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestFormats(t *testing.T) {
	for code, want := range map[string]format{
		"General": {}, "0.00": {}, "#,##0": {}, "@": {}, `0.0 "jours"`: {}, "# ?/?": {}, "0%": {}, `[$-40C]General`: {}, `#,##0 "Dhs"`: {},
		"dd/mm/yyyy": {date: true, day: true, month: true}, "[$-40C]d mmmm yyyy;@": {date: true, day: true, month: true},
		"mmm\\ yyyy": {date: true, month: true}, "yyyy": {date: true}, "d/m/yy h:mm": {date: true, day: true, month: true, clock: true},
		"h:mm": {clock: true}, "[h]:mm": {clock: true, elapsed: true}, "mm:ss": {clock: true},
	} {
		if got := formatOf(code); got != want {
			t.Errorf("%s: got %+v, want %+v", code, got, want)
		}
	}
}

func TestSerialDates(t *testing.T) {
	at := func(date1904 bool) *sheet {
		f := excelize.NewFile()
		if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}); err != nil {
			t.Fatal(err)
		}
		w, err := newWorkbook(f)
		if err != nil {
			t.Fatal(err)
		}
		return &sheet{workbook: w}
	}
	day, month, year, stamp := formatOf("d/m/yyyy"), formatOf("mmm yy"), formatOf("yyyy"), formatOf("d/m/yy h:mm")
	length, clock := formatOf("[h]:mm"), formatOf("h:mm")
	for _, tt := range []struct {
		date1904 bool
		n        float64
		f        format
		want     string
	}{
		{false, 43792, day, "2019-11-23"}, {true, 42330, day, "2019-11-23"}, {false, 59, day, "1900-02-28"}, {false, 60, day, ""}, {false, 61, day, "1900-03-01"}, {false, 1, day, "1900-01-01"},
		{true, 0, day, "1904-01-01"}, {true, 59, day, "1904-02-29"}, {false, 43792, stamp, "2019-11-23"}, {false, 43792.5, stamp, "2019-11-23 12:00"}, {false, 43792.25, day, "2019-11-23 06:00"},
		{false, 43770, month, "2019-11"}, {false, 43792, month, "2019-11-23"}, {false, 43466, year, "2019"}, {false, 43792.99999999999, day, "2019-11-24"},
		{false, 0.3125, clock, "7h30"}, {false, 1.5, length, "36h00"}, {false, 0.3125, length, "7h30"}, {false, 43792.5, clock, ""}, {false, -1, day, ""}, {false, 1e300, day, ""},
	} {
		if got := at(tt.date1904).date(tt.n, tt.f); got != tt.want {
			t.Errorf("%v of 1904 %v: got %q, want %q", tt.n, tt.date1904, got, tt.want)
		}
	}
}

func TestCells(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	set := func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetSheetRow("Sheet1", "B2", &[]string{"n", "d", "v", "q"}); err != nil {
		t.Fatal(err)
	}
	set("B4", 1)
	set("C4", 2019)
	set("D4", "x_x0041_")
	set("E4", 0.1+0.2)
	set("B6", 2)
	set("C6", 2019)
	if err := f.SetCellRichText("Sheet1", "D6", []excelize.RichTextRun{{Text: "Ha"}, {Text: "kim"}}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellFormula("Sheet1", "E6", "1+1"); err != nil {
		t.Fatal(err)
	}
	set("B7", 3)
	set("C7", 2019)
	set("D7", "c")
	set("E7", 1.125)
	set("G7", "beside the table")
	set("B8", 4)
	set("C8", 2019)
	set("D8", "d")
	// =IF(…,"") has an empty result, which is not the same as none.
	if err := f.SetCellFormula("Sheet1", "E8", "\"\""); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	b = *withEmptyResult(t, b.Bytes(), "E8")
	got, err := rows(t, file(t, "any.name", b.Bytes()), Options{Map: mapOf(t, "quantity: '{q}'", "unit: hours")})
	if err != nil || len(got) != 4 {
		t.Fatalf("%+v, %v", got, err)
	}
	a := got[0]
	if a.Number != 4 || a.Sheet != "Sheet1" || len(a.Records) != 1 || a.Records[0].Reference != "1" || a.Records[0].Quantity != "0.3" || a.Records[0].Volunteer != "xA" {
		t.Errorf("%+v", a)
	}
	if p := got[1].Problems; got[1].Number != 6 || len(p) != 1 || !strings.Contains(p[0].Message, "never calculated") || got[1].Cells[3] != "Hakim" {
		t.Errorf("%+v", got[1])
	}
	if r := got[2].Records; len(r) != 1 || r[0].Quantity != "1.125" {
		t.Errorf("a number is ambiguous, though it is typed: %+v", got[2])
	}
	if r := got[3].Records; len(r) != 1 || r[0].Quantity != "" {
		t.Errorf("an empty result: %+v", got[3])
	}
}

// withEmptyResult gives the formula in a cell the result that is an empty text.
func withEmptyResult(t *testing.T, book []byte, cell string) *bytes.Buffer {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	done := false
	for _, part := range r.File {
		from, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(from)
		if err != nil {
			t.Fatal(err)
		}
		at := regexp.MustCompile("<c r=\"" + cell + "\"[^>]*>(<f>.*?</f>)(<v></v>)?</c>")
		if strings.HasSuffix(part.Name, "sheet1.xml") {
			done = at.Match(data)
			data = at.ReplaceAll(data, []byte("<c r=\""+cell+"\" t=\"str\">$1<v></v></c>"))
		}
		to, err := w.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || !done {
		t.Fatal(done, err)
	}
	return &out
}

// TestDamagedWorkbook: damage is an error or shows in nothing; it never panics.
func TestDamagedWorkbook(t *testing.T) {
	good, err := os.ReadFile(filepath.Join("testdata", "personnel.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	m := parseMapFile(t, filepath.Join("testdata", "personnel.xlsx.yaml"))
	random := rand.New(rand.NewPCG(1, 2))
	path := file(t, "x.xlsx", nil)
	for range 400 {
		bad := bytes.Clone(good)
		for range 1 + random.IntN(4) {
			bad[random.IntN(len(bad))] = byte(random.IntN(256))
		}
		if err := os.WriteFile(path, bad[:len(bad)-random.IntN(2)*random.IntN(len(bad))], 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := rows(t, path, Options{Map: m, MaxUnzipped: 1 << 20}); err == nil && len(got) > 12 {
			t.Errorf("%d rows of 12", len(got))
		}
	}
}

// FuzzSheet reads any XML as a sheet.
func FuzzSheet(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>x</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B3"/></mergeCells></worksheet>`))
	f.Add([]byte(`<sheetData><row><c s="0"><v>43792</v></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c><f>1</f></c></row></sheetData>`))
	w, err := newWorkbook(excelize.NewFile())
	if err != nil {
		f.Fatal(err)
	}
	w.strings, w.formats = []string{"shared"}, []format{formatOf("d/m/yyyy")}
	f.Fuzz(func(t *testing.T, data []byte) {
		last := int64(0)
		for l, err := range (&sheet{workbook: w, xml: data, merged: mergedIn(data)}).rows(0) {
			if err != nil {
				return
			}
			if l.number <= last || len(l.cells) > maxColumns {
				t.Fatalf("row %d of %d cells after row %d", l.number, len(l.cells), last)
			}
			last = l.number
		}
	})
}
