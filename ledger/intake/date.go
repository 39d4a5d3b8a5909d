package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"sijil/events"
)

// An Order is in which order a file writes day and month.
type Order string

// The orders. Year first (2019-11-23) is understood under each of them.
const (
	ISO Order = "iso"
	DMY Order = "dmy"
	MDY Order = "mdy"
)

const dateAllowed = "a day, month or year of the common era with four digits of the year: 2019-11-23, 23 novembre 2019, مارس 2019, 2019"

var (
	timeOfDay = regexp.MustCompile(`(?i)^(.*[0-9])(?:T| +|, *)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)?(Z| ?[+-][0-9]{2}:?[0-9]{2})?$`)
	spaces    = regexp.MustCompile(` *([/.\-]) *`)
	yearFirst = regexp.MustCompile(`^([0-9]{4})(?:[-/.]([0-9]{1,2})(?:[-/.]([0-9]{1,2}))?)?$`)
	yearLast  = regexp.MustCompile(`^([0-9]{1,2})[-/.]([0-9]{4})$`)
	numeric   = regexp.MustCompile(`^([0-9]{1,2})([-/.])([0-9]{1,2})([-/.])([0-9]+)$`)
	twoDigits = regexp.MustCompile(`^[0-9]{1,2}$`)
)

// parseDate reads when something was done, as precisely as the cell says it. note says what of the
// cell was not kept.
func parseDate(s string, order Order) (date events.Date, note string, f *fault) {
	s = code(s)
	if len(s) > 200 {
		return "", "", wrong(dateAllowed, "is not a date")
	}
	if m := timeOfDay.FindStringSubmatch(s); m != nil {
		midnight := strings.Trim(m[2]+m[3]+m[4], "0") == ""
		switch {
		case m[5] != "" && !(midnight && m[5] == "Z"):
			return "", "", wrong(dateAllowed, "has a time in a time zone, and may be another day here: write the local date")
		case m[2] > "24" && len(m[2]) == 2 || m[3] > "59":
			return "", "", wrong(dateAllowed, "is not a date")
		case !midnight:
			note = "left out the time of day"
		}
		s = m[1]
	}
	if a, b, ok := strings.Cut(s, "/"); ok && len(a) == 10 && len(b) == 10 && yearFirst.MatchString(a) && yearFirst.MatchString(b) {
		d, f := interval(events.Date(a), events.Date(b))
		return d, note, f
	}
	date, f = parsePlain(spaces.ReplaceAllString(s, "$1"), order)
	if f == nil {
		if _, err := date.Span(); err != nil {
			return "", "", wrong(dateAllowed, "is no day of the calendar")
		}
	}
	return date, note, f
}

func parsePlain(s string, order Order) (events.Date, *fault) {
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		switch {
		case m[2] == "":
			return events.Date(m[1]), nil
		case m[3] == "" && len(m[2]) == 2 && m[2] > "12":
			return "", wrong(dateAllowed, "has no such month; where two years are meant, split it into one row per year")
		}
		return ymd(m[1], m[2], m[3]), nil
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		return ymd(m[2], m[1], ""), nil
	}
	if m := numeric.FindStringSubmatch(s); m != nil && m[2] == m[4] {
		return ordered(m[1], m[3], m[5], order)
	}
	if order == ISO && len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		return ymd(s[:4], s[4:6], s[6:]), nil
	}
	if len(s) == 5 && strings.Trim(s, "0123456789") == "" {
		return "", wrong(dateAllowed, "is the number that a spreadsheet keeps a date as: format the cell as a date")
	}
	return worded(lex(s))
}

