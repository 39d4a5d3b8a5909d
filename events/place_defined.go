package events

import (
	"fmt"
	"slices"
)

// PlaceDefined says what a place is. It takes effect with the [CatalogueAdopted] that follows.
type PlaceDefined struct {
	Code string `json:"-"`
	Place
}

// A Place is a node of any depth with one or several parents. One without parents is a region, one
// below a region a province.
type Place struct {
	Kind    string            `json:"kind,omitzero"` // region, province, town, site, venue …
	Parents []string          `json:"parents,omitzero"`
	Names   map[string]string `json:"names,omitzero"` // by language
	Aliases []string          `json:"aliases,omitzero"`
	// Retired places take no new contributions; MappedTo is the place that stands for it.
	Retired  bool   `json:"retired,omitzero"`
	MappedTo string `json:"mappedto,omitzero"`
}

// Kind is place.defined.
func (PlaceDefined) Kind() Kind { return placeDefined }

// Subject is the place's code.
func (e PlaceDefined) Subject() string { return e.Code }

// Validate checks the codes.
func (e PlaceDefined) Validate() error {
	return validateNode(e.Code, e.Parents, e.MappedTo)
}

func validateNode(code string, parents []string, mapped string) error {
	for _, c := range append([]string{code}, parents...) {
		if !ValidCode(c) {
			return fmt.Errorf("%q is not a code: 1 to 64 letters, digits, dots, - or _", c)
		}
	}
	if slices.Contains(parents, code) || mapped == code {
		return fmt.Errorf("%s stands above or for itself", code)
	}
	if mapped != "" && !ValidCode(mapped) {
		return fmt.Errorf("%q is not a code", mapped)
	}
	return nil
}

var placeDefined = declare("place.defined", 1,
	codeSubject(func(e *PlaceDefined) *string { return &e.Code }))
