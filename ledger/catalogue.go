package ledger

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"sijil/events"
)

// A Catalogue is all places and all types, as a file holds them:
//
//	{"places":[{"code":"MA-YUS","parents":["MA-07"],"kind":"province",
//	            "names":{"ar":"…","fr":"…","en":"…"},"aliases":["…"]}],
//	 "types": [{"code":"AGR-CRP","parent":"AGR","names":{…},"time_counts":"volunteering"}]}
//
// A place may have "parent" for "parents" with one; retired places and types have "retired":true and
// those that another stands for "mapped_to". A place without parents is a region, a type without a
// parent a theme.
type Catalogue struct {
	Places []PlaceNode `json:"places"`
	Types  []TypeNode  `json:"types"`
}

// A PlaceNode is one place of a catalogue.
type PlaceNode struct {
	Code     string            `json:"code"`
	Parent   string            `json:"parent,omitzero"`
	Parents  []string          `json:"parents,omitzero"`
	Kind     string            `json:"kind,omitzero"`
	Names    map[string]string `json:"names,omitzero"`
	Aliases  []string          `json:"aliases,omitzero"`
	Retired  bool              `json:"retired,omitzero"`
	MappedTo string            `json:"mapped_to,omitzero"`
}

// A TypeNode is one type of a catalogue.
type TypeNode struct {
	Code       string            `json:"code"`
	Parent     string            `json:"parent,omitzero"`
	Names      map[string]string `json:"names,omitzero"`
	Aliases    []string          `json:"aliases,omitzero"`
	TimeCounts events.Role       `json:"time_counts,omitzero"`
	Retired    bool              `json:"retired,omitzero"`
	MappedTo   string            `json:"mapped_to,omitzero"`
}

// ParseCatalogue reads a catalogue file strictly and checks it.
func ParseCatalogue(b []byte) (Catalogue, error) {
	var c Catalogue
	if err := json.Unmarshal(b, &c, json.RejectUnknownMembers(true)); err != nil {
		return c, fmt.Errorf("not a catalogue: %w", err)
	}
	return c.normal(), c.Check()
}

// JSON is the catalogue as a file, in canonical order.
func (c Catalogue) JSON() ([]byte, error) {
	b, err := json.Marshal(c.normal(), json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent(" "))
	return append(b, '\n'), err
}

// digest is the SHA-256 of the catalogue in canonical JSON without white space.
func (c Catalogue) digest() (events.Hash, error) {
	b, err := json.Marshal(c.normal(), json.Deterministic(true))
	return sha256.Sum256(b), err
}

// normal sorts by code and writes a single parent as parents.
func (c Catalogue) normal() Catalogue {
	out := Catalogue{slices.Clone(c.Places), slices.Clone(c.Types)}
	for i, p := range out.Places {
		if p.Parent != "" {
			out.Places[i].Parents = append([]string{p.Parent}, p.Parents...)
			out.Places[i].Parent = ""
		}
	}
	slices.SortStableFunc(out.Places, func(a, b PlaceNode) int { return cmp.Compare(a.Code, b.Code) })
	slices.SortStableFunc(out.Types, func(a, b TypeNode) int { return cmp.Compare(a.Code, b.Code) })
	return out
}

// reserved are words that answers use where a code would stand.
var reserved = map[string]bool{"several": true, "unspecified": true}

// Check reports everything that is wrong with a catalogue: bad or repeated codes, parents and targets
// that are missing, circles.
func (c Catalogue) Check() error {
	places, types := map[string][]string{}, map[string][]string{}
	var errs []error
	node := func(what string, seen map[string][]string, code string, above []string, e events.Event) {
		if reserved[code] {
			errs = append(errs, fmt.Errorf("%s %s: the word stands for itself in answers; choose another code", what, code))
		}
		if _, twice := seen[code]; twice {
			errs = append(errs, fmt.Errorf("%s %s stands twice", what, code))
		}
		if err := e.Validate(); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", what, code, err))
		}
		seen[code] = above
	}
	for _, p := range c.normal().Places {
		above := slices.Clone(p.Parents)
		if p.MappedTo != "" {
			above = append(above, p.MappedTo)
		}
		node("place", places, p.Code, above, p.event())
	}
	for _, t := range c.Types {
		var above []string
		for _, a := range []string{t.Parent, t.MappedTo} {
			if a != "" {
				above = append(above, a)
			}
		}
		node("type", types, t.Code, above, t.event())
	}
	errs = append(errs, checkTree("place", places), checkTree("type", types))
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("bad catalogue: %w", err)
	}
	return nil
}

