package ledger

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sijil/events"
)

func TestMinutesOf(t *testing.T) {
	for _, c := range []struct {
		quantity string
		unit     events.Unit
		per      events.Per
		people   int64
		minutes  int64
		rounded  bool
	}{
		{"3", events.Hours, events.PerPerson, 1, 180, false},
		{"0.5", events.Days, events.PerPerson, 60, 60 * 240, false},
		{"0.5", events.Days, events.PerGroup, 60, 240, false},
		{"7.25", events.Hours, events.PerPerson, 2, 870, false},
		{"1.5", events.Minutes, events.PerPerson, 1, 2, true}, // half to even, upwards
		{"2.5", events.Minutes, events.PerPerson, 1, 2, true}, // and downwards
		{"2.5", events.Minutes, events.PerPerson, 2, 5, false},
		{"2.500001", events.Minutes, events.PerPerson, 1, 3, true},
		{"0.333333", events.Hours, events.PerPerson, 1, 20, true},
		{"0.333333", events.Days, events.PerPerson, 3, 480, true},
		{"0.500001", events.Minutes, events.PerGroup, 9, 1, true},
		{"999999999999.999999", events.Minutes, events.PerPerson, 1, 1_000_000_000_000, true},
	} {
		got, rounded, err := minutesOf(c.quantity, c.unit, c.per, c.people, 480)
		if got != c.minutes || rounded != c.rounded || err != nil {
			t.Errorf("%s %s per %s of %d: %d, %v, %v; want %d, %v", c.quantity, c.unit, c.per, c.people, got, rounded, err, c.minutes, c.rounded)
		}
	}
	for _, bad := range []string{"", "0", "0.0", "-1", "+1", "1.0", "01", ".5", "5.", "1,5", "1e3", "0x10", " 1", "1/2", "٣", "1.0000001", "1000000000000", "NaN"} {
		if _, _, err := minutesOf(bad, events.Hours, events.PerPerson, 1, 480); !errors.Is(err, BadQuantity) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// Against a reference that rounds by comparing the two nearest whole numbers.
func TestMinutesOfIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		micros := rapid.OneOf(rapid.Int64Range(1, 999_999_999_999_999_999), rapid.Int64Range(1, 100_000_000)).Draw(t, "micros")
		quantity := strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%d.%06d", micros/1_000_000, micros%1_000_000), "0"), ".")
		unit := rapid.SampledFrom(events.Units).Draw(t, "unit")
		per := rapid.SampledFrom(events.Pers).Draw(t, "per")
		people := rapid.Int64Range(1, maxHeadcount).Draw(t, "people")
		perDay := rapid.Int64Range(1, 1440).Draw(t, "minutes per day")

		exact := big.NewRat(micros, 1_000_000)
		for _, factor := range []int64{
			map[events.Unit]int64{events.Minutes: 1, events.Hours: 60, events.Days: perDay}[unit],
			map[events.Per]int64{events.PerPerson: people, events.PerGroup: 1}[per],
		} {
			exact.Mul(exact, new(big.Rat).SetInt64(factor))
		}
		below := new(big.Int).Div(exact.Num(), exact.Denom())
		above := new(big.Int).Add(below, big.NewInt(1))
		down := new(big.Rat).Sub(exact, new(big.Rat).SetInt(below))
		up := new(big.Rat).Sub(new(big.Rat).SetInt(above), exact)
		want := below
		if c := up.Cmp(down); c < 0 || c == 0 && below.Bit(0) == 1 {
			want = above
		}

		got, rounded, err := minutesOf(quantity, unit, per, people, perDay)
		switch {
		case !want.IsInt64() || want.Sign() == 0:
			if !errors.Is(err, BadQuantity) {
				t.Fatalf("%s minutes: %d, %v", want, got, err)
			}
		case err != nil || got != want.Int64() || rounded == exact.IsInt():
			t.Fatalf("%s %s per %s of %d: %d, %v, %v; want %s", quantity, unit, per, people, got, rounded, err, want)
		}
	})
}

// The median is within 5 % of the lower median, whatever came and went.
func TestMedian(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h histogram
		var values []int64
		for _, v := range rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 60).Draw(t, "values") {
			if len(values) > 0 && v%3 == 0 {
				h.add(values[0], -1)
				values = values[1:]
			}
			h.add(v, 1)
			values = append(values, v)
		}
		var again histogram
		if err := again.Decode(h.Encode()); err != nil || string(again.Encode()) != string(h.Encode()) {
			t.Fatalf("decodes to something else: %v", err)
		}
		got, n := again.median()
		below, above := 0, 0
		for _, v := range values {
			switch v = twoDigits(v); {
			case v < got:
				below++
			case v > got:
				above++
			}
		}
		if n != int64(len(values)) || 2*below >= len(values) || 2*above > len(values) {
			t.Fatalf("median %d of %d: %d below, %d above of %d", got, n, below, above, len(values))
		}
	})
}
