package totals

import (
	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// Catalogue asks for all places and types in effect.
type Catalogue struct{}

// A CatalogueAnswer is what [Catalogue] answers, sorted by code.
type CatalogueAnswer struct {
	Position uint64         `json:"position"`
	Number   uint64         `json:"number"` // of the catalogue, 0 before the first is adopted
	Places   []PlaceListing `json:"places"`
	Types    []TypeListing  `json:"types"`
}

// A PlaceListing is one place as it is defined now.
type PlaceListing struct {
	Code string `json:"code"`
	events.Place
}

// A TypeListing is one type as it is defined now.
type TypeListing struct {
	Code string `json:"code"`
	events.Type
}

var _ projections.Question[CatalogueAnswer] = Catalogue{}

// Answer lists what was adopted; what is defined and not yet adopted is not in it.
func (Catalogue) Answer(v projections.View) (CatalogueAnswer, error) {
	a := CatalogueAnswer{Position: v.Checkpoint().Position, Places: []PlaceListing{}, Types: []TypeListing{}}
	if s := projections.Read[state](v, stateKey); s != nil {
		a.Number = s.catalogue
	}
	for key, b := range v.Scan([]byte{tagPlace}) {
		a.Places = append(a.Places, PlaceListing{string(key[1:]), parse[placed](key, b).newest()})
	}
	for key, b := range v.Scan([]byte{tagType}) {
		a.Types = append(a.Types, TypeListing{string(key[1:]), parse[typed](key, b).newest()})
	}
	return a, nil
}

// Initiatives asks for all initiatives.
type Initiatives struct{}

// An InitiativesAnswer is what [Initiatives] answers, sorted by id.
type InitiativesAnswer struct {
	Position    uint64              `json:"position"`
	Initiatives []InitiativeListing `json:"initiatives"`
}

// An InitiativeListing is one initiative as it is described now.
type InitiativeListing struct {
	ID uuid.UUID `json:"id"`
	events.Initiative
}

var _ projections.Question[InitiativesAnswer] = Initiatives{}

// Answer lists the initiatives opened.
func (Initiatives) Answer(v projections.View) (InitiativesAnswer, error) {
	a := InitiativesAnswer{Position: v.Checkpoint().Position, Initiatives: []InitiativeListing{}}
	for key, b := range v.Scan([]byte{tagInitiative}) {
		a.Initiatives = append(a.Initiatives, InitiativeListing{uuid.UUID(key[1:]), parse[described](key, b).newest()})
	}
	return a, nil
}
