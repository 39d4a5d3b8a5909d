package intake

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

// What a personnel department sends. testdata/README.md says what each row leads to. Every name is
// invented.
const personnelFR = `N°;Date;Du;Au;Matricule;Nom;Effectif;Initiative;Intitulé;Type;Ville;Rôle;Durée;Unité;Par;Temps;Site;Observations
R-001;23/11/2019;;;A1207;EL MANSOURI Yasmina;;quinoa-2019;Filière quinoa;AGR-CRP;Ben Guérir;bénévole;0,5;jours;;temps de travail;Site nord;
R-002;24/11/2019;;;A1207;Yasmina El-Mansouri;;quinoa-2019;Filière quinoa;AGR-CRP;Benguerir;bénévole;demi-journée;;;hors temps de travail;Site nord;
R-003;25/11/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Yousoufia;;une demi-journée;jours;;temps libre;Site nord;
R-004;02/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;80;jours;;temps de travail;Site nord;8 jours au planning
R-005;;04/11/2019;15/11/2019;A1450;Tazi Salma;;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Rehamna;;10;jours;;libération;Siège;Deux semaines
R-006;30/11/2019;;;;;60;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Ben Guérir;;½ journée;;par personne;hors temps de travail;;Peinture
R-007;07/12/2019;;;;;60 personnes;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Ben Guérir;;½ journée;;par groupe;hors temps de travail;;Peinture
R-008;08/12/2019;;;A1310 / A1311 / A1312;Idrissi Omar / Naciri Hind / Lahlou Anas;;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Ben Guérir;;1,5;j;par personne;temps de travail;Site nord;
R-009;09/12/2019;;;"A1310;A1311";"Idrissi Omar;Naciri Hind";;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Ben Guérir;;3 h;;par groupe;temps de travail;Site nord;
R-010;10/12/2019;;;A1310/A1311/A1312;;;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Ben Guérir;;1;jour;pour le groupe;temps de travail;Site nord;
R-011;nov. 2019;;;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;2 jours;jours;;congé;Site sud;
R-012;1er décembre 2019;;;A1503;Chraïbi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1 ½;jour;;inconnu;Site sud;
R-013;03.12.2019;;;A2107;El Mansori Yasmina;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;2 jours et demi;;;temps libre;Site nord;Matricule à vérifier
R-014;4-12-2019;;;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;7h30;heures;;temps de travail;Site sud;
R-015;05/12/2019;;;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;3 h;jours;;temps de travail;Site sud;
R-016;31/02/2020;;;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps de travail;Site sud;
R-017;12/01/20;;;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps de travail;Site sud;
R-018;;28/12/2019;03/01/2020;A1503;Chraibi Mounir;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;5;jours;;congé payé;Site sud;
R-019;14/12/2019;;;;;NA;ecole-annour;Réhabilitation de l'école Annour;EDU-SCH;Rehamna;;;;;;;
R-001;15/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps libre;Site nord;
R-021;15/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1.5;jour;;temps libre;Site nord;
R-022;16/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;Une matinée;;;temps libre;Site nord;
R-023;17/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;;jours;;temps libre;Site nord;Durée non notée
R-024;18/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps libre
R-025;19/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1 500;heures;;temps libre;Site nord;
R-026;3 mars 2020;;;;;45;forum-2020;Premier forum;PRX-ACT;Ben Guérir;présence;;;;;;
;20/12/2019;;;A1322;Berrada Khalid;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps libre;Site nord;
R-028;21/12/2019;;;;;;quinoa-2019;Filière quinoa;AGR-CRP;Youssoufia;;1;jour;;temps libre;Site nord;Ni nom ni effectif
;;;;;;;;;;;;;;;;;
`

