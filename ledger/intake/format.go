package intake

import (
	"encoding/xml"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A format is what a number format makes of a number.
type format struct {
	date    bool // shows some of year, month and day
	day     bool
	month   bool
	clock   bool // shows hours or minutes
	elapsed bool // shows hours of any number: [h]:mm
}

// builtin are the formats with a fixed number that are dates or times, as in ECMA-376 part 1,
// 18.8.30, with those of East Asian editions.
var builtin = map[int]string{14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm", 19: "h:mm:ss", 20: "h:mm",
	21: "h:mm:ss", 22: "d/m/yy h:mm", 27: "d/m/yy", 28: "d/m/yy", 29: "d/m/yy", 30: "d/m/yy", 31: "d/m/yy", 32: "h:mm", 33: "h:mm:ss",
	34: "h:mm", 35: "h:mm:ss", 36: "d/m/yy", 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss", 50: "d/m/yy", 51: "d/m/yy", 52: "d/m/yy",
	53: "d/m/yy", 54: "d/m/yy", 55: "d/m/yy", 56: "d/m/yy", 57: "d/m/yy", 58: "d/m/yy"}

var (
	literals = regexp.MustCompile(`"[^"]*"|\\.|_.|\*.`)
	brackets = regexp.MustCompile(`\[[^\]]*\]`)
	elapsed  = regexp.MustCompile(`(?i)\[(h+|m+|s+)\]`)
)

func formatOf(code string) format {
	code, _, _ = strings.Cut(literals.ReplaceAllString(code, ""), ";")
	f := format{elapsed: elapsed.MatchString(code)}
	code = strings.ToLower(brackets.ReplaceAllString(code, ""))
	if strings.Contains(code, "general") {
		return format{}
	}
	f.clock = f.elapsed || strings.ContainsAny(code, "hs")
	f.day = strings.Contains(code, "d")
	// m is minutes beside hours and seconds, months elsewhere.
	f.month = strings.Contains(code, "m") && (!f.clock || strings.Count(code, "m") > 2 || strings.ContainsAny(code, "dy"))
	f.date = f.day || f.month || strings.ContainsAny(code, "ye") && !strings.ContainsAny(code, "0#?")
	return f
}

func (w *workbook) readStyles() error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			ID int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	data := w.parts["xl/styles.xml"]
	if len(data) == 0 {
		return nil
	}
	if err := xml.Unmarshal(data, &styles); err != nil {
		return err
	}
	codes := make(map[int]string)
	for id, code := range builtin {
		codes[id] = code
	}
	for _, f := range styles.Formats {
		codes[f.ID] = f.Code
	}
	for _, c := range styles.Cells {
		w.formats = append(w.formats, formatOf(codes[c.ID]))
	}
	return nil
}

// number writes n with the 15 digits that spreadsheets show, and the decimal sign of the file.
func (s *sheet) number(n float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	text := strconv.FormatFloat(rounded, 'f', -1, 64)
	if s.comma {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// date writes a number that is formatted as a date or time, as a person would: 2019-11-23, 2019-11
// where only a month is shown and it is the first, 7h30 for a length of time. "" is no date.
func (s *sheet) date(n float64, f format) string {
	const last = 2958465 // 9999-12-31
	if !f.date && !f.clock || n < 0 || n > last {
		return ""
	}
	seconds := int64(math.Round(n * 86400))
	days, rest := seconds/86400, seconds%86400
	if !f.date || f.elapsed {
		if days > 0 && !f.elapsed {
			return "" // a time of day with a day that is not shown
		}
		text := fmt.Sprintf("%dh%02d", seconds/3600, seconds/60%60)
		if seconds%60 != 0 {
			text += fmt.Sprintf("m%02ds", seconds%60)
		}
		return text
	}
	if s.epoch.Year() == 1899 && days <= 60 {
		// The 1900 system counts a 29 February 1900 that never was.
		if days == 60 || days == 0 {
			return ""
		}
		days++
	}
	t := s.epoch.AddDate(0, 0, int(days)).Add(time.Duration(rest) * time.Second)
	switch {
	case rest != 0 && rest%60 == 0:
		return t.Format("2006-01-02 15:04")
	case rest != 0:
		return t.Format("2006-01-02 15:04:05")
	case !f.day && f.month && t.Day() == 1:
		return t.Format("2006-01")
	case !f.day && !f.month && t.YearDay() == 1:
		return t.Format("2006")
	}
	return t.Format(time.DateOnly)
}
