package demo

import (
	"fmt"
	"math/rand/v2"
)

// A person is an employee who volunteers.
type person struct {
	reference string // what the personnel department calls them
	name      string // in Arabic or Latin letters, as the file of their site has it
	site      int
}

// A site is where people work, and which places lie near.
type site struct {
	name  string
	share int // of the people, in hundredths
	near  []string
}

var sites = []site{
	{"Khouribga", 33, []string{"khouribga", "MA-KHO", "MA-FQH", "MA-AZI"}},
	{"Jorf Lasfar", 22, []string{"jorf-lasfar", "el-jadida", "MA-JDI", "MA-SIB"}},
	{"Gantour", 20, []string{"gantour", "ben-guerir", "youssoufia", "um6p-ben-guerir", "MA-YUS", "MA-REH"}},
	{"Safi", 12, []string{"safi", "MA-SAF", "MA-ESI"}},
	{"Casablanca", 8, []string{"MA-CAS", "MA-RAB", "MA-FES", "MA-CHE", "MA-IFR"}},
	{"Boucraa", 5, []string{"boucraa", "laayoune", "MA-LAA", "MA-BOD", "MA-GUE"}},
}

// Common first and family names, in both scripts. People of the same name are as likely as they are.
var firstNames = [][2]string{
	{"محمد", "Mohammed"}, {"فاطمة", "Fatima"}, {"أحمد", "Ahmed"}, {"خديجة", "Khadija"}, {"يوسف", "Youssef"},
	{"مريم", "Meryem"}, {"حسن", "Hassan"}, {"زينب", "Zineb"}, {"عمر", "Omar"}, {"سلمى", "Salma"},
	{"كريم", "Karim"}, {"نادية", "Nadia"}, {"رشيد", "Rachid"}, {"سعاد", "Souad"}, {"عبد الله", "Abdellah"},
	{"هند", "Hind"}, {"إدريس", "Driss"}, {"لطيفة", "Latifa"}, {"مصطفى", "Mustapha"}, {"أمينة", "Amina"},
	{"سعيد", "Saïd"}, {"حنان", "Hanane"}, {"إبراهيم", "Brahim"}, {"إيمان", "Imane"}, {"نور الدين", "Noureddine"},
	{"سناء", "Sanae"}, {"عبد الرحيم", "Abderrahim"}, {"غزلان", "Ghizlane"}, {"طارق", "Tarik"}, {"وفاء", "Wafae"},
	{"المهدي", "El Mehdi"}, {"أسماء", "Asmae"}, {"أنس", "Anass"}, {"كوثر", "Kaoutar"}, {"هشام", "Hicham"},
	{"فاطمة الزهراء", "Fatima Zahra"}, {"أيوب", "Ayoub"}, {"رجاء", "Rajae"}, {"الحسين", "Lahcen"}, {"نعيمة", "Naïma"},
}

var familyNames = [][2]string{
	{"العلوي", "Alaoui"}, {"بناني", "Bennani"}, {"الإدريسي", "Idrissi"}, {"التازي", "Tazi"}, {"الفاسي", "El Fassi"},
	{"المنصوري", "Mansouri"}, {"الهاشمي", "El Hachimi"}, {"بنعلي", "Benali"}, {"الشرقاوي", "Cherkaoui"}, {"العمراني", "El Amrani"},
	{"الزيني", "Zini"}, {"الوردي", "El Ouardi"}, {"بوزيد", "Bouzid"}, {"المرابط", "Mrabet"}, {"السباعي", "Sbai"},
	{"الخطابي", "El Khattabi"}, {"الناصري", "Naciri"}, {"الرحماني", "Rahmani"}, {"البكري", "Bakri"}, {"حجي", "Hajji"},
	{"العروي", "Laroui"}, {"بلحاج", "Belhaj"}, {"الصقلي", "Skalli"}, {"الغزالي", "Ghazali"}, {"أيت علي", "Aït Ali"},
	{"أوبلا", "Oubella"}, {"الحمداوي", "Hamdaoui"}, {"السملالي", "Semlali"}, {"القادري", "Kadiri"}, {"لمرابطي", "Lamrabti"},
	{"بوعزة", "Bouazza"}, {"الدريوش", "Driouch"}, {"الحسني", "Hassani"}, {"اليعقوبي", "Yacoubi"}, {"الزروالي", "Zerouali"},
	{"بنموسى", "Benmoussa"}, {"الكتاني", "Kettani"}, {"أمزيان", "Ameziane"}, {"الفيلالي", "Filali"}, {"السعدي", "Saadi"},
	{"المسعودي", "Messaoudi"}, {"بن الطاهر", "Bentahar"}, {"الورياغلي", "Ouriaghli"}, {"التومي", "Toumi"}, {"العباسي", "Abbassi"},
}

// newPerson invents the n-th person.
func newPerson(r *rand.Rand, n int) person {
	script := 0
	if r.IntN(100) < 55 {
		script = 1
	}
	p := person{
		reference: fmt.Sprintf("M%05d", n),
		name:      firstNames[r.IntN(len(firstNames))][script] + " " + familyNames[r.IntN(len(familyNames))][script],
	}
	for at := r.IntN(100); at >= sites[p.site].share; p.site++ {
		at -= sites[p.site].share
	}
	return p
}
