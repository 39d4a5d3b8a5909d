package morocco

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/ledger/vault"
)

func TestCatalogue(t *testing.T) {
	c := Catalogue()
	kinds, regions := map[string]int{}, 0
	for _, p := range c.Places {
		kinds[p.Kind]++
		if len(p.Parents) == 0 {
			regions++
			if p.Kind != "region" {
				t.Errorf("%s is a %s without a parent", p.Code, p.Kind)
			}
		}
		for _, lang := range []string{"ar", "fr", "en"} {
			if p.Names[lang] == "" {
				t.Errorf("%s has no name in %s", p.Code, lang)
			}
		}
	}
	if regions != 12 || kinds["province"]+kinds["prefecture"] != 75 {
		t.Errorf("%d regions and %d provinces and prefectures, want 12 and 75", regions, kinds["province"]+kinds["prefecture"])
	}
	themes := 0
	for _, n := range c.Types {
		if n.Parent == "" {
			themes++
		}
		for _, lang := range []string{"ar", "fr", "en"} {
			if n.Names[lang] == "" {
				t.Errorf("%s has no name in %s", n.Code, lang)
			}
		}
	}
	if themes != 7 {
		t.Errorf("%d themes, want 7", themes)
	}
	b, err := c.JSON()
	if err != nil || string(b) != string(JSON()) {
		t.Errorf("the embedded file is not in canonical form: %v", err)
	}
	c.Places[0].Names["en"] = "changed by a caller"
	if Catalogue().Places[0].Names["en"] == "changed by a caller" {
		t.Error("callers share one catalogue")
	}
}

func TestTiles(t *testing.T) {
	g := Tiles()
	taken := map[[2]int]string{}
	var codes []string
	for _, tile := range g.Tiles {
		at := [2]int{tile.Row, tile.Col}
		if other := taken[at]; other != "" {
			t.Errorf("%s and %s are at %v", other, tile.Code, at)
		}
		if tile.Row < 0 || tile.Row >= g.Rows || tile.Col < 0 || tile.Col >= g.Cols {
			t.Errorf("%s is outside the grid, at %v", tile.Code, at)
		}
		taken[at] = tile.Code
		codes = append(codes, tile.Code)
	}
	slices.Sort(codes)
	var regions []string
	for _, p := range Catalogue().Places {
		if len(p.Parents) == 0 {
			regions = append(regions, p.Code)
		}
	}
	if !slices.Equal(codes, regions) {
		t.Errorf("tiles of %v, want one of each region %v", codes, regions)
	}
}

// TestNames asks a ledger that adopted the catalogue for every name in the tables of places and of
// initiative types in the programme's facts. Two rows of the table of places name none: "neighbouring
// villages" are unnamed localities (a type, ECO-VIL), "many regions" is a level.
func TestNames(t *testing.T) {
	l := adopted(t)
	for _, c := range []struct{ name, code string }{
		{"ابن جرير", "ben-guerir"}, {"بنجرير", "ben-guerir"}, {"Ben Guerir", "ben-guerir"}, {"Ben Guérir", "ben-guerir"},
		{"BENGUERIR", "ben-guerir"}, {"إبن جرير", "ben-guerir"}, {"بن جرير", ""},
		{"اليوسفية", "MA-YUS"}, {"اليوسفيه", "MA-YUS"}, {"Youssoufia", "MA-YUS"}, {"youssoufia", "youssoufia"}, {"Yousoufia", ""},
		{"الرحامنة", "MA-REH"}, {"Rehamna", "MA-REH"}, {"rehamna", "MA-REH"}, {"Rhamna", "MA-REH"},
		{"خريبكة", "MA-KHO"}, {"Khouribga", "MA-KHO"}, {"khouribga", "khouribga"},
		{"UM6P", "um6p-ben-guerir"}, {"جامعة محمد السادس متعددة التخصصات التقنية", "um6p-ben-guerir"},
		{"Gantour", "gantour"}, {"Safi", "MA-SAF"}, {"أسفي", "MA-SAF"}, {"Laâyoune", "MA-LAA"}, {"Boucraâ (Phosboucraa)", "boucraa"},
		{"القرى المجاورة", ""}, {"MA", ""}, {"Maroc", ""},
	} {
		code, err := l.place(c.name)
		if code != c.code || (err == nil) != (c.code != "") {
			t.Errorf("place %q is read as %q (%v), want %q", c.name, code, err, c.code)
		}
		if c.code == "" && !errors.Is(err, ledger.UnknownPlace) {
			t.Errorf("place %q: %v, want it unknown", c.name, err)
		}
	}
	for _, c := range []struct{ name, code string }{
		{"حاضنات الأعمال للنظام الإيكولوجي الصناعي", "ECO-INC"}, {"القطاعات الواعدة مثل الكينوا", "AGR-CRP"},
		{"تأهيل الأراضي المنجمية", "AGR-LND"}, {"دعم الاقتصاد الاجتماعي والتضامني", "ECO-SSE"},
		{"تأهيل مراكز الكفاءات", "EMP-SKL"}, {"منصات للابتكار الاجتماعي للشباب", "SOC-PLT"},
		{"البرامج الثقافية", "SOC-CUL"}, {"البرامج الرياضية", "SOC-SPO"}, {"البرامج التعليمية", "EDU-PRG"},
		{"إعادة تأهيل مدارس القرب", "EDU-SCH"}, {"التنمية الاجتماعية والاقتصادية للقرى المجاورة", "ECO-VIL"},
		{"الابتكار والخبرات الفلاحية", "AGR"}, {"تطوير النظام الإيكولوجي المحلي", "ECO"}, {"الابتكار الاجتماعي وروح الإبداع", "SOC"},
		{"ريادة الأعمال والتشغيل", "EMP"}, {"الأعمال التطوعية ومبادرات القرب", "PRX"},
		{"Agricultural innovation and expertise", "AGR"}, {"Entrepreneurship and employment", "EMP"},
		{"Volunteering and proximity initiatives", "PRX"}, {"Social innovation and creativity", "SOC"}, {"Écosystème", ""},
	} {
		code, err := l.typ(c.name)
		if code != c.code || (err == nil) != (c.code != "") {
			t.Errorf("type %q is read as %q (%v), want %q", c.name, code, err, c.code)
		}
	}
	for _, p := range Catalogue().Places {
		if code, err := l.place(p.Code); err != nil || code != p.Code {
			t.Errorf("the code %s is read as %q (%v)", p.Code, code, err)
		}
		for lang, name := range p.Names {
			if code, err := l.place(name); err != nil || code == "" {
				t.Errorf("%s is called %q in %s, which is not found: %v", p.Code, name, lang, err)
			}
		}
	}
}