func checkTree(what string, above map[string][]string) error {
	var errs []error
	state := map[string]int{} // 1: on the way up, 2: fine
	var climb func(string) bool
	climb = func(code string) bool {
		if state[code] != 0 {
			return state[code] == 2
		}
		state[code] = 1
		for _, a := range above[code] {
			if _, ok := above[a]; !ok {
				errs = append(errs, fmt.Errorf("%s %s lies under %s, which is not in the catalogue", what, code, a))
			} else if !climb(a) {
				errs = append(errs, fmt.Errorf("%s %s lies under itself, by way of %s", what, code, a))
			}
		}
		state[code] = 2
		return true
	}
	for _, code := range slices.Sorted(maps.Keys(above)) {
		climb(code)
	}
	return errors.Join(errs...)
}

func (p PlaceNode) event() events.PlaceDefined {
	return events.PlaceDefined{Code: p.Code, Place: events.Place{
		Kind: p.Kind, Parents: p.Parents, Names: p.Names, Aliases: p.Aliases, Retired: p.Retired, MappedTo: p.MappedTo,
	}}
}

func (t TypeNode) event() events.TypeDefined {
	return events.TypeDefined{Code: t.Code, Type: events.Type{
		Parent: t.Parent, Names: t.Names, Aliases: t.Aliases, TimeCounts: t.TimeCounts, Retired: t.Retired, MappedTo: t.MappedTo,
	}}
}

func placeNode(code string, p events.Place) PlaceNode {
	return PlaceNode{Code: code, Parents: p.Parents, Kind: p.Kind, Names: p.Names, Aliases: p.Aliases, Retired: p.Retired, MappedTo: p.MappedTo}
}

func typeNode(code string, t events.Type) TypeNode {
	return TypeNode{Code: code, Parent: t.Parent, Names: t.Names, Aliases: t.Aliases, TimeCounts: t.TimeCounts, Retired: t.Retired, MappedTo: t.MappedTo}
}

// A NodeChange is how two catalogues differ in one place or type: "added", "changed" or "missing".
type NodeChange struct {
	What   string `json:"what"` // place or type
	Code   string `json:"code"`
	Change string `json:"change"`
	Before string `json:"before,omitzero"` // as canonical JSON
	After  string `json:"after,omitzero"`
}

// DiffCatalogues lists what differs, by code.
func DiffCatalogues(before, after Catalogue) ([]NodeChange, error) {
	before, after = before.normal(), after.normal()
	var out []NodeChange
	err := errors.Join(
		diffNodes(&out, "place", before.Places, after.Places, func(p PlaceNode) string { return p.Code }),
		diffNodes(&out, "type", before.Types, after.Types, func(t TypeNode) string { return t.Code }))
	return out, err
}

func diffNodes[N any](out *[]NodeChange, what string, before, after []N, code func(N) string) error {
	text := func(nodes []N) (map[string]string, error) {
		m := map[string]string{}
		for _, n := range nodes {
			b, err := json.Marshal(n, json.Deterministic(true))
			if err != nil {
				return nil, err
			}
			m[code(n)] = string(b)
		}
		return m, nil
	}
	was, err1 := text(before)
	is, err2 := text(after)
	all := maps.Clone(was)
	maps.Copy(all, is)
	for _, c := range slices.Sorted(maps.Keys(all)) {
		n := NodeChange{What: what, Code: c, Before: was[c], After: is[c]}
		switch {
		case n.Before == n.After:
			continue
		case n.Before == "":
			n.Change = "added"
		case n.After == "":
			n.Change = "missing"
		default:
			n.Change = "changed"
		}
		*out = append(*out, n)
	}
	return errors.Join(err1, err2)
}
