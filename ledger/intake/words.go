package intake

import (
	"fmt"
	"strings"
	"time"

	"sijil/events"
)

// What cells may say, by what it means. Words are compared without case, accents, hamza forms, ة/ه
// and hyphens ([ledger.Fold]). The package documentation prints the same tables; a test holds them
// together.
var (
	basisTable = []entry[events.Basis]{
		{events.PaidWorkTime, "paid work time, work time, working hours, temps de travail, temps de travail payé, temps de travail rémunéré, heures de travail, pendant le temps de travail, وقت العمل, أثناء وقت العمل, خلال وقت العمل, ساعات العمل, وقت عمل مدفوع الأجر"},
		{events.PaidLeave, "paid leave, congé payé, congés payés, إجازة مدفوعة, إجازة مدفوعة الأجر, عطلة مدفوعة الأجر, رخصة مدفوعة الأجر, رخصة مؤدى عنها"},
		{events.OwnTime, "own time, free time, temps libre, temps personnel, hors temps de travail, hors du temps de travail, وقت خاص, الوقت الخاص, وقت الفراغ, خارج وقت العمل, خارج أوقات العمل"},
		{events.UnknownBasis, "unknown, inconnu, inconnue, non précisé, non précisée, غير معروف, غير معروفة, غير محدد, غير محددة"},
	}
	roleTable = []entry[events.Role]{
		{events.Volunteering, "volunteering, volunteer, bénévolat, bénévole, volontariat, volontaire, تطوع, متطوع, متطوعة, عمل تطوعي"},
		{events.Attendance, "attendance, attendee, présence, présent, présente, حضور, حاضر, حاضرة"},
	}
	perTable = []entry[events.Per]{
		{events.PerPerson, "person, per person, each, par personne, personne, par pers, pers, chacun, chacune, par tête, par bénévole, par volontaire, للفرد, لكل فرد, للشخص, لكل شخص, لكل واحد, لكل متطوع"},
		{events.PerGroup, "group, per group, for the group, in all, groupe, par groupe, pour le groupe, collectif, en tout, au total, للمجموعة, للمجموعة كلها, مجموعة, جماعي, في المجموع"},
	}
	// unitTable is what a quantity counts: one of the unit, the dual (Arabic), or alone, where the
	// word without a number means one.
	unitTable = []entry[measure]{
		{measure{unit: events.Minutes, times: 1}, "minutes, min, mins, mn, دقائق"},
		{measure{unit: events.Minutes, times: 1, alone: true}, "minute, دقيقة"},
		{measure{unit: events.Minutes, times: 2, alone: true, dual: true}, "دقيقتان, دقيقتين"},
		{measure{unit: events.Hours, times: 1}, "hours, h, hr, hrs, heures, ساعات"},
		{measure{unit: events.Hours, times: 1, alone: true}, "hour, heure, ساعة"},
		{measure{unit: events.Hours, times: 2, alone: true, dual: true}, "ساعتان, ساعتين"},
		{measure{unit: events.Days, times: 1}, "days, d, jours, j, jr, jrs, journées, أيام"},
		{measure{unit: events.Days, times: 1, alone: true}, "day, jour, journée, يوم, يوما"},
		{measure{unit: events.Days, times: 2, alone: true, dual: true}, "يومان, يومين"},
	}
	// partTable is in quarters: half a day, demi-journée, نصف يوم.
	partTable = []entry[int64]{
		{2, "half, demi, demie, demis, demies, نصف"},
		{1, "quarter, quart, ربع"},
	}
	// numberTable is the numbers that people write in words before a unit.
	numberTable = []entry[int64]{
		{1, "a, an, one, un, une, واحد, واحدة"},
		{2, "two, deux"},
		{3, "three, trois, ثلاثة, ثلاث"},
		{4, "four, quatre, أربعة, أربع"},
		{5, "five, cinq, خمسة, خمس"},
		{6, "six, ستة, ست"},
		{7, "seven, sept, سبعة, سبع"},
		{8, "eight, huit, ثمانية, ثماني, ثمان"},
		{9, "nine, neuf, تسعة, تسع"},
		{10, "ten, dix, عشرة, عشر"},
	}
	peopleWords  = set("people, persons, person, personne, personnes, pers, participant, participants, participante, participantes, bénévole, bénévoles, volontaire, volontaires, volunteer, volunteers, شخص, شخصا, أشخاص, فرد, فردا, أفراد, متطوع, متطوعا, متطوعة, متطوعين, متطوعون, مشارك, مشاركا, مشاركين")
	unknownWords = set("na, n.a., n/a, nd, n.d., n/d, nc, n.c., nr, null, none, nan, inconnu, unknown, غير معروف, لا يوجد")

	// monthTable has the months as written in French and English, in the Maghreb, in Egypt and in
	// the Levant.
	monthTable = []entry[time.Month]{
		{time.January, "janvier, janv, jan, january, يناير, جانفي, كانون الثاني"},
		{time.February, "février, févr, fév, feb, february, فبراير, فيفري, شباط"},
		{time.March, "mars, mar, march, مارس, آذار"},
		{time.April, "avril, avr, apr, april, أبريل, إبريل, أفريل, نيسان"},
		{time.May, "mai, may, ماي, مايو, أيار"},
		{time.June, "juin, jun, june, يونيو, يونيه, جوان, حزيران"},
		{time.July, "juillet, juil, jul, july, يوليوز, يوليو, يوليه, جويلية, تموز"},
		{time.August, "août, aou, aug, august, غشت, أغسطس, أوت, آب"},
		{time.September, "septembre, sept, sep, september, شتنبر, سبتمبر, أيلول"},
		{time.October, "octobre, oct, october, أكتوبر, تشرين الأول"},
		{time.November, "novembre, nov, november, نونبر, نوفمبر, تشرين الثاني"},
		{time.December, "décembre, déc, dec, december, دجنبر, ديسمبر, كانون الأول"},
	}
	weekdayTable = []entry[time.Weekday]{
		{time.Sunday, "dimanche, sunday, الأحد"},
		{time.Monday, "lundi, monday, الاثنين, الإثنين"},
		{time.Tuesday, "mardi, tuesday, الثلاثاء"},
		{time.Wednesday, "mercredi, wednesday, الأربعاء"},
		{time.Thursday, "jeudi, thursday, الخميس"},
		{time.Friday, "vendredi, friday, الجمعة"},
		{time.Saturday, "samedi, saturday, السبت"},
	}
	// dateWords say nothing in a date.
	dateWords = set("le, l, du, de, of, the, year, année, an, mois, month, er, st, nd, rd, th, يوم, شهر, سنة, عام, من, م")
)

