// Package morocco is the built-in catalogue: the regions and provinces of Morocco, the places that
// Act4Community speaks of, and its themes and types of initiative, with their names in Arabic, French
// and English.
//
//	l.Submit(ctx, …ledger.AdoptPlan(ledger.Catalogue{}, morocco.Catalogue(), "built in"))
//
// # What it holds
//
// The 12 regions (MA-01 … MA-12) have no parent: the country is not a place. Below them lie 75
// provinces and prefectures (MA-YUS), and below those the towns, sites and venues that the programme
// names (ben-guerir, gantour). The site of Gantour lies in two provinces.
//
// A town and its province often share a name. "Youssoufia" alone means the province, since the town
// lies in it; the town is meant by its code, youssoufia, written so, or where the level says town.
//
// The 7 themes are types without a parent; attendance is what counts under "Dialogue and
// co-construction", volunteering elsewhere.
//
// # Where it comes from
//
// catalogue.json is in the format of [ledger.ParseCatalogue] and is generated: go test -update
// writes it from the programme's data files, where they lie beside the repository.
package morocco

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"github.com/go-json-experiment/json"

	"sijil/ledger"
)

var (
	//go:embed catalogue.json
	catalogueJSON []byte
	//go:embed tile-grid.json
	gridJSON []byte
)

// Catalogue is the catalogue, checked. The caller may change what it returns.
func Catalogue() ledger.Catalogue {
	c, err := ledger.ParseCatalogue(catalogueJSON)
	if err != nil {
		panic(fmt.Sprintf("morocco: %v", err)) // the tests read the same bytes
	}
	return c
}

// JSON is the catalogue as a file.
func JSON() []byte { return slices.Clone(catalogueJSON) }

// A Grid lays the regions out as equal tiles, each near where it is on the map.
type Grid struct {
	Rows int `json:"rows"`
	Cols int `json:"cols"`
	// Direction is in which columns are counted, "ltr": west is left in every language.
	Direction string `json:"direction"`
	Tiles     []Tile `json:"tiles"`
}

// A Tile is where one region is shown. Rows and columns are counted from 0, at the north-west.
type Tile struct {
	Code string `json:"code"`
	Row  int    `json:"row"`
	Col  int    `json:"col"`
}

// Tiles is the grid of the 12 regions. The caller may change what it returns.
func Tiles() Grid {
	g := grid()
	g.Tiles = slices.Clone(g.Tiles)
	return g
}

var grid = sync.OnceValue(func() (g Grid) {
	if err := json.Unmarshal(gridJSON, &g, json.RejectUnknownMembers(true)); err != nil {
		panic(fmt.Sprintf("morocco: tile-grid.json: %v", err))
	}
	return g
})
