package totals

import (
	"maps"
	"slices"

	"sijil/projections"
)

// A Query asks for totals by some dimensions. It is the body of the service's request.
type Query struct {
	// By is what rows are for, in this order; without it there is only a total.
	By []Dimension `json:"by,omitzero"`
	// Where takes the contributions that have, in every dimension named, one of its values.
	Where Where `json:"where,omitzero"`
	// From and To, each optional, take the contributions whose days all lie between them, both
	// included: a year, a month, or the first (From) or last (To) day of a month.
	From string `json:"from,omitzero"`
	To   string `json:"to,omitzero"`
}

var _ projections.Question[Answer] = Query{}

// Where filters. Values are codes; a place or type that is mapped to another stands for that one.
type Where map[Dimension][]string

// Answer answers q from any view of this projection. Its errors are [QueryError].
func (q Query) Answer(v projections.View) (Answer, error) {
	p, err := q.plan(v)
	if err != nil {
		return Answer{}, err
	}
	total, groups := p.fold(v)
	batches := p.unfinished(v, total, groups)
	return p.answer(v, q, total, groups, batches), nil
}

// A plan is a query made ready for a view: who resolves the dimensions, which ones are needed, and
// which of their values pass.
type plan struct {
	*resolver
	span   span
	by     []Dimension
	where  []Dimension
	passes []map[uint32]bool // for each of where
}

func (q Query) plan(v projections.View) (*plan, error) {
	p := &plan{resolver: newResolver(v), by: q.By}
	var err error
	if p.span, err = within(q.From, q.To); err != nil {
		return nil, err
	}
	for i, d := range q.By {
		switch {
		case !d.valid():
			return nil, unknownDimension("by", d)
		case slices.Contains(q.By[:i], d):
			return nil, &QueryError{Field: "by", Dimension: d, Reason: "is there twice"}
		}
	}
	for _, d := range slices.Sorted(maps.Keys(q.Where)) {
		if !d.valid() {
			return nil, unknownDimension("where", d)
		}
		passes := map[uint32]bool{}
		for _, value := range q.Where[d] {
			values, err := p.known(d, value)
			if err != nil {
				return nil, err
			}
			for _, s := range values {
				passes[p.id(s)] = true
			}
		}
		if len(passes) == 0 {
			return nil, &QueryError{Field: "where", Dimension: d, Reason: "has no value"}
		}
		p.where, p.passes = append(p.where, d), append(p.passes, passes)
	}
	return p, nil
}

func unknownDimension(field string, d Dimension) error {
	e := &QueryError{Field: field, Value: string(d), Reason: "is not a dimension"}
	for _, d := range Dimensions {
		e.Candidates = append(e.Candidates, string(d))
	}
	return e
}

// A groupKey is the ids of a group's values, as many as there are dimensions in By.
type groupKey [11]uint32

// group reports whether a cell passes, and in which group it is.
func (p *plan) group(k *cellKey) (g groupKey, ok bool) {
	if monthOf(k.year, k.from) < p.span.first || monthOf(k.year, k.to) > p.span.last {
		return g, false
	}
	for i, d := range p.where {
		if !p.passes[i][p.value(d, k)] {
			return g, false
		}
	}
	for i, d := range p.by {
		g[i] = p.value(d, k)
	}
	return g, true
}

// fold adds up the cells that pass.
func (p *plan) fold(v projections.View) (total *group, groups map[groupKey]*group) {
	total, groups = &group{}, map[groupKey]*group{}
	var people []uint32
	var last *group // cells next to each other are often in one group
	var lastKey groupKey
	for key, value := range v.Scan([]byte{tagCell}) {
		k := parseCellKey(key[1:])
		g, ok := p.group(&k)
		if !ok {
			continue
		}
		var s sums
		r := reader{b: value}
		s.read(&r)
		people = r.people(people[:0])
		if r.bad {
			panic(damaged(key))
		}
		if len(p.by) > 0 {
			if last == nil || g != lastKey {
				if last = groups[g]; last == nil {
					last = &group{}
					groups[g] = last
				}
				lastKey = g
			}
			last.add(&k, &s)
			last.people.AddMany(people)
		} else {
			total.people.AddMany(people)
		}
		total.add(&k, &s)
	}
	for _, g := range groups {
		total.people.Or(&g.people)
	}
	return total, groups
}
