package intake

import (
	"strings"
	"testing"

	"sijil/events"
)

func TestQuantity(t *testing.T) {
	tests := []struct {
		cell    string
		decimal Decimal
		want    string // quantity, unit and per; or what the refusal says
	}{
		{"3", "", "3"}, {"80", "", "80"}, {"٨", "", "8"}, {"۸", "", "8"}, {"0.5", "", "0.5"}, {"0.500", "", "0.5"},
		{"1,5", Comma, "1.5"}, {"1,500", Comma, "1.5"}, {"1.500", Point, "1.5"}, {"١،٥", Comma, "1.5"},
		{"٠٫٥", "", "0.5"}, {"1٫25", Point, "1.25"}, {"007", "", "7"},
		{"½", "", "0.5"}, {"¼", "", "0.25"}, {"1 ½", "", "1.5"}, {"1½", "", "1.5"}, {"1/2", "", "0.5"}, {"1 1/2 j", "", "1.5 days"}, {"1⁄2", "", "0.5"},
		{"demi", "", "0.5"}, {"نصف", "", "0.5"}, {"½ j", "", "0.5 days"}, {"½\u00a0journée", "", "0.5 days"}, {"0,5j", Comma, "0.5 days"},
		{"demi-journée", "", "0.5 days"}, {"Demi journee", "", "0.5 days"}, {"une demi-journée", "", "0.5 days"}, {"1 demi‐journée", "", "0.5 days"},
		{"3 demi-journées", "", "1.5 days"}, {"half a day", "", "0.5 days"}, {"quart de journée", "", "0.25 days"}, {"ربع يوم", "", "0.25 days"},
		{"نصف يوم", "", "0.5 days"}, {"نِصْف يَوْم", "", "0.5 days"}, {"يوم", "", "1 days"}, {"يوم واحد", "", "1 days"}, {"يومان", "", "2 days"}, {"يومين", "", "2 days"},
		{"يوم ونصف", "", "1.5 days"}, {"يومان ونصف", "", "2.5 days"}, {"يوم و نصف", "", "1.5 days"}, {"ثلاثة أيام", "", "3 days"}, {"٢ أيام", "", "2 days"},
		{"2 jours et demi", "", "2.5 days"}, {"un jour et demi", "", "1.5 days"}, {"one and a half days", "", "1.5 days"}, {"1 jour ½", "", "1.5 days"},
		{"journée", "", "1 days"}, {"3 h", "", "3 hours"}, {"7h30", "", "7.5 hours"}, {"7 h 30 min", "", "7.5 hours"}, {"7h20", "", "440 minutes"},
		{"90 min", "", "90 minutes"}, {"٤٥ دقيقة", "", "45 minutes"}, {"ساعة ونصف", "", "1.5 hours"}, {"deux heures et demie", "", "2.5 hours"}, {"٣ ساعات", "", "3 hours"},
		{"½ j/pers", "", "0.5 days person"}, {"½ journée par personne", "", "0.5 days person"}, {"30 jours pour le groupe", "", "30 days group"},
		{"٣ أيام للفرد", "", "3 days person"}, {"نصف يوم للمجموعة", "", "0.5 days group"}, {"7h30 par personne", "", "7.5 hours person"},
		{"0.000001", "", "0.000001"}, {"999999999999", "", "999999999999"},

		{"0", "", "is zero"}, {"0,0", Comma, "is zero"}, {"-1", "", "is negative"}, {"−1", "", "is negative"}, {"+1", "", "not a quantity"},
		{"NA", "", "leave the cell empty"}, {"n/a", "", "leave the cell empty"}, {"N.A.", "", "leave the cell empty"}, {"-", "", "leave the cell empty"}, {"?", "", "leave the cell empty"},
		{"0,5", "", "decimal: comma"}, {"0,5", Point, "the map says decimal: point"}, {"0.5", Comma, "the map says decimal: comma"},
		{"1.500", "", "may be 1.500 or 1500"}, {"1 500", "", "between thousands"}, {"1'500", Point, "between thousands"}, {"1٬500", Point, "between thousands"},
		{"1.500.000", Point, "between thousands"}, {"1,500.5", Comma, "between thousands"}, {"7:30", "", "write 7h30"}, {"7h5", "", "7h30 or 7h05"}, {"7h60", "", "7h30 or 7h05"},
		{"2 semaines", "", "a unit that is not understood: semaines"}, {"2j 3h", "", "two quantities"}, {"½½", "", "two fractions"}, {"2 يومان", "", "two numbers"},
		{"h", "", "not a quantity"}, {"jours", "", "not a quantity"}, {"1/3", "", "6 decimals"}, {"0.0000001", "", "6 decimals"}, {"1000000000000", "", "12 digits"},
		{"3/2", "", "not a quantity"}, {"", "", "not a quantity"}, {"1e3", "", "not understood"}, {strings.Repeat("9", 50), "", "too long"},
	}
	for _, tt := range tests {
		got := readQuantity(tt.cell, tt.decimal)
		if got != tt.want && !(strings.Contains(got, "!") && strings.Contains(got, tt.want)) {
			t.Errorf("%q, decimal %q: got %q, want %q", tt.cell, tt.decimal, got, tt.want)
		}
	}
}