// An asked ledger says what it reads names as, by the initiative that it would open.
type asked struct {
	t *testing.T
	*ledger.Ledger
}

func adopted(t *testing.T) asked {
	t.Helper()
	v, err := vault.Open(t.TempDir() + "/vault")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ledger.New(ledger.Config{Programme: "act4community", Log: &ledgertest.Log{}, Vault: v, Books: t.TempDir() + "/books"})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- l.Run(t.Context()) }()
	t.Cleanup(func() {
		<-done
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	plan, err := ledger.AdoptPlan(ledger.Catalogue{}, Catalogue(), "built in")
	if err != nil {
		t.Fatal(err)
	}
	a := asked{t, l}
	a.submit(ledger.Found{Ledger: uuid.New(), Programme: "act4community", Rules: events.Rules{
		Timezone: "Africa/Casablanca", MinutesPerDay: 480, Counts: events.CountsRecorded,
	}})
	for _, c := range plan {
		a.submit(c)
	}
	return a
}

func (a asked) submit(c ledger.Command) {
	a.t.Helper()
	out, err := a.Submit(a.t.Context(), ledger.Request{Scope: "test", ID: uuid.NewString(), Actor: "test", Method: events.Local, Command: c})
	if err == nil {
		err = out[0].Err
	}
	if err != nil {
		a.t.Fatalf("%T: %v", c, err)
	}
}

func (a asked) open(i events.Initiative) (events.Initiative, error) {
	i.Code = "any"
	out, err := a.Preview(a.t.Context(), "", ledger.Request{
		Scope: "test", ID: uuid.NewString(), Actor: "test", Method: events.Local, Command: ledger.OpenInitiative{Initiative: i},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	if out[0].Err != nil {
		return events.Initiative{}, out[0].Err
	}
	return out[0].Events[0].(events.InitiativeOpened).Initiative, nil
}

func (a asked) place(name string) (string, error) {
	i, err := a.open(events.Initiative{Type: "PRX-ACT", Places: []string{name}})
	if err != nil {
		return "", err
	}
	return i.Places[0], nil
}

func (a asked) typ(name string) (string, error) {
	i, err := a.open(events.Initiative{Type: name})
	return i.Type, err
}

func TestBooksReadAll(t *testing.T) {
	l := adopted(t)
	err := l.Consult(t.Context(), func(b ledger.Books) error {
		changes, err := ledger.DiffCatalogues(b.Catalogue(), Catalogue())
		if len(changes) > 0 {
			t.Errorf("the ledger's catalogue differs in %d nodes, in the first: %+v", len(changes), changes[0])
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
