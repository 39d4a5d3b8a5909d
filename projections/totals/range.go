package totals

import (
	"fmt"
	"strings"

	"sijil/events"
)

// A span is the months that contributions must lie wholly inside, first and last included.
type span struct{ first, last month }

// within reads From and To.
func within(from, to string) (s span, err error) {
	s = span{0, 1 << 30}
	if from != "" {
		if s.first, err = edge("from", from); err != nil {
			return s, err
		}
	}
	if to != "" {
		if s.last, err = edge("to", to); err != nil {
			return s, err
		}
	}
	if s.first > s.last {
		return s, &QueryError{Field: "from", Value: from, Reason: fmt.Sprintf("is later than to (%s)", to)}
	}
	return s, nil
}

// edge is the month that a range begins or ends with.
func edge(field, date string) (month, error) {
	refuse := func(reason string) (month, error) {
		return 0, &QueryError{Field: field, Value: date, Reason: reason}
	}
	is, err := events.Date(date).Span()
	if err != nil || strings.Contains(date, "/") {
		return refuse("is not a date like 2019, 2019-03 or 2019-03-01")
	}
	month := monthOf(is.Year, int(is.From))
	if field == "to" {
		month = monthOf(is.Year, int(is.To))
	}
	if len(date) == len("2019-03-01") {
		firstDay, lastDay := events.DayOf(is.Year, is.From, 1), events.DayOf(is.Year, is.From+1, 0)
		switch {
		case field == "from" && is.First != firstDay:
			return refuse(fmt.Sprintf("is inside a month, and totals are kept by month: begin with %s", firstDay))
		case field == "to" && is.Last != lastDay:
			return refuse(fmt.Sprintf("is inside a month, and totals are kept by month: end with %s", lastDay))
		}
	}
	return month, nil
}