// readQuantity is a quantity as text; of a bad one ! and what is wrong.
func readQuantity(cell string, decimal Decimal) string {
	a, f := parseQuantity(cell, decimal, false)
	if f != nil {
		return "!" + f.message
	}
	column := a.unit
	if column.unit == "" {
		column = units["days"]
	}
	v, unit, f := a.measured(column)
	if f != nil {
		return "!" + f.message
	}
	s, unit, f := canonical(v, unit)
	if f != nil {
		return "!" + f.message
	}
	if a.unit.unit != "" {
		s += " " + string(unit)
	}
	return strings.TrimSpace(s + " " + string(a.per))
}

func TestUnitColumn(t *testing.T) {
	tests := []struct{ cell, unit, want string }{
		{"3", "jours", "3 days"}, {"3", "demi-journée", "1.5 days"}, {"3", "نصف يوم", "1.5 days"}, {"3 jours", "days", "3 days"}, {"demi-journée", "jours", "0.5 days"},
		{"2 demi-journées", "demi-journée", "1 days"}, {"7h30", "heures", "7.5 hours"}, {"7h20", "heures", "440 minutes"}, {"20", "h", "20 hours"}, {"٣", "ساعات", "3 hours"},
		{"3 h", "jours", "another unit"}, {"3 jours", "demi-journée", "another unit"}, {"½", "demi-journée", "part of a part"}, {"3", "", "no unit"}, {"3", "semaines", "not a unit"},
	}
	for _, tt := range tests {
		got := func() string {
			var column measure
			if tt.unit != "" {
				var f *fault
				if column, f = parseUnit(tt.unit); f != nil {
					return f.message
				}
			}
			a, f := parseQuantity(tt.cell, "", false)
			if f != nil {
				return f.message
			}
			v, unit, f := a.measured(column)
			if f != nil {
				return f.message
			}
			s, unit, _ := canonical(v, unit)
			return s + " " + string(unit)
		}()
		if got != tt.want && !strings.Contains(got, tt.want) {
			t.Errorf("%q in a column of %q: got %q, want %q", tt.cell, tt.unit, got, tt.want)
		}
	}
}

