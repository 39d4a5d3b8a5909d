package morocco

import (
	"bytes"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/go-json-experiment/json"

	"sijil/events"
	"sijil/ledger"
)

var update = flag.Bool("update", false, "write catalogue.json and tile-grid.json from the programme's data files")

// data is where the programme's data files lie, beside the repository.
const data = "../../../../shared/data"

// A dataRegion is a region or province of regions.json. Its parent MA is the country, which is not
// in the file.
type dataRegion struct {
	Code   string            `json:"code"`
	Level  string            `json:"level"`
	Kind   string            `json:"kind"` // province or prefecture; absent of a region
	Parent string            `json:"parent"`
	Names  map[string]string `json:"names"`
}

// A dataPlace is a place of places.json.
type dataPlace struct {
	Code      string            `json:"code"`
	Kind      string            `json:"kind"`
	Provinces []string          `json:"provinces"`
	Names     map[string]string `json:"names"`
	Aliases   []string          `json:"aliases"`
}

// A dataType is a theme or type of initiative-types.json.
type dataType struct {
	Code       string            `json:"code"`
	Parent     string            `json:"parent"`
	Names      map[string]string `json:"names"`
	TimeCounts events.Role       `json:"time_counts"`
}

// printed is what the article calls types that have a shorter name in the data.
var printed = map[string][]string{
	"AGR-CRP": {"القطاعات الواعدة مثل الكينوا"},
	"ECO-SSE": {"دعم الاقتصاد الاجتماعي والتضامني"},
	"ECO-VIL": {"التنمية الاجتماعية والاقتصادية للقرى المجاورة"},
	"SOC-PLT": {"منصات للابتكار الاجتماعي للشباب"},
	"SOC-SPO": {"البرامج الرياضية", "Programmes sportifs", "Sports programmes"},
	"EDU-PRG": {"البرامج التعليمية", "Programmes éducatifs", "Educational programmes"},
	"EMP-SKL": {"تأهيل مراكز الكفاءات"},
}

// made is the catalogue that follows from the data files.
func made(regions []dataRegion, places []dataPlace, types []dataType) (c ledger.Catalogue) {
	for _, r := range regions {
		n := ledger.PlaceNode{Code: r.Code, Kind: r.Kind, Names: r.Names}
		if r.Level == "region" {
			n.Kind = "region"
		} else {
			n.Parents = []string{r.Parent}
		}
		c.Places = append(c.Places, n)
	}
	for _, p := range places {
		if p.Kind == "province" { // it is among the provinces already
			i := slices.IndexFunc(c.Places, func(n ledger.PlaceNode) bool { return n.Code == p.Provinces[0] })
			province := &c.Places[i]
			for _, name := range slices.Concat([]string{p.Code, p.Names["ar"], p.Names["fr"], p.Names["en"]}, p.Aliases) {
				if !knownAs(*province, name) {
					province.Aliases = append(province.Aliases, name)
				}
			}
			continue
		}
		c.Places = append(c.Places, ledger.PlaceNode{Code: p.Code, Kind: p.Kind, Parents: p.Provinces, Names: p.Names, Aliases: p.Aliases})
	}
	for _, t := range types {
		c.Types = append(c.Types, ledger.TypeNode{Code: t.Code, Parent: t.Parent, Names: t.Names, TimeCounts: t.TimeCounts, Aliases: printed[t.Code]})
	}
	return c
}

// knownAs reports whether a place has that name, in some spelling.
func knownAs(n ledger.PlaceNode, name string) bool {
	for _, known := range n.Names {
		if ledger.Fold(known) == ledger.Fold(name) {
			return true
		}
	}
	return slices.ContainsFunc(n.Aliases, func(known string) bool { return ledger.Fold(known) == ledger.Fold(name) })
}

// TestMadeFromData compares the embedded files with the data files, where those are.
func TestMadeFromData(t *testing.T) {
	if _, err := os.Stat(data); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("NOT COMPARED: the programme's data files are not at %s, so nothing says whether catalogue.json and tile-grid.json still follow from them.", data)
	}
	var regions []dataRegion
	var places []dataPlace
	var types []dataType
	load(t, "regions.json", &regions)
	load(t, "places.json", &places)
	load(t, "initiative-types.json", &types)
	c := made(regions, places, types)
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	catalogue, err := c.JSON()
	if err != nil {
		t.Fatal(err)
	}
	tiles, err := os.ReadFile(filepath.Join(data, "tile-grid.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct {
		name           string
		embedded, made []byte
	}{{"catalogue.json", catalogueJSON, catalogue}, {"tile-grid.json", gridJSON, append(bytes.TrimSpace(tiles), '\n')}} {
		if bytes.Equal(f.embedded, f.made) {
			continue
		}
		if !*update {
			t.Errorf("%s is not what follows from the data files: go test -update", f.name)
		} else if err := os.WriteFile(f.name, f.made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func load(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(data, name))
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}
