package totals

import (
	"slices"

	"sijil/events"
)

// known returns what a filter's value stands for in a dimension: itself, and what it is mapped to.
// A value that neither the catalogue nor the ledger knows is a QueryError.
func (r *resolver) known(d Dimension, value string) ([]string, error) {
	switch d {
	case Region, Province, Place:
		if d != Place && value == Several || d == Province && value == Unspecified {
			return []string{value}, nil
		}
		return r.knownNode(d, value, r.catalogue.placesIn)
	case Theme, Type:
		if value == Unspecified {
			return []string{value}, nil
		}
		return r.knownNode(d, value, r.catalogue.typesIn)
	case Initiative:
		return r.knownInitiative(value)
	case Year:
		if _, err := events.Date(value).Span(); err != nil || len(value) != len("2019") {
			return nil, &QueryError{Field: "where", Dimension: d, Value: value, Reason: "is not a year like 2019"}
		}
	case Month:
		if _, err := events.Date(value).Span(); value != Unspecified && (err != nil || len(value) != len("2019-03")) {
			return nil, &QueryError{
				Field: "where", Dimension: d, Value: value, Reason: "is not a month like 2019-03", Candidates: []string{Unspecified},
			}
		}
	case Role:
		return oneOf(d, value, roles)
	case Basis:
		return oneOf(d, value, bases)
	default:
		if value != Unspecified && r.view.Get(codeKey(ordinalTags[affiliations], value)) == nil {
			return nil, r.unknown(d, value, "is nobody's affiliation")
		}
	}
	return []string{value}, nil
}

func oneOf[T ~string](d Dimension, value string, all []T) ([]string, error) {
	if slices.Contains(all, T(value)) {
		return []string{value}, nil
	}
	e := &QueryError{Field: "where", Dimension: d, Value: value, Reason: "is not known"}
	for _, a := range all {
		e.Candidates = append(e.Candidates, string(a))
	}
	return nil, e
}

// knownNode knows a place or type that was of the dimension at some time.
func (r *resolver) knownNode(d Dimension, value string, in func(int) *forest) ([]string, error) {
	now := in(r.catalogue.now()).resolve(value)
	for _, f := range r.catalogue.ever(in) {
		if is(d, f, value) || is(d, f, now) {
			return []string{value, now}, nil
		}
	}
	if d == Place && r.view.Get(codeKey(ordinalTags[places], value)) != nil {
		return []string{value, now}, nil
	}
	switch {
	case d.ofPlace() && r.view.Get(codeKey(tagPlace, value)) != nil:
		return nil, r.unknown(d, value, "is a place, but not a "+string(d))
	case d == Type && r.view.Get(codeKey(tagType, value)) != nil:
		return nil, r.unknown(d, value, "is a theme, not a type")
	case d == Theme && r.view.Get(codeKey(tagType, value)) != nil:
		return nil, r.unknown(d, value, "is a type, not a theme")
	}
	return nil, r.unknown(d, value, "is not in the catalogue")
}

// is reports whether a code is of a dimension in f.
func is(d Dimension, f *forest, code string) bool {
	if f.node(code) == nil {
		return false
	}
	parents := f.parents(code)
	switch d {
	case Region, Theme:
		return len(parents) == 0
	case Province:
		return slices.ContainsFunc(parents, func(p string) bool { return len(f.parents(p)) == 0 })
	case Type:
		return len(parents) > 0
	default:
		return true
	}
}

func (r *resolver) knownInitiative(value string) ([]string, error) {
	if id, err := events.ParseID(value); err == nil {
		if is, ok := r.catalogue.initiative(id[:]); ok {
			now := is.newest()
			r.titles[now.Code] = now.Titles
			return []string{now.Code}, nil
		}
		if r.view.Get(idKey(ordinalTags[initiatives], id)) != nil {
			return []string{value}, nil
		}
	}
	for key, b := range r.view.Scan([]byte{tagInitiative}) {
		if now := parse[described](key, b).newest(); now.Code == value {
			r.titles[now.Code] = now.Titles
			return []string{value}, nil
		}
	}
	return nil, r.unknown(Initiative, value, "was not opened")
}

// unknown is the error for a value, with the nearest ones that would be known.
func (r *resolver) unknown(d Dimension, value, reason string) error {
	var all []candidate
	switch d {
	case Region, Province, Place:
		f := r.catalogue.placesIn(r.catalogue.now())
		for key, b := range r.view.Scan([]byte{tagPlace}) {
			if code := string(key[1:]); is(d, f, code) {
				all = append(all, candidate{code, parse[placed](key, b).newest().Names})
			}
		}
	case Theme, Type:
		f := r.catalogue.typesIn(r.catalogue.now())
		for key, b := range r.view.Scan([]byte{tagType}) {
			if code := string(key[1:]); is(d, f, code) {
				all = append(all, candidate{code, parse[typed](key, b).newest().Names})
			}
		}
	case Initiative:
		for key, b := range r.view.Scan([]byte{tagInitiative}) {
			now := parse[described](key, b).newest()
			all = append(all, candidate{now.Code, now.Titles})
		}
	case Affiliation:
		for key := range r.view.Scan([]byte{ordinalTags[affiliations]}) {
			all = append(all, candidate{string(key[1:]), nil})
		}
	}
	return &QueryError{Field: "where", Dimension: d, Value: value, Reason: reason, Candidates: nearest(value, all)}
}
