package intake

import (
	"errors"
	"fmt"
	"math/big"
	"strings"

	"sijil/events"
)

// A fault is what is wrong with a value, and what would be right.
type fault struct{ message, allowed string }

func (f *fault) Error() string { return f.message }

func wrong(allowed, format string, args ...any) *fault {
	return &fault{fmt.Sprintf(format, args...), allowed}
}

// A Decimal is how a file writes 1½: 1.5 or 1,5.
type Decimal string

// How decimals are written. Without either, a point is understood where it can't separate thousands.
const (
	Point Decimal = "point"
	Comma Decimal = "comma"
)

// An amount is a quantity as read from a cell: unit and per only where the cell says them.
type amount struct {
	value *big.Rat
	unit  measure
	per   events.Per
	plain bool // nothing but a number
}

const (
	quantityAllowed  = `a number above zero like 3, 0.5, ½ or 1 ½, with or without a unit (2 jours, demi-journée, 7h30, نصف يوم); empty where it is unknown`
	headcountAllowed = `a whole number of people from 1, or empty where a volunteer is named`
	mostDigits       = 12
	mostPeople       = 1_000_000_000
)

// parseQuantity reads an amount of time. typed says that the cell was a number, not a text, so that
// its decimal point is certain.
func parseQuantity(s string, decimal Decimal, typed bool) (amount, *fault) {
	p := &quantityReader{tokens: lex(s), decimal: decimal, typed: typed}
	a, err := p.quantity()
	var f *fault
	switch {
	case errors.As(err, &f):
		if f.allowed == "" {
			f.allowed = quantityAllowed
		}
		return a, f
	case err != nil:
		return a, wrong(quantityAllowed, "%v", err)
	case a.value.Sign() == 0:
		return a, wrong(quantityAllowed, "is zero; leave it empty where it is unknown")
	}
	return a, nil
}

type quantityReader struct {
	tokens  []token
	decimal Decimal
	typed   bool
}

func (p *quantityReader) peek(i int) token {
	if i < len(p.tokens) {
		return p.tokens[i]
	}
	return token{kind: sign}
}

func (p *quantityReader) drop(n int) { p.tokens = p.tokens[n:] }

func (p *quantityReader) word(i int, words ...string) bool {
	t := p.peek(i)
	for _, w := range words {
		if t.kind == word && t.text == w {
			return true
		}
	}
	return false
}

func (p *quantityReader) quantity() (a amount, err error) {
	if len(p.tokens) > 24 {
		return a, errors.New("is not a quantity")
	}
	if unknownWords[p.rest()] || len(p.tokens) == 1 && strings.Contains("-–—?", p.tokens[0].text) {
		return a, errors.New("is not a number; leave the cell empty where the quantity is unknown")
	}
	if t := p.peek(0); t.kind == sign && strings.Contains("-−–", t.text) && p.peek(1).kind == number {
		return a, errors.New("is negative")
	}
	a.plain = true
	if a.value, err = p.amount(); err != nil {
		return a, err
	}
	if done, err := p.clock(&a); done || err != nil {
		return a, err
	}
	half, err := p.plus(a.value)
	if err != nil {
		return a, err
	}
	unit, ok := p.unit()
	if ok {
		a.unit, a.plain = unit, false
		switch {
		case a.value == nil && (unit.alone || unit.quarters != 0):
			a.value = big.NewRat(1, 1)
		case a.value != nil && unit.dual:
			return a, errors.New("has two numbers")
		}
		if p.word(0, "واحد", "واحده") && a.value != nil && a.value.Cmp(big.NewRat(1, 1)) == 0 {
			p.drop(1)
		}
		if half == nil && a.value != nil {
			if half, err = p.plus(a.value); err != nil {
				return a, err
			}
			if half != nil {
				// The half in "two hours and a half" is of the unit, also of a dual.
				half.Quo(half, unit.size())
			}
		}
	}
	if a.value == nil {
		return a, errors.New("is not a quantity")
	}
	if half != nil {
		a.value.Add(a.value, half)
		a.plain = false
	}
	if len(p.tokens) > 0 {
		per, ok := pers[strings.TrimPrefix(p.rest(), "/ ")]
		if !ok {
			return a, p.stray(a)
		}
		a.per, a.plain = per, false
	}
	return a, nil
}

// stray says what is the matter with what is left over.
func (p *quantityReader) stray(a amount) error {
	t := p.peek(0)
	switch {
	case t.kind == number && a.unit.unit != "":
		return errors.New("has two quantities: write one, such as 7h30 or 1,5 jour")
	case t.kind == number:
		return errors.New("may have a space between thousands, which is ambiguous: write the number without")
	case t.kind == sign && (t.text == ":" || t.text == "٬"):
		return errors.New("is ambiguous: write 7h30 for hours and minutes, and no separator between thousands")
	case t.kind == word && a.unit.unit == "":
		return fmt.Errorf("has a unit that is not understood: %s", p.rest())
	}
	return fmt.Errorf("is not a quantity: what does %q mean?", p.rest())
}

