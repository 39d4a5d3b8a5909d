package events

import (
	"fmt"
	"slices"
)

// TypeDefined says what a type of initiative is. It takes effect with the [CatalogueAdopted] that
// follows.
type TypeDefined struct {
	Code string `json:"-"`
	Type
}

// A Type is a node under at most one parent. One without a parent is a theme.
type Type struct {
	Parent  string            `json:"parent,omitzero"`
	Names   map[string]string `json:"names,omitzero"` // by language
	Aliases []string          `json:"aliases,omitzero"`
	// TimeCounts is the role of contributions to initiatives of this type, where they say none;
	// absent means that of the parent, and volunteering at the top.
	TimeCounts Role `json:"timecounts,omitzero"`
	// Retired types take no new initiatives; MappedTo is the type that stands for it.
	Retired  bool   `json:"retired,omitzero"`
	MappedTo string `json:"mappedto,omitzero"`
}

// Kind is type.defined.
func (TypeDefined) Kind() Kind { return typeDefined }

// Subject is the type's code.
func (e TypeDefined) Subject() string { return e.Code }

// Validate checks the codes and the role.
func (e TypeDefined) Validate() error {
	if e.TimeCounts != "" && !slices.Contains(Roles, e.TimeCounts) {
		return fmt.Errorf("timecounts %q, not volunteering or attendance", e.TimeCounts)
	}
	var parents []string
	if e.Parent != "" {
		parents = []string{e.Parent}
	}
	return validateNode(e.Code, parents, e.MappedTo)
}

var typeDefined = declare("type.defined", 1,
	codeSubject(func(e *TypeDefined) *string { return &e.Code }))
