package events

import (
	"strings"
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	day := func(y int, m time.Month, d int) Day { return DayOf(y, m, d) }
	for _, c := range []struct {
		date  Date
		first Day
		days  int64
		month time.Month
	}{
		{"2019", day(2019, 1, 1), 365, 0},
		{"2020", day(2020, 1, 1), 366, 0},
		{"1900", day(1900, 1, 1), 365, 0}, // not a leap year
		{"2000", day(2000, 1, 1), 366, 0}, // one again
		{"1000", day(1000, 1, 1), 365, 0},
		{"9999", day(9999, 1, 1), 365, 0},
		{"2019-11", day(2019, 11, 1), 30, 11},
		{"2019-12", day(2019, 12, 1), 31, 12},
		{"2019-02", day(2019, 2, 1), 28, 2},
		{"2020-02", day(2020, 2, 1), 29, 2},
		{"2019-11-23", day(2019, 11, 23), 1, 11},
		{"2020-02-29", day(2020, 2, 29), 1, 2},
		{"2000-02-29", day(2000, 2, 29), 1, 2},
		{"1970-01-01", 0, 1, 1},
		{"1969-12-31", -1, 1, 12},
		{"2019-11-04/2019-11-15", day(2019, 11, 4), 12, 11},
		{"2019-11-30/2019-12-01", day(2019, 11, 30), 2, 0},
		{"2020-02-28/2020-03-01", day(2020, 2, 28), 3, 0},
		{"2019-01-01/2019-12-31", day(2019, 1, 1), 365, 0},
	} {
		s, err := c.date.Span()
		if err != nil {
			t.Errorf("%s: %v", c.date, err)
			continue
		}
		if s.First != c.first || s.Days() != c.days || s.Month() != c.month || s.Year != c.first.Time().Year() {
			t.Errorf("%s: %+v: %d days from %v, month %d", c.date, s, s.Days(), s.First, s.Month())
		}
	}
}

func TestNoSpan(t *testing.T) {
	const form = "is not a date like"
	for date, want := range map[Date]string{
		"":                                 form,
		"19":                               form,
		"201":                              form,
		"0999":                             form, // nobody volunteers in a year that was mistyped
		"0000":                             form,
		"20190":                            form,
		"-2019":                            form,
		"+2019":                            form,
		"2019-":                            form,
		"2019-1":                           form,
		"2019-00":                          form,
		"2019-13":                          form,
		"2019-1a":                          form,
		"2019/11":                          form,
		"201911":                           form,
		"2019-11-":                         form,
		"2019-11-00":                       form,
		"2019-11-32":                       form,
		"2019-11-31":                       "no such day",
		"2019-02-29":                       "no such day",
		"1900-02-29":                       "no such day",
		"2020-02-30":                       "no such day",
		"2019-11-1":                        form,
		"2019/11/23":                       form,
		"2019 11 23":                       form,
		"23-11-2019":                       form,
		"20191123":                         form,
		"2019-W47":                         form,
		"2019-11-23T00:00:00Z":             form,
		" 2019-11-23":                      form,
		"2019-11-23 ":                      form,
		"2019-11-23\n":                     form,
		"٢٠١٩":                             form, // Arabic-Indic digits are for people
		"2019-11-2３":                       form,
		"2019-11-23~":                      form,
		"2019/2020":                        form,
		"2019-11/2019-12":                  form,
		"2019-11-04/":                      form,
		"/2019-11-04":                      form,
		"2019-11-04/15":                    form,
		"2019-11-04/2019-11-1":             form,
		"2019-11-04--2019-11-15":           form,
		"2019-11-04/2019-11-31":            "no such day",
		"2019-02-29/2019-03-01":            "no such day",
		"2019-12-31/2020-01-01":            "crosses a year",
		"2020-01-01/2019-12-31":            "crosses a year",
		"2019-11-15/2019-11-04":            "does not end after it begins",
		"2019-11-15/2019-11-15":            "does not end after it begins",
		"2019-11-04/2019-11-05/2019-11-06": form,
	} {
		s, err := date.Span()
		if err == nil || !strings.Contains(err.Error(), want) || s != (Span{}) {
			t.Errorf("%q: %+v, %v; not %q", date, s, err, want)
		}
	}
}

func TestDatesMade(t *testing.T) {
	a, b := DayOf(2019, 11, 4), DayOf(2019, 11, 15)
	for got, want := range map[Date]Date{
		Interval(a, b): "2019-11-04/2019-11-15", Interval(a, a): "2019-11-04", a.Date(): "2019-11-04",
		MonthDate(2019, 2): "2019-02", YearDate(2019): "2019",
	} {
		if got != want {
			t.Errorf("%s, not %s", got, want)
		}
		if _, err := got.Span(); err != nil {
			t.Error(err)
		}
	}
}

// A date that is taken is one that the calendar has, and one spelling of it.
func FuzzDate(f *testing.F) {
	for _, s := range []string{"2019", "2019-11", "2020-02-29", "2019-11-04/2019-11-15", "2019-12-31/2020-01-01", "0000", "2019-02-30", "٢٠١٩"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d := Date(text)
		s, err := d.Span()
		if err != nil {
			if s != (Span{}) {
				t.Fatalf("%q: refused, and %+v", text, s)
			}
			return
		}
		first, last := s.First.Time(), s.Last.Time()
		if s.First > s.Last || first.Year() != s.Year || last.Year() != s.Year || first.Month() != s.From || last.Month() != s.To {
			t.Fatalf("%q: %+v", text, s)
		}
		var again Date
		switch len(text) {
		case 4:
			again = YearDate(s.Year)
		case 7:
			again = MonthDate(s.Year, s.Month())
		default:
			again = Interval(s.First, s.Last)
		}
		if again != d {
			t.Fatalf("%q is spelled %q", text, again)
		}
	})
}