func (p *quantityReader) rest() string {
	var words []string
	for _, t := range p.tokens {
		words = append(words, t.text)
	}
	return strings.Join(words, " ")
}

// amount reads a number in digits, in words or as a fraction; nil where there is none.
func (p *quantityReader) amount() (*big.Rat, error) {
	if f := p.fraction(); f != nil {
		return f, nil
	}
	t := p.peek(0)
	if t.kind == word {
		if n, ok := numbers[t.text]; ok {
			p.drop(1)
			return big.NewRat(n, 1), nil
		}
		if q, ok := parts[t.text]; ok && len(p.tokens) == 1 {
			p.drop(1)
			return big.NewRat(q, 4), nil
		}
		return nil, nil
	}
	if t.kind != number {
		return nil, nil
	}
	v, whole, err := p.decimalNumber()
	if err != nil || !whole {
		return v, err
	}
	if p.peek(0).kind == number && p.peek(1).text != "/" {
		return v, nil // a stray number
	}
	if f := p.fraction(); f != nil {
		v.Add(v, f)
	}
	return v, nil
}

var vulgar = map[string]*big.Rat{"½": big.NewRat(1, 2), "¼": big.NewRat(1, 4), "¾": big.NewRat(3, 4),
	"⅓": big.NewRat(1, 3), "⅔": big.NewRat(2, 3), "⅛": big.NewRat(1, 8), "⅜": big.NewRat(3, 8), "⅝": big.NewRat(5, 8), "⅞": big.NewRat(7, 8)}

// fraction reads ½ or 1/2, less than one.
func (p *quantityReader) fraction() *big.Rat {
	if v := vulgar[p.peek(0).text]; v != nil {
		p.drop(1)
		return new(big.Rat).Set(v)
	}
	a, slash, b := p.peek(0), p.peek(1), p.peek(2)
	if a.kind != number || b.kind != number || slash.text != "/" && slash.text != "⁄" || len(a.text) > 2 || len(b.text) > 2 {
		return nil
	}
	v, ok := new(big.Rat).SetString(a.text + "/" + b.text)
	if !ok || v.Cmp(big.NewRat(1, 1)) >= 0 {
		return nil
	}
	p.drop(3)
	return v
}

func (p *quantityReader) decimalNumber() (v *big.Rat, whole bool, err error) {
	whole = true
	text := p.peek(0).text
	p.drop(1)
	sep, frac := p.peek(0), p.peek(1)
	if sep.kind == sign && frac.kind == number && !sep.gap && !frac.gap && strings.Contains(".,،٫٬'’", sep.text) {
		point := sep.text == "."
		comma := sep.text == "," || sep.text == "،"
		three := len(frac.text) == 3 && strings.Trim(text, "0") != "" && len(text) <= 3
		switch {
		case p.typed && point, sep.text == "٫":
		case point && p.decimal == Comma:
			return nil, false, errors.New("has a point, and the map says decimal: comma")
		case comma && p.decimal == Point:
			return nil, false, errors.New("has a comma, and the map says decimal: point")
		case comma && p.decimal == "":
			return nil, false, errors.New("has a comma; write decimal: comma in the map if that is how this file writes decimals")
		case point && p.decimal == "" && three:
			return nil, false, fmt.Errorf("may be %s.%[2]s or %[1]s%[2]s; write decimal: point (or comma) in the map to say how this file writes decimals", text, frac.text)
		case !point && !comma:
			return nil, false, errors.New("has a separator between thousands: write the number without")
		}
		whole = false
		text += "." + frac.text
		p.drop(2)
		if next := p.peek(0); next.kind == sign && !next.gap && p.peek(1).kind == number && strings.Contains(".,،٫٬'’", next.text) {
			return nil, false, errors.New("has separators between thousands: write the number without")
		}
	}
	if len(text) > 40 {
		return nil, false, errors.New("is too long a number")
	}
	v, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil, false, errors.New("is not a number")
	}
	return v, whole, nil
}

// clock reads what follows the hours in 7h30.
func (p *quantityReader) clock(a *amount) (bool, error) {
	if a.value == nil || p.peek(1).kind != number || p.peek(0).kind != word || units[p.peek(0).text].unit != events.Hours {
		return false, nil
	}
	if f := p.peek(2).text; f == "/" || f == "⁄" {
		return false, nil
	}
	minutes := p.peek(1).text
	if !a.value.IsInt() || len(minutes) != 2 || minutes >= "60" {
		return false, errors.New("is not hours and minutes like 7h30 or 7h05")
	}
	p.drop(2)
	if units[p.peek(0).text].unit == events.Minutes && p.peek(0).kind == word {
		p.drop(1)
	}
	m, _ := new(big.Rat).SetString(minutes + "/60")
	a.value.Add(a.value, m)
	a.unit, a.plain = units["h"], false
	if len(p.tokens) > 0 {
		per, ok := pers[strings.TrimPrefix(p.rest(), "/ ")]
		if !ok {
			return false, p.stray(*a)
		}
		a.per = per
	}
	return true, nil
}

