package totals

import (
	"bytes"
	"slices"

	"github.com/go-json-experiment/json"

	"sijil/events"
	"sijil/projections"
)

// A month is a calendar month: 12 for each year, and 0 to 11. The zero month is before all others.
type month int32

func monthOf(year int, m int) month { return month(year*12 + m - 1) }

// versions are what a thing is, and was, each from a month on; the first holds before that as well.
// Without changes of mode from_effective there is one.
type versions[T any] []version[T]

type version[T any] struct {
	From month `json:"from,omitzero"`
	Is   T     `json:"is"`
}

// at is what the thing is in a month; v MUST NOT be empty.
func (v versions[T]) at(m month) T {
	i := len(v) - 1
	for i > 0 && v[i].From > m {
		i--
	}
	return v[i].Is
}

// newest is what the thing is now.
func (v versions[T]) newest() T { return v[len(v)-1].Is }

// from makes the thing be t from a month on; month 0 is for all time.
func (v versions[T]) from(m month, t T) versions[T] {
	if len(v) == 0 || m == 0 {
		return versions[T]{{Is: t}}
	}
	keep := 1
	for keep < len(v) && v[keep].From < m {
		keep++
	}
	return append(v[:keep:keep], version[T]{m, t})
}

// begin is the month from which a change holds, 0 where it restates everything, remembered among the
// months at which something changes.
func begin(rows *projections.Rows, mode events.Mode, effective events.Date) (month, error) {
	if mode != events.FromEffective {
		return 0, nil
	}
	span, err := effective.Span()
	if err != nil {
		return 0, err
	}
	m := monthOf(span.Year, int(span.From))
	known, _ := getJSON[[]month](rows, effectiveKey)
	if i, found := slices.BinarySearch(known, m); !found {
		putJSON(rows, effectiveKey, slices.Insert(known, i, m))
	}
	return m, nil
}

func putJSON(rows *projections.Rows, key []byte, v any) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(err) // plain structs of this package and of events, read from valid JSON
	}
	rows.Put(key, b)
}

// getJSON reads a row. A value that is not what was written is damage, see [projections.ErrDamaged].
func getJSON[T any](v projections.View, key []byte) (t T, ok bool) {
	b := v.Get(key)
	if b == nil {
		return t, false
	}
	return parse[T](key, b), true
}

func parse[T any](key, value []byte) (t T) {
	if err := json.Unmarshal(value, &t); err != nil {
		panic(&projections.DamageError{Key: bytes.Clone(key), Err: err})
	}
	return t
}