const personnelAR = `رقم,التاريخ,من,إلى,رقم التأجير,الاسم,العدد,المبادرة,العنوان,النوع,المكان,المدة,الوحدة,لكل,الوقت,الموقع,ملاحظات
ع-1,23/11/2019,,,B201,فاطمة الزهراء بنسودة,,quinoa-2019,سلسلة الكينوا,AGR-CRP,بنجرير,نصف يوم,,للفرد,خارج وقت العمل,الموقع الشمالي,
ع-2,24/11/2019,,,B201,فاطمة الزهراء بن سودة,,quinoa-2019,سلسلة الكينوا,AGR-CRP,ابن جرير,0.5,يوم,للفرد,وقت العمل,الموقع الشمالي,
ع-3,,04/11/2019,15/11/2019,B202,يونس العمراني,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,10,أيام,,تفرغ,الموقع الجنوبي,أسبوعان
ع-4,30/11/2019,,,,,60 شخصا,ecole-annour,تأهيل مدرسة النور,EDU-SCH,الرحامنة,½,يوم,للفرد,الوقت الخاص,,
ع-5,07/12/2019,,,,,60,ecole-annour,تأهيل مدرسة النور,EDU-SCH,الرحامنة,½,يوم,للمجموعة,الوقت الخاص,,
ع-6,3 دجنبر 2019,,,B203 ؛ B204,سعيد الخياري ؛ هدى المرابط,,ecole-annour,تأهيل مدرسة النور,EDU-SCH,ابن جرير,يومان,,للفرد,إجازة مدفوعة الأجر,,
ع-7,غشت 2019,,,B203,سعيد الخياري,,quinoa-2019,سلسلة الكينوا,AGR-CRP,خريبكة,ثلاثة أيام,,,غير معروف,,
ع-8,الثلاثاء 3 مارس 2020,,,B204,هدى المرابط,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,ساعة ونصف,ساعات,,وقت العمل,,
ع-9,الأربعاء 3 مارس 2020,,,B204,هدى المرابط,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,1,ساعة,,وقت العمل,,
ع-10,05/12/2019,,,B203,سعيد الخياري,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,"1,5",يوم,,وقت العمل,,
ع-11,06/12/2019,,,B203,سعيد الخياري,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,أسبوع,,,وقت العمل,,
ع-12,2019,,,B203,سعيد الخياري,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,80,يوم,,وقت العمل,,عوض 8
ع-13,08/12/2019,,,B203,سعيد الخياري,,quinoa-2019,سلسلة الكينوا,AGR-CRP,اليوسفية,1,يوم,,عطلة,,
`

// personnelXLSX is the workbook of another department: a title above the header, a second sheet,
// and cells of every type.
func personnelXLSX(t *testing.T, date1904 bool) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	const sheet = "Bénévolat 2019"
	must(f.SetSheetName("Sheet1", sheet))
	must(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}))
	_, err := f.NewSheet("Listes")
	must(err)
	must(f.SetCellStr("Listes", "A1", "Unités"))
	style := func(code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		must(err)
		return id
	}
	day, month, length := style("dd/mm/yyyy"), style("mmm\\ yyyy"), style("[h]:mm")
	stamp := style("dd/mm/yyyy hh:mm")
	serial := func(n float64) float64 { // of the 1900 system
		if date1904 {
			return n - 1462
		}
		return n
	}
	must(f.SetCellStr(sheet, "A1", "Direction des ressources humaines — الموارد البشرية"))
	must(f.SetSheetRow(sheet, "A3", &[]any{"N° / رقم", "Date", "Matricule", "Prénom", "Nom", "Effectif", "Initiative", "Type", "Ville", "Durée", "Unité", "Par", "Site", "Observations"}))
	rows := [][]any{
		{101, serial(43792), 7001, "Nadia", "Ouazzani", nil, "quinoa-2019", "AGR-CRP", "Ben Guérir", 0.5, "jours", nil, "Site nord", nil},
		{102, serial(43770), 7001, "Nadia", "OUAZZANI", nil, "quinoa-2019", "AGR-CRP", "بنجرير", 1.5, "jours", nil, "Site nord", nil},
		{103, serial(43793) + 8.5/24, 7002, "Rachid", "Sebti", nil, "quinoa-2019", "AGR-CRP", "اليوسفية", 7.5 / 24, nil, nil, nil, "de 8h30 à 16h"},
		{104, "٢٣/١١/٢٠١٩", "٧٠٠٢", "Rachid", "Sebti", nil, "quinoa-2019", "AGR-CRP", "Youssoufia", "٠٫٥", "يوم", "للفرد", nil, nil},
		{105, "٣ مارس ٢٠٢٠", nil, nil, nil, "٦٠", "ecole-annour", "EDU-SCH", "الرحامنة", "نصف يوم", nil, "للفرد", nil, nil},
		{106, "۳ شتنبر ۲۰۱۹", "7003\n7004", "Ilham\nTarik", "Fassi\nGhali", nil, "ecole-annour", "EDU-SCH", "Rehamna", "٣ ساعات", nil, "للمجموعة", nil, nil},
		{107, serial(43800), 7003, "Ilham", "Fassi", nil, "ecole-annour", "EDU-SCH", "Rehamna", "#N/A", "jours", nil, nil, nil},
		{108, serial(43801), 7003, "Ilham", "Fassi", nil, "ecole-annour", "EDU-SCH", "Rehamna", 2.0, "jours", nil, nil, nil},
		{109, 43802.0, 7003, "Ilham", "Fassi", nil, "ecole-annour", "EDU-SCH", "Rehamna", 1, "jours", nil, nil, nil},
		{110, 2019, 7003, "Ilham", "Fassi", nil, "ecole-annour", "EDU-SCH", "Rehamna", true, "jours", nil, nil, nil},
		{111, serial(43803), 7005, "Amal", "Zniber", nil, "ecole-annour", "EDU-SCH", "Rehamna", 1, "jours", nil, nil, nil},
		{112, serial(43804), 7006, "Kenza", "Slaoui", nil, "ecole-annour", "EDU-SCH", "Rehamna", nil, "jours", nil, nil, nil},
	}
	for i, r := range rows {
		must(f.SetSheetRow(sheet, fmt.Sprintf("A%d", 4+i), &r))
	}
	for cell, id := range map[string]int{"B4": day, "B5": month, "B6": stamp, "J6": length, "B10": day, "B11": day, "B14": day, "B15": day} {
		must(f.SetCellStyle(sheet, cell, cell, id))
	}
	must(f.SetCellFormula(sheet, "J11", "1+1"))
	must(f.MergeCell(sheet, "J14", "J15"))
	var b bytes.Buffer
	must(f.Write(&b))
	return b.Bytes()
}