// plus reads "et demi", "and a half", "ونصف", or a fraction after the unit.
func (p *quantityReader) plus(value *big.Rat) (*big.Rat, error) {
	if value == nil {
		return nil, nil
	}
	var plus *big.Rat
	n := 0
	if p.word(0, "et", "and", "و") {
		n = 1
		if p.word(1, "a", "un", "une") {
			n = 2
		}
	}
	text, and := p.peek(n).text, n > 0
	if !and {
		text, and = strings.CutPrefix(text, "و")
	}
	if quarters, ok := parts[text]; ok && and {
		plus = big.NewRat(quarters, 4)
		p.drop(n + 1)
	} else if n == 0 {
		plus = p.fraction()
	}
	if plus != nil && !value.IsInt() {
		return nil, errors.New("has two fractions")
	}
	return plus, nil
}

// unit reads a unit, or a part of one.
func (p *quantityReader) unit() (measure, bool) {
	n, quarters := 0, int64(0)
	if q, ok := parts[p.peek(0).text]; ok && p.peek(0).kind == word {
		n, quarters = 1, q
	}
	for p.word(n, "a", "de", "d", "of") && units[p.peek(n+1).text].unit != "" {
		n++
	}
	m, ok := units[p.peek(n).text]
	if !ok || p.peek(n).kind != word || quarters != 0 && m.dual {
		return measure{}, false
	}
	p.drop(n + 1)
	m.quarters = quarters
	return m, true
}

// size is how many of its unit a measure is.
func (m measure) size() *big.Rat {
	q := m.quarters
	if q == 0 {
		q = 4
	}
	return big.NewRat(m.times*q, 4)
}

// parseUnit reads the cell of a unit column.
func parseUnit(s string) (measure, *fault) {
	p := &quantityReader{tokens: lex(s)}
	m, ok := p.unit()
	if !ok || len(p.tokens) > 0 || m.dual {
		return m, wrong("minutes, hours, days, also in French and Arabic (jours, heures, demi-journée, يوم, ساعة, نصف يوم); others with values: in the map", "is not a unit")
	}
	return m, nil
}

// measured combines a quantity with the unit that its column or map says, into the unit of record.
func (a amount) measured(column measure) (*big.Rat, events.Unit, *fault) {
	m := a.unit
	switch {
	case m.unit == "" && column.unit == "":
		return nil, "", wrong("a unit with the number (2 jours), a column with the unit, or unit: in the map", "has no unit")
	case m.unit == "":
		m = column
		if m.quarters != 0 && !a.value.IsInt() {
			return nil, "", wrong("a whole number of such parts, or unit: days", "is a part of a part of a unit")
		}
	case column.unit != "" && (m.unit != column.unit || column.quarters != 0 && m.quarters != column.quarters):
		return nil, "", wrong("one and the same unit", "is in another unit than the unit column says")
	}
	return new(big.Rat).Mul(a.value, m.size()), m.unit, nil
}

// canonical writes v as the ledger does: a decimal in its shortest form, with at most 6 decimals.
// Hours that are no such decimal but whole minutes become minutes.
func canonical(v *big.Rat, unit events.Unit) (string, events.Unit, *fault) {
	s, ok := decimalOf(v)
	if !ok && unit == events.Hours {
		if s, ok = decimalOf(new(big.Rat).Mul(v, big.NewRat(60, 1))); ok {
			unit = events.Minutes
		}
	}
	if !ok {
		return "", "", wrong(quantityAllowed, "is not a decimal number with at most %d digits and 6 decimals", mostDigits)
	}
	return s, unit, nil
}

func decimalOf(v *big.Rat) (string, bool) {
	s := v.FloatString(6)
	if back, ok := new(big.Rat).SetString(s); !ok || back.Cmp(v) != 0 {
		return "", false
	}
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if v.IsInt() {
		s = v.Num().String()
	}
	return s, events.ValidQuantity(s)
}

// parseHeadcount reads a number of people, and whether it said more than the number.
func parseHeadcount(s string) (n int64, plain bool, f *fault) {
	t := lex(s)
	plain = len(t) == 1
	if len(t) == 2 && t[1].kind == word && peopleWords[t[1].text] {
		t = t[:1]
	}
	if len(t) != 1 || t[0].kind != number || len(t[0].text) > 10 {
		return 0, false, wrong(headcountAllowed, "is not a whole number of people")
	}
	for _, c := range t[0].text {
		n = n*10 + int64(c-'0')
	}
	if n < 1 || n > mostPeople {
		return 0, false, wrong(headcountAllowed, "is not a number of people from 1 to %d", mostPeople)
	}
	return n, plain, nil
}
