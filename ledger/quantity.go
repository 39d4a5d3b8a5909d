package ledger

import (
	"math/big"
	"strings"

	"sijil/events"
)

// minutesOf is the total of a quantity in minutes, and whether it was rounded (half to even) to a
// whole one. A quantity per person counts for each of people; a day has perDay minutes.
func minutesOf(quantity string, unit events.Unit, per events.Per, people, perDay int64) (minutes int64, rounded bool, err error) {
	if !events.ValidQuantity(quantity) {
		return 0, false, refuse(BadQuantity, "quantity", "%q is not a decimal number above zero with at most 6 decimals", quantity).
			hint("write 0.5, 3 or 7.25, without zeros at its end; leave it out where it is unknown")
	}
	q, _ := new(big.Rat).SetString(quantity)
	factor := map[events.Unit]int64{events.Minutes: 1, events.Hours: 60, events.Days: perDay}[unit]
	if factor == 0 {
		return 0, false, refuse(BadValue, "unit", "%q is not minutes, hours or days", unit).hint("write one of them")
	}
	switch per {
	case events.PerPerson:
		factor *= people
	case events.PerGroup:
	default:
		return 0, false, refuse(BadValue, "per", "%q is not person or group", per).hint("write one of them")
	}
	q.Mul(q, new(big.Rat).SetInt64(factor))
	n, ok := roundHalfEven(q)
	switch {
	case !ok:
		return 0, false, refuse(BadQuantity, "quantity", "%s %s are more minutes than can be counted", quantity, unit).hint("is it another figure?")
	case n == 0:
		return 0, false, refuse(BadQuantity, "quantity", "%s %s are less than half a minute", quantity, unit).hint("leave the quantity out where it is unknown")
	}
	return n, !q.IsInt(), nil
}

func roundHalfEven(q *big.Rat) (int64, bool) {
	n, rest := new(big.Int).QuoRem(q.Num(), q.Denom(), new(big.Int))
	twice := rest.Lsh(rest, 1)
	if c := twice.Cmp(q.Denom()); c > 0 || c == 0 && n.Bit(0) == 1 {
		n.Add(n, big.NewInt(1))
	}
	return n.Int64(), n.IsInt64()
}

// allowed lists values for a message.
func allowed[T ~string](values []T) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = string(v)
	}
	return strings.Join(s, ", ")
}
