package totals

import (
	"fmt"
	"strconv"
)

// A Measure is the name of a figure, as in JSON, and its definition, which is printed with figures.
type Measure struct{ Name, Definition string }

// Measures defines the figures, in the order in which they are shown.
var Measures = []Measure{
	{"participations", "Contributions of named people, plus the headcounts of groups."},
	{"participants", "Distinct named people. One person may be in several rows: rows do not add up to the total."},
	{"headcount", "People in groups without names, possibly the same ones repeatedly; never added to participants."},
	{"initiatives", "Distinct initiatives with a contribution. " +
		"One may be in several rows: rows do not add up to the total."},
	{"unquantified", "Contributions without a known duration. They add no minutes and no days."},
	{"minutes", "Minutes of volunteering, as far as known. Attendance adds none."},
	{"days", "Minutes of volunteering by the programme's minutes per day, rounded half to even to 0.01. " +
		"Rows may miss the total by the rounding: only minutes add up."},
	{"pending", "Contributions that do not count yet, in none of the other figures."},
}

// NotAdditive lists the measures whose rows do not add up to the total.
var NotAdditive = []string{"participants", "initiatives", "days"}

// Days are volunteer days in hundredths. As text and JSON they are a number with at most two
// decimals: 8.5, 0.07, 120.
type Days int64

// DaysOf is minutes by minutes per day, rounded half to even to hundredths.
func DaysOf(minutes, perDay int64) Days {
	if perDay <= 0 {
		return 0 // before the programme is founded
	}
	whole, rest := minutes/perDay, minutes%perDay*100
	hundredths, rest := rest/perDay, rest%perDay
	if rest*2 > perDay || rest*2 == perDay && (whole*100+hundredths)%2 == 1 {
		hundredths++
	}
	return Days(whole*100 + hundredths)
}

// String is d as a decimal number.
func (d Days) String() string {
	s := strconv.FormatInt(int64(d/100), 10)
	switch rest := d % 100; {
	case rest == 0:
		return s
	case rest%10 == 0:
		return s + fmt.Sprintf(".%d", rest/10)
	default:
		return s + fmt.Sprintf(".%02d", rest)
	}
}

// MarshalJSON is d as a JSON number.
func (d Days) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Days) UnmarshalJSON(b []byte) error {
	whole, fraction := string(b), ""
	for i, c := range b {
		if c == '.' {
			whole, fraction = string(b[:i]), string(b[i+1:])
		}
	}
	n, err1 := strconv.ParseUint(whole, 10, 56)
	f, err2 := strconv.ParseUint((fraction + "00")[:2], 10, 8)
	if err1 != nil || err2 != nil || len(fraction) > 2 {
		return fmt.Errorf("%q is not a number of days with at most two decimals", b)
	}
	*d = Days(n*100 + f)
	return nil
}