var (
	bases    = index(basisTable)
	roles    = index(roleTable)
	pers     = index(perTable)
	units    = index(unitTable)
	parts    = index(partTable)
	numbers  = index(numberTable)
	months   = index(monthTable)
	weekdays = index(weekdayTable)
)

type entry[T any] struct {
	means T
	words string // separated by commas
}

// A measure is what a unit word counts: 2 days for يومان, half a day for demi-journée.
type measure struct {
	unit     events.Unit
	times    int64
	quarters int64 // of times; 0 means all four
	alone    bool  // means one without a number
	dual     bool  // has its number in itself
}

func index[T comparable](table []entry[T]) map[string]T {
	m := make(map[string]T)
	for _, e := range table {
		for w := range strings.SplitSeq(e.words, ", ") {
			p := phrase(w)
			if before, twice := m[p]; twice && before != e.means {
				panic(fmt.Sprintf("intake: %q means two things", w))
			}
			m[p] = e.means
		}
	}
	return m
}

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.SplitSeq(words, ", ") {
		m[phrase(w)] = true
	}
	return m
}

// choose reads one of a few values: as the ledger writes it, or as people do.
func choose[T ~string](s string, all []T, words map[string]T) (T, *fault) {
	for _, v := range all {
		if s == string(v) {
			return v, nil
		}
	}
	if v, ok := words[phrase(s)]; ok {
		return v, nil
	}
	allowed := make([]string, len(all))
	for i, v := range all {
		allowed[i] = string(v)
	}
	return "", &fault{"is not understood", strings.Join(allowed, ", ") + " and common French and Arabic words for them; " +
		"others with values: in the map"}
}