func TestHeadcount(t *testing.T) {
	for cell, want := range map[string]int64{"60": 60, "٦٠": 60, "60 personnes": 60, "60 شخصا": 60, "1": 1, "007": 7, "1000000000": 1_000_000_000,
		"NA": 0, "0": 0, "-3": 0, "60,5": 0, "1 416": 0, "1.416": 0, "60 jours": 0, "": 0, "soixante": 0, "1000000001": 0, "99999999999999999999": 0} {
		got, _, f := parseHeadcount(cell)
		if got != want || (f == nil) != (want > 0) {
			t.Errorf("%q: got %d, %v; want %d", cell, got, f, want)
		}
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		cell  string
		order Order
		want  string
	}{
		{"2019", "", "2019"}, {"2019-11", "", "2019-11"}, {"2019-11-23", "", "2019-11-23"}, {"2019-11-23", DMY, "2019-11-23"}, {"2019/3/4", MDY, "2019-03-04"}, {"2019.03.04", ISO, "2019-03-04"},
		{"٢٠١٩-١١-٢٣", "", "2019-11-23"}, {"۲۰۱۹", "", "2019"}, {"20191123", ISO, "2019-11-23"}, {"2019-11-04/2019-11-15", "", "2019-11-04/2019-11-15"},
		{"03/04/2020", DMY, "2020-04-03"}, {"03/04/2020", MDY, "2020-03-04"}, {"3-4-2020", DMY, "2020-04-03"}, {"3.4.2020", DMY, "2020-04-03"}, {"٢٣/١١/٢٠١٩", DMY, "2019-11-23"},
		{"23 / 11 / 2019", DMY, "2019-11-23"}, {"\u200f23/11/2019\u200f", DMY, "2019-11-23"}, {"11/2019", "", "2019-11"}, {"29/02/2020", DMY, "2020-02-29"},
		{"novembre 2019", "", "2019-11"}, {"nov. 2019", "", "2019-11"}, {"NOVEMBRE 2019", "", "2019-11"}, {"23 nov. 2019", "", "2019-11-23"}, {"1er mars 2020", "", "2020-03-01"}, {"fevrier 2019", "", "2019-02"},
		{"le mardi 3 mars 2020", "", "2020-03-03"}, {"23-nov-2019", "", "2019-11-23"}, {"March 3, 2020", "", "2020-03-03"}, {"3rd of March 2020", "", "2020-03-03"},
		{"مارس 2019", "", "2019-03"}, {"٣ مارس ٢٠٢٠", "", "2020-03-03"}, {"يوم الثلاثاء 3 مارس 2020", "", "2020-03-03"}, {"غشت 2019", "", "2019-08"}, {"شتنبر 2019", "", "2019-09"}, {"نونبر 2019", "", "2019-11"},
		{"دجنبر 2019", "", "2019-12"}, {"يوليوز 2019", "", "2019-07"}, {"ماي 2019", "", "2019-05"}, {"أكتوبر 2019", "", "2019-10"}, {"كانون الثاني 2020", "", "2020-01"}, {"3 تشرين الأول 2019", "", "2019-10-03"},
		{"آب 2019", "", "2019-08"}, {"سنة 2018", "", "2018"}, {"année 2018", "", "2018"},
		{"2019-11-23 00:00:00", "", "2019-11-23"}, {"2019-11-23T00:00:00Z", "", "2019-11-23"}, {"23/11/2019 08:30", DMY, "2019-11-23 (left out the time of day)"},

		{"03/04/2020", "", `is ambiguous, 2020-04-03 or 2020-03-04: write "dates: dmy"`}, {"03/04/2020", ISO, "is ambiguous"}, {"23/11/2019", "", `has the day first: write "dates: dmy"`},
		{"11/23/2019", "", `has the month first: write "dates: mdy"`}, {"3/3/2020", "", "an order that the map does not say"}, {"23/11/2019", MDY, `no month 23; the map says "dates: mdy"`},
		{"12/01/20", DMY, "two digits"}, {"nov-19", "", "no year of four digits"}, {"3 mars 20", "", "two digits"}, {"31/02/2020", DMY, "no day of the calendar"}, {"29 février 2019", "", "no day"},
		{"2019-13", "", "no such month"}, {"2019-20", "", "split it"}, {"2019/2020", "", "not a date"}, {"43792", "", "format the cell as a date"}, {"20191123", "", "not a date"},
		{"lundi 3 mars 2020", "", "was a Tuesday"}, {"3 brumaire 2019", "", `"brumaire" is no month`}, {"2019-11-22T23:00:00Z", "", "time zone"}, {"2019-11-22T00:00:00+05:00", "", "time zone"},
		{"2019-12-28/2020-01-03", "", "across a year"}, {"2019-11-15/2019-11-04", "", "before it begins"}, {"NA", "", "not a date"}, {"3 mars", "", "no year of four digits"}, {"mars", "", "not a date"}, {"0001", "", "no day"},
		{"3 mars avril 2020", "", "not a date"}, {"3 4 mars 2020", "", "not a date"},
	}
	for _, tt := range tests {
		d, note, f := parseDate(tt.cell, tt.order)
		got := string(d)
		if note != "" {
			got += " (" + note + ")"
		}
		if f != nil {
			got = "!" + f.message
		}
		if got != tt.want && !(f != nil && strings.Contains(got, tt.want)) {
			t.Errorf("%q, dates: %q: got %q, want %q", tt.cell, tt.order, got, tt.want)
		}
	}
}

