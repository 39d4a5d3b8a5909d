package demo

import (
	"fmt"
	"slices"
	"sync"

	"sijil/cmd/internal/morocco"
	"sijil/events"
)

// A line is one kind of initiative: of one type, in several places.
type line struct {
	code       string
	typ        string
	ar, fr, en string // what it is called, before the place
	body       string
	partner    string
	weight     int // how much is given to each of its initiatives, compared with others
	at         []where
}

// A where is one initiative of a line. A month is counted from the programme's first, 0.
type where struct {
	places []string // several: one initiative in several places
	opened int
	closed int    // 0: goes on
	was    string // the type it was opened with, where that was wrong
	mended int    // the month in which that was noticed
}

// from is an initiative that goes on from a month.
func from(opened int, places ...string) where { return where{places: places, opened: opened} }

// lines are the nine of the article, in the places that it names and in some more, then others.
var lines = []line{
	// Business incubators for the industrial ecosystem.
	{"incubator", "ECO-INC", "حاضنة أعمال", "Incubateur", "Business incubator", "UM6P", "", 3,
		[]where{from(0, "khouribga"), from(4, "ben-guerir"), from(7, "jorf-lasfar"), from(13, "safi")}},
	// Promising crops such as quinoa, at Youssoufia and in Rehamna.
	{"quinoa", "AGR-CRP", "زراعة الكينوا", "Filière quinoa", "Quinoa value chain", "OCP Foundation", "", 9,
		[]where{from(0, "MA-YUS", "MA-REH")}},
	// Mine-land rehabilitation.
	{"mine-land", "AGR-LND", "تأهيل الأراضي المنجمية", "Réhabilitation des terrains miniers", "Mine-land rehabilitation", "OCP Foundation", "", 5,
		[]where{from(0, "gantour"), from(2, "khouribga"), {places: []string{"boucraa"}, opened: 6, was: "PRX-ACT", mended: 11}}},
	// The social and solidarity economy.
	{"cooperatives", "ECO-SSE", "مواكبة التعاونيات", "Appui aux coopératives", "Support to cooperatives", "OCP Foundation", "", 2,
		[]where{from(0, "MA-YUS"), from(1, "MA-KHO"), from(3, "MA-AZI"), from(5, "MA-TAR"), from(8, "MA-ERR"), from(10, "MA-CHE"), from(14, "MA-GUE")}},
	// Skills centres.
	{"skills", "EMP-SKL", "مركز الكفاءات", "Centre de compétences", "Skills centre", "OCP Foundation", "", 4,
		[]where{from(1, "khouribga"), from(3, "youssoufia"), from(9, "laayoune"), {places: []string{"safi"}, opened: 5, was: "EMP-JOB", mended: 16}}},
	// Platforms of social innovation for young people.
	{"platform", "SOC-PLT", "منصة الابتكار الاجتماعي للشباب", "Plateforme d’innovation sociale", "Youth social-innovation platform", "UM6P", "", 4,
		[]where{from(2, "khouribga"), from(4, "ben-guerir"), {places: []string{"youssoufia"}, opened: 7, was: "SOC-TAL", mended: 14}}},
	// Cultural, sports and educational programmes; Jr. NBA at Khouribga, Ben Guerir and Youssoufia.
	{"culture", "SOC-CUL", "برنامج ثقافي", "Programme culturel", "Cultural programme", "OCP Foundation", "", 2,
		[]where{from(3, "khouribga"), from(6, "youssoufia"), from(12, "MA-FES")}},
	{"jr-nba", "SOC-SPO", "دوري الناشئين لكرة السلة", "Jr. NBA", "Jr. NBA", "OCP Foundation", "NBA (Jr. NBA)", 12,
		[]where{from(5, "khouribga", "ben-guerir", "youssoufia")}},
	{"tutoring", "EDU-PRG", "الدعم المدرسي", "Soutien scolaire", "Tutoring", "Act4Community", "", 4,
		[]where{from(0, "khouribga"), from(0, "el-jadida"), from(2, "youssoufia"), from(6, "laayoune"), {places: []string{"MA-OUJ"}, opened: 9, was: "PRX-ASS", mended: 18}}},
	// Neighbourhood schools.
	{"school", "EDU-SCH", "إعادة تأهيل مدرسة القرب", "Réhabilitation d’école", "School rehabilitation", "Act4Community", "", 6,
		[]where{from(0, "MA-KHO"), from(0, "MA-JDI"), from(0, "MA-SAF"), from(1, "MA-REH"), from(1, "MA-LAA"), from(3, "MA-YUS"),
			{places: []string{"MA-AZI"}, opened: 6, closed: 18}, from(11, "MA-BER"), from(15, "MA-OUD")}},
	// Neighbouring villages.
	{"villages", "ECO-VIL", "تنمية القرى المجاورة", "Villages avoisinants", "Neighbouring villages", "OCP Foundation", "", 4,
		[]where{from(0, "MA-KHO"), from(1, "MA-YUS"), from(1, "MA-JDI"), from(2, "MA-REH"), from(5, "MA-LAA")}},

	{"farmers", "AGR-EXP", "مواكبة الفلاحين", "Accompagnement des agriculteurs", "Farmer coaching", "UM6P", "", 3,
		[]where{from(2, "MA-REH"), from(4, "MA-SIB"), from(8, "MA-FQH")}},
	{"suppliers", "ECO-SME", "مواكبة المقاولات الصغيرة والمتوسطة", "Accompagnement des PME", "Coaching of SMEs", "Act4Community", "", 3,
		[]where{from(3, "MA-JDI"), from(6, "MA-KHO")}},
	{"project-holders", "EMP-ENT", "مواكبة حاملي المشاريع", "Porteurs de projets", "Project holders", "UM6P", "", 4,
		[]where{from(4, "um6p-ben-guerir"), from(2, "MA-CAS")}},
	{"first-job", "EMP-JOB", "قابلية التشغيل", "Employabilité", "First job", "Act4Community", "", 3,
		[]where{from(1, "khouribga"), from(7, "safi")}},
	{"clean-up", "PRX-ACT", "حملة نظافة وتشجير", "Nettoyage et plantation", "Clean-up and planting", "Act4Community", "", 5,
		[]where{from(0, "khouribga"), from(0, "ben-guerir"), from(0, "safi"), from(1, "el-jadida"), from(2, "laayoune"), from(0, "MA-CAS"), from(9, "MA-RAB")}},
	{"associations", "PRX-ASS", "دعم الجمعيات", "Appui aux associations", "Support to associations", "Act4Community", "", 2,
		[]where{from(1, "MA-KHO"), from(3, "MA-CAS")}},
	{"caravan", "PRX-HLT", "قافلة صحية", "Caravane de santé", "Health caravan", "OCP Foundation", "", 4,
		[]where{from(2, "MA-AZI"), from(5, "MA-REH"), {places: []string{"MA-ESI"}, opened: 8, closed: 15}, from(12, "MA-BOD")}},
	{"winter-aid", "PRX-AID", "عملية دعم شتوية", "Aide hivernale", "Winter aid", "Act4Community", "", 2,
		[]where{from(8, "MA-MID"), from(9, "MA-IFR")}},

	// Dialogue: attendance, chosen by nobody as something to give time to.
	{"workshop", "DLG-WKS", "ورشة تحضيرية للملتقى", "Atelier préparatoire du forum", "Workshop before the forum", "Act4Community", "", 0,
		[]where{from(19, "khouribga"), from(20, "gantour"), from(21, "jorf-lasfar")}},
	{"forum-2020", "DLG-FOR", "ملتقى آكت فور كومينتي، النسخة الأولى", "Forum Act4Community, première édition", "Act4Community forum, first edition", "OCP Foundation", "", 0,
		[]where{from(22, "um6p-ben-guerir")}},
	{"forum-2020-testimonies", "DLG-TES", "شهادات الملتقى", "Témoignages du forum", "Testimonies at the forum", "OCP Foundation", "", 0,
		[]where{from(22, "um6p-ben-guerir")}},
	{"forum-2020-workshops", "DLG-WKS", "ورشات تفاعلية بالملتقى", "Ateliers interactifs du forum", "Interactive workshops at the forum", "UM6P", "", 0,
		[]where{from(22, "um6p-ben-guerir")}},
	{"forum-2020-roadmap", "DLG-RMP", "خارطة طريق 2020", "Feuille de route 2020", "Roadmap 2020", "OCP Foundation", "", 0,
		[]where{from(22, "um6p-ben-guerir")}},
}