func windows(t *testing.T, c *charmap.Charmap, s string) []byte {
	t.Helper()
	b, err := c.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPersonnel reads each file with its map and holds what comes out against a golden file.
func TestPersonnel(t *testing.T) {
	files := []struct {
		name string
		make func() []byte
	}{
		{"personnel.fr.csv", func() []byte {
			return windows(t, charmap.Windows1252, strings.ReplaceAll(personnelFR, "\n", "\r\n"))
		}},
		{"personnel.ar.csv", func() []byte { return windows(t, charmap.Windows1256, personnelAR) }},
		{"personnel.xlsx", func() []byte { return personnelXLSX(t, false) }},
		{"personnel.1904.xlsx", func() []byte { return personnelXLSX(t, true) }},
	}
	for _, file := range files {
		t.Run(file.name, func(t *testing.T) {
			name, make := file.name, file.make
			path := filepath.Join("testdata", name)
			if *update {
				write(t, path, make())
			}
			if want := make(); strings.HasSuffix(name, ".csv") {
				if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
					t.Fatalf("%s is not what this test makes (%v): go test -run Personnel -update", path, err)
				}
			}
			mapped := strings.TrimSuffix(strings.ReplaceAll(name, ".1904", ""), ".csv")
			m := parseMapFile(t, filepath.Join("testdata", mapped+".yaml"))
			f, err := Open(path, Options{System: "rh", Map: m, New: true})
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", strings.ReplaceAll(name, ".1904", "")+".golden")
			got := show(t, f)
			if *update && golden == path+".golden" {
				write(t, golden, []byte(got))
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs from %s:\n%s", path, golden, firstDifference(got, string(want)))
			}
		})
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// show is every row as text: its records without what all of them share, its problems, its notes.
func show(t *testing.T, f *File) string {
	t.Helper()
	var b strings.Builder
	for row, err := range f.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "row %d\n", row.Number)
		for _, rec := range row.Records {
			if rec.File != f.Hash() || rec.System != "rh" || !rec.New || rec.Row != row.Number || (rec.Sheet == 0) != (f.Sheet() == "") {
				t.Errorf("row %d: origin of %+v", row.Number, rec)
			}
			rec.File, rec.System, rec.New, rec.Row, rec.Sheet = [32]byte{}, "", false, 0, 0
			j, err := json.Marshal(rec, json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  record %s\n", j)
		}
		for _, p := range row.Problems {
			fmt.Fprintf(&b, "  bad %s\n", p)
		}
		for _, n := range row.Notes {
			fmt.Fprintf(&b, "  note %s\n", n)
		}
	}
	return b.String()
}

func parseMapFile(t *testing.T, path string) *Map {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseMap(b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