func TestInterval(t *testing.T) {
	for _, tt := range []struct{ from, to, want string }{
		{"2019-11-04", "2019-11-15", "2019-11-04/2019-11-15"}, {"2019-11-04", "2019-11-04", "2019-11-04"},
		{"2019-11", "2019-11-15", "whole day"}, {"2019-11-04", "2019", "whole day"}, {"2019-12-28", "2020-01-03", "split it"}, {"2019-11-04", "2019-11-03", "before it begins"},
	} {
		d, f := interval(events.Date(tt.from), events.Date(tt.to))
		if got := string(d); got != tt.want && (f == nil || !strings.Contains(f.message, tt.want)) {
			t.Errorf("%s to %s: got %s, %v", tt.from, tt.to, d, f)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"  Ben\u00a0Guérir ": "Ben Guérir", "Gue\u0301rir": "Guérir", "a\u200bb": "ab", "a\r\n\tb": "a b", "\ufeffx": "x", "Nb\njours": "Nb jours", "a\u202f1": "a 1",
		"\u200fمرحبا": "\u200fمرحبا",
	} {
		if got, bad := clean(in); got != want || bad != 0 {
			t.Errorf("clean(%q) = %q, %U; want %q", in, got, bad, want)
		}
	}
	for _, r := range []rune{0, 7, 0x1b, 0x7f, 0x85, 0x202a, 0x202e, 0x2066, 0x2069, 0xfffd} {
		if _, bad := clean("a" + string(r) + "b"); bad != r {
			t.Errorf("clean accepts %U", r)
		}
	}
	if got := code("\u200f١٢٣-ب\u200e"); got != "123-ب" {
		t.Errorf("code: %q", got)
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2019-11-23", "3 mars 2020", "٢٣/١١/٢٠١٩", "2019-11-04/2019-11-15", "كانون الثاني 2020", "2019-11-23T08:30:00Z"} {
		f.Add(s, 1)
	}
	f.Fuzz(func(t *testing.T, s string, order int) {
		orders := []Order{"", ISO, DMY, MDY}
		d, _, fault := parseDate(s, orders[uint(order)%4])
		if fault != nil {
			return
		}
		if _, err := d.Span(); err != nil {
			t.Errorf("%q is read as %q: %v", s, d, err)
		}
		again, _, fault := parseDate(string(d), orders[uint(order)%4])
		if fault != nil || again != d {
			t.Errorf("%q is read as %q, and that as %q, %v", s, d, again, fault)
		}
	})
}

func FuzzQuantity(f *testing.F) {
	for _, s := range []string{"½ j", "1 1/2", "7h30", "يومان ونصف", "1,5", "30 jours pour le groupe", "trois quarts"} {
		f.Add(s, 1, true)
	}
	f.Fuzz(func(t *testing.T, s string, decimal int, typed bool) {
		a, fault := parseQuantity(s, []Decimal{"", Point, Comma}[uint(decimal)%3], typed)
		if fault != nil {
			return
		}
		if a.value.Sign() <= 0 {
			t.Fatalf("%q is read as %s", s, a.value)
		}
		for _, column := range []string{"", "minutes", "jours", "demi-journée"} {
			v, unit, fault := a.measured(units[column])
			if fault != nil {
				continue
			}
			q, _, fault := canonical(v, unit)
			if fault == nil && !events.ValidQuantity(q) {
				t.Errorf("%q is read as %q", s, q)
			}
		}
		parseHeadcount(s)
	})
}