// ordered reads 3/4/2020, which only the map can.
func ordered(a, b, year string, order Order) (events.Date, *fault) {
	if len(year) == 2 {
		return "", wrong(dateAllowed, "has a year of two digits: write all four")
	}
	if len(year) != 4 {
		return "", wrong(dateAllowed, "is not a date")
	}
	day, month := a, b
	switch order {
	case MDY:
		day, month = b, a
	case DMY:
	default:
		first, _ := strconv.Atoi(a)
		second, _ := strconv.Atoi(b)
		switch {
		case first > 12:
			return "", wrong(`a date like 2019-11-23, or "dates: dmy" in the map`, `has the day first: write "dates: dmy" in the map if all dates of the file are like this`)
		case first == second:
			return "", wrong("a date like 2019-11-23, or the order in the map", "has day and month in an order that the map does not say: write \"dates: dmy\" or \"dates: mdy\"")
		case second > 12:
			return "", wrong(`a date like 2019-11-23, or "dates: mdy" in the map`, `has the month first: write "dates: mdy" in the map if all dates of the file are like this`)
		}
		return "", wrong(`a date like 2019-11-23, or "dates: dmy" or "dates: mdy" in the map`,
			`is ambiguous, %s or %s: write "dates: dmy" in the map if the day comes first, "dates: mdy" if the month does`, ymd(year, b, a), ymd(year, a, b))
	}
	if m, _ := strconv.Atoi(month); m < 1 || m > 12 {
		return "", wrong(dateAllowed, `has no month %s; the map says "dates: %s"`, month, order)
	}
	return ymd(year, month, day), nil
}

func ymd(year, month, day string) events.Date {
	s := year + "-" + pad(month)
	if day != "" {
		s += "-" + pad(day)
	}
	return events.Date(s)
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// worded reads a date with the name of its month: 3 mars 2020, le mardi 3 mars 2020, نونبر 2019.
func worded(tokens []token) (events.Date, *fault) {
	var day, year string
	var month time.Month
	weekday := time.Weekday(-1)
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		pair := ""
		if i+1 < len(tokens) {
			pair = t.text + " " + tokens[i+1].text
		}
		m, named := months[t.text]
		if two, ok := months[pair]; ok {
			m, named = two, true
			i++
		}
		w, isDay := weekdays[t.text]
		switch {
		case named && month == 0:
			month = m
		case isDay && weekday < 0:
			weekday = w
		case t.kind == number && len(t.text) == 4 && year == "":
			year = t.text
		case t.kind == number && twoDigits.MatchString(t.text) && day == "":
			day = t.text
		case t.kind == number && twoDigits.MatchString(t.text) && month != 0 && year == "":
			return "", wrong(dateAllowed, "has a year of two digits: write all four")
		case t.kind == word && dateWords[t.text], t.kind == sign && strings.Contains("-–/,،.", t.text):
		case t.kind == word && !named && !isDay:
			return "", wrong(dateAllowed, "is not a date: %q is no month", t.text)
		default:
			return "", wrong(dateAllowed, "is not a date")
		}
	}
	switch {
	case year == "" && month != 0 && day != "":
		return "", wrong(dateAllowed, "has no year of four digits")
	case year == "", month == 0 && (day != "" || weekday >= 0):
		return "", wrong(dateAllowed, "is not a date")
	case month == 0:
		return events.Date(year), nil
	}
	date := ymd(year, strconv.Itoa(int(month)), day)
	span, err := date.Span()
	if err == nil && day != "" && weekday >= 0 && span.First.Time().Weekday() != weekday {
		return "", wrong(dateAllowed, "is another day of the week: %s was a %s", date, span.First.Time().Weekday())
	}
	return date, nil
}

// interval is the days from one to another, both included.
func interval(from, to events.Date) (events.Date, *fault) {
	a, err := from.Span()
	if err != nil || len(from) != len("2019-11-23") {
		return "", wrong(dateAllowed, "does not begin on a whole day: %s", from)
	}
	b, err := to.Span()
	if err != nil || len(to) != len("2019-11-23") {
		return "", wrong(dateAllowed, "does not end on a whole day: %s", to)
	}
	switch {
	case b.First < a.First:
		return "", wrong("an end on or after the beginning", "ends on %s, before it begins on %s", to, from)
	case a.Year != b.Year:
		return "", wrong("days of one year", "goes from %s to %s, across a year: split it into one row per year, each with a reference of its own", from, to)
	}
	return events.Interval(a.First, b.First), nil
}
