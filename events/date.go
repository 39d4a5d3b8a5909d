package events

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Date is when something was done, as precisely as it is known, in ISO 8601 / EDTF:
//
//	2019                    a year
//	2019-11                 a month
//	2019-11-23              a day
//	2019-11-04/2019-11-15   an interval of days, both included, within one year
//
// Dates are local to the programme's time zone.
type Date string

// A Day is a calendar day, counted from 1970-01-01.
type Day int32

// DayOf is the day of y-m-d.
func DayOf(y int, m time.Month, d int) Day {
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time is midnight UTC of d.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// Date is d as a Date.
func (d Day) Date() Date { return Date(d.String()) }

// String is d as 2006-01-02.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// A Span is the days a Date covers, First and Last included, and which month it certainly is in.
type Span struct {
	First, Last Day
	Year        int
	From, To    time.Month // the months of First and Last
}

// Days is the number of days covered.
func (s Span) Days() int64 { return int64(s.Last-s.First) + 1 }

// Month is the one month that all days lie in, or 0: then only the year is certain.
func (s Span) Month() time.Month {
	if s.From == s.To {
		return s.From
	}
	return 0
}

// Span reads d. Its errors say what is wrong with the text, not which field held it.
func (d Date) Span() (Span, error) {
	s := string(d)
	if len(s) == 21 && s[10] == '/' {
		a, err1 := Date(s[:10]).Span()
		b, err2 := Date(s[11:]).Span()
		switch {
		case err1 != nil:
			return Span{}, err1
		case err2 != nil:
			return Span{}, err2
		case a.Year != b.Year:
			return Span{}, fmt.Errorf("%q crosses a year: split it", s)
		case b.First <= a.First:
			return Span{}, fmt.Errorf("%q does not end after it begins", s)
		}
		return Span{a.First, b.Last, a.Year, a.From, b.To}, nil
	}
	if strings.Contains(s, "/") {
		return Span{}, d.malformed()
	}
	year, ok := digits(s, 0, 4)
	if !ok || year < 1000 {
		return Span{}, d.malformed()
	}
	switch len(s) {
	case 4:
		return Span{DayOf(year, 1, 1), DayOf(year, 12, 31), year, 1, 12}, nil
	case 7, 10:
		m, ok := digits(s, 5, 7)
		if !ok || s[4] != '-' || m < 1 || m > 12 {
			return Span{}, d.malformed()
		}
		month := time.Month(m)
		if len(s) == 7 {
			return Span{DayOf(year, month, 1), DayOf(year, month+1, 0), year, month, month}, nil
		}
		day, ok := digits(s, 8, 10)
		if !ok || s[7] != '-' || day < 1 || day > 31 {
			return Span{}, d.malformed()
		}
		d := DayOf(year, month, day)
		if day > 28 && d.Time().Day() != day {
			return Span{}, fmt.Errorf("%q: that month has no such day", s)
		}
		return Span{d, d, year, month, month}, nil
	}
	return Span{}, d.malformed()
}

func (d Date) malformed() error {
	return fmt.Errorf("%q is not a date like 2019, 2019-11, 2019-11-23 or 2019-11-04/2019-11-15", string(d))
}

func digits(s string, from, to int) (n int, ok bool) {
	if len(s) < to {
		return 0, false
	}
	for _, c := range []byte(s[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// Interval is the Date of the days from first to last, in its shortest form: a whole year or month
// is written as such only by whoever entered it so.
func Interval(first, last Day) Date {
	if first == last {
		return first.Date()
	}
	return first.Date() + "/" + last.Date()
}

// MonthDate is the Date of a month.
func MonthDate(year int, m time.Month) Date {
	return Date(fmt.Sprintf("%04d-%02d", year, int(m)))
}

// YearDate is the Date of a year.
func YearDate(year int) Date { return Date(strconv.Itoa(year)) }

// Year is the year that d lies in, 0 where d is not a date.
func (d Date) Year() int {
	s, err := d.Span()
	if err != nil {
		return 0
	}
	return s.Year
}