// An initiative is a line in its places.
type initiative struct {
	events.Initiative        // as it was opened
	typ               string // as it turned out
	where
	weight int
	sites  []int // that it lies near
}

// initiatives are all there ever were, in the order of the lines.
func initiatives() (out []initiative) {
	for _, l := range lines {
		for _, w := range l.at {
			i := initiative{
				Initiative: events.Initiative{
					Code: l.code, Type: l.typ, Places: w.places, Bodies: []string{l.body},
					Titles: map[string]string{"ar": l.ar, "fr": l.fr, "en": l.en},
					Opened: events.MonthDate(month(w.opened).Year(), month(w.opened).Month()),
				},
				typ: l.typ, where: w, weight: l.weight,
			}
			if w.was != "" {
				i.Type = w.was
			}
			if l.partner != "" {
				i.Partners = []string{l.partner}
			}
			if len(l.at) > 1 {
				name := placeNames()[w.places[0]]
				i.Code = l.code + "-" + w.places[0]
				i.Titles = map[string]string{"ar": l.ar + "، " + name["ar"], "fr": l.fr + ", " + name["fr"], "en": l.en + ", " + name["en"]}
			}
			for s := range sites {
				if slices.ContainsFunc(w.places, func(p string) bool { return slices.Contains(sites[s].near, p) }) {
					i.sites = append(i.sites, s)
				}
			}
			out = append(out, i)
		}
	}
	return out
}

// takes reports whether something could be given to the initiative in a month.
func (i *initiative) takes(m int) bool { return i.opened <= m && (i.closed == 0 || m <= i.closed) }

var placeNames = sync.OnceValue(func() map[string]map[string]string {
	names := map[string]map[string]string{}
	for _, p := range morocco.Catalogue().Places {
		names[p.Code] = p.Names
	}
	return names
})

// spellings are how files write the places of an initiative that has several.
func spellings(code string) []string {
	if code == "ben-guerir" {
		return []string{"Ben Guérir", "بنجرير", "ابن جرير", "Benguerir"}
	}
	n := placeNames()[code]
	if n == nil {
		panic(fmt.Sprintf("demo: %s is not in the catalogue", code)) // the tests open every initiative
	}
	return []string{n["fr"], n["ar"]}
}
