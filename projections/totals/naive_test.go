package totals_test

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections/totals"
)

// naive answers a query from the entries in the most obvious way. It shares no code with the fold:
// it keeps whole contributions, months as texts, and sets of ids.
type naive struct {
	programme     events.Rules
	contributions map[uuid.UUID]*events.Contribution
	initiatives   map[uuid.UUID][]described
	adoptions     []adoption
	placeDrafts   map[string]events.Place
	typeDrafts    map[string]events.Type
	open          map[uuid.UUID]bool
	touches       []touch
	position      uint64
}

// described and adoption say what holds since a month, "" for all time.
type described struct {
	since string
	is    events.Initiative
}

type adoption struct {
	since  string
	places map[string]events.Place
	types  map[string]events.Type
}

// A touch is a side of a contribution that an open batch changed.
type touch struct {
	batch uuid.UUID
	c     *events.Contribution
}

const forever = "9999-12"

func naively(entries []events.Entry) *naive {
	n := &naive{
		contributions: map[uuid.UUID]*events.Contribution{}, initiatives: map[uuid.UUID][]described{},
		placeDrafts: map[string]events.Place{}, typeDrafts: map[string]events.Type{}, open: map[uuid.UUID]bool{},
	}
	for _, entry := range entries {
		n.position = entry.Position
		switch e := entry.Event.(type) {
		case events.ProgrammeFounded:
			n.programme = e.Rules
		case events.ProgrammeRevised:
			n.programme = e.After
		case events.PlaceDefined:
			n.placeDrafts[e.Code] = e.Place
		case events.TypeDefined:
			n.typeDrafts[e.Code] = e.Type
		case events.CatalogueAdopted:
			n.adoptions = append(n.adoptions, adoption{since(e.Mode, e.Effective), n.placeDrafts, n.typeDrafts})
			n.placeDrafts, n.typeDrafts = map[string]events.Place{}, map[string]events.Type{}
		case events.InitiativeOpened:
			n.initiatives[e.ID] = []described{{"", e.Initiative}}
		case events.InitiativeRevised:
			n.initiatives[e.ID] = append(n.initiatives[e.ID], described{since(e.Mode, e.Effective), e.After})
		case events.BatchOpened:
			n.open[e.ID] = true
		case events.BatchImported:
			delete(n.open, e.ID)
			n.touches = slices.DeleteFunc(n.touches, func(t touch) bool { return t.batch == e.ID })
		case events.Contributory:
			id, before, after := e.Change()
			if delete(n.contributions, id); after != nil {
				n.contributions[id] = after
			}
			for _, c := range []*events.Contribution{before, after} {
				if c != nil && c.Standing != events.Rejected && n.open[entry.Cause.Correlation] {
					n.touches = append(n.touches, touch{entry.Cause.Correlation, c})
				}
			}
		}
	}
	return n
}

func since(mode events.Mode, effective events.Date) string {
	if mode == events.FromEffective {
		return string(effective[:7]) // the histories have months and no less
	}
	return ""
}

// moved reports that a change since a month concerns what is in another month.
func moved(since, month string, first bool) bool { return first || since == "" || month >= since }

func (n *naive) place(code, month string) (is events.Place, ok bool) {
	for _, a := range n.adoptions {
		if p, there := a.places[code]; there && moved(a.since, month, !ok) {
			is, ok = p, true
		}
	}
	return is, ok
}

func (n *naive) typ(code, month string) (is events.Type, ok bool) {
	for _, a := range n.adoptions {
		if t, there := a.types[code]; there && moved(a.since, month, !ok) {
			is, ok = t, true
		}
	}
	return is, ok
}

func (n *naive) resolvePlace(code, month string) string {
	if is, ok := n.place(code, month); ok && is.MappedTo != "" {
		if _, ok := n.place(is.MappedTo, month); ok {
			return n.resolvePlace(is.MappedTo, month)
		}
	}
	return code
}

func (n *naive) resolveType(code, month string) string {
	if is, ok := n.typ(code, month); ok && is.MappedTo != "" {
		if _, ok := n.typ(is.MappedTo, month); ok {
			return n.resolveType(is.MappedTo, month)
		}
	}
	return code
}

func (n *naive) parents(code, month string) (out []string) {
	is, _ := n.place(code, month)
	for _, p := range is.Parents {
		if _, ok := n.place(p, month); ok {
			out = append(out, n.resolvePlace(p, month))
		}
	}
	return out
}

func (n *naive) regions(code, month string) map[string]bool {
	out := map[string]bool{}
	for _, p := range n.parents(code, month) {
		maps.Copy(out, n.regions(p, month))
	}
	if len(out) == 0 {
		out[code] = true
	}
	return out
}

func (n *naive) provinces(code, month string) map[string]bool {
	out := map[string]bool{}
	for _, p := range n.parents(code, month) {
		if len(n.parents(p, month)) == 0 {
			out[code] = true
		} else {
			maps.Copy(out, n.provinces(p, month))
		}
	}
	return out
}

func (n *naive) theme(code, month string) string {
	is, _ := n.typ(code, month)
	if _, ok := n.typ(is.Parent, month); ok {
		return n.theme(n.resolveType(is.Parent, month), month)
	}
	return code
}

func only(codes map[string]bool) string {
	if len(codes) == 0 {
		return "unspecified"
	}
	if len(codes) > 1 {
		return "several"
	}
	for c := range codes {
		return c
	}
	panic("unreachable")
}

// values are a contribution's values in all dimensions.
func (n *naive) values(c *events.Contribution) map[totals.Dimension]string {
	span, err := c.Date.Span()
	if err != nil {
		panic(err)
	}
	month, last := span.First.String()[:7], span.Last.String()[:7]
	place := n.resolvePlace(c.Place, month)
	var is events.Initiative
	for i, d := range n.initiatives[c.Initiative] {
		if moved(d.since, month, i == 0) {
			is = d.is
		}
	}
	changes := n.initiatives[c.Initiative]
	typ := n.resolveType(is.Type, month)
	out := map[totals.Dimension]string{
		totals.Region: only(n.regions(place, month)), totals.Province: only(n.provinces(place, month)), totals.Place: place,
		totals.Theme: n.theme(typ, month), totals.Type: typ, totals.Initiative: changes[len(changes)-1].is.Code,
		totals.Year: month[:4], totals.Month: month, totals.Role: string(c.Role), totals.Basis: string(c.Basis),
		totals.Affiliation: c.Affiliation,
	}
	if out[totals.Theme] == typ {
		out[totals.Type] = "unspecified"
	}
	if month != last {
		out[totals.Month] = "unspecified"
	}
	if c.Affiliation == "" {
		out[totals.Affiliation] = "unspecified"
	}
	return out
}

func (n *naive) passes(q totals.Query, c *events.Contribution, values map[totals.Dimension]string) bool {
	for d, wanted := range q.Where {
		ok := false
		for _, w := range wanted {
			ok = ok || values[d] == w
			switch d {
			case totals.Region, totals.Province, totals.Place:
				ok = ok || values[d] == n.resolvePlace(w, forever)
			case totals.Theme, totals.Type:
				ok = ok || values[d] == n.resolveType(w, forever)
			}
		}
		if !ok {
			return false
		}
	}
	span, _ := c.Date.Span()
	if q.From != "" {
		if from, _ := events.Date(q.From).Span(); span.First < from.First {
			return false
		}
	}
	if q.To != "" {
		if to, _ := events.Date(q.To).Span(); span.Last > to.Last {
			return false
		}
	}
	return true
}

// A naiveGroup is the contributions of a row.
type naiveGroup struct {
	keys       []totals.Key
	people     map[uuid.UUID]bool
	initiative map[uuid.UUID]bool
	totals.Figures
}

func (g *naiveGroup) add(c *events.Contribution) {
	if c.Standing == events.Pending {
		g.Pending++
		return
	}
	g.initiative[c.Initiative] = true
	if c.Headcount > 0 {
		g.Headcount += c.Headcount
		g.Participations += c.Headcount
	} else {
		g.people[c.Volunteer] = true
		g.Participations++
	}
	if c.Minutes == 0 {
		g.Unquantified++
	}
	if c.Role == events.Volunteering {
		g.Minutes += c.Minutes
	}
}

func (g *naiveGroup) figures(perDay int64) totals.Figures {
	f := g.Figures
	f.Participants, f.Initiatives = int64(len(g.people)), int64(len(g.initiative))
	f.Days = hundredths(f.Minutes, perDay)
	return f
}

// hundredths rounds half to even with rational numbers.
func hundredths(minutes, perDay int64) totals.Days {
	if perDay == 0 {
		return 0
	}
	exact := big.NewRat(minutes*100, perDay)
	floor := new(big.Int).Div(exact.Num(), exact.Denom())
	rest := new(big.Rat).Sub(exact, new(big.Rat).SetInt(floor))
	switch half := rest.Cmp(big.NewRat(1, 2)); {
	case half > 0, half == 0 && floor.Bit(0) == 1:
		floor.Add(floor, big.NewInt(1))
	}
	return totals.Days(floor.Int64())
}

// answer has what a right answer has, but for time and labels.
func (n *naive) answer(q totals.Query) totals.Answer {
	newGroup := func(keys []totals.Key) *naiveGroup {
		return &naiveGroup{keys: keys, people: map[uuid.UUID]bool{}, initiative: map[uuid.UUID]bool{}}
	}
	keysOf := func(values map[totals.Dimension]string) (keys []totals.Key, name string) {
		for _, d := range q.By {
			keys = append(keys, totals.Key{Dimension: d, Value: values[d]})
			name += values[d] + "\x00"
		}
		return keys, name
	}
	total, groups := newGroup(nil), map[string]*naiveGroup{}
	for _, c := range n.contributions {
		values := n.values(c)
		if c.Standing == events.Rejected || !n.passes(q, c, values) {
			continue
		}
		keys, name := keysOf(values)
		if groups[name] == nil {
			groups[name] = newGroup(keys)
		}
		groups[name].add(c)
		total.add(c)
	}
	batches := map[uuid.UUID]bool{}
	for _, t := range n.touches {
		values := n.values(t.c)
		if !n.passes(q, t.c, values) {
			continue
		}
		total.Unfinished, batches[t.batch] = true, true
		if _, name := keysOf(values); groups[name] != nil {
			groups[name].Unfinished = true
		}
	}
	a := totals.Answer{
		Position: n.position, By: append([]totals.Dimension{}, q.By...), Where: q.Where, From: q.From, To: q.To,
		Rows: []totals.Row{}, Total: total.figures(n.programme.MinutesPerDay), MinutesPerDay: n.programme.MinutesPerDay,
		NotAdditive: totals.NotAdditive,
		Unfinished:  slices.SortedFunc(maps.Keys(batches), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }),
	}
	if n.programme.Timezone != "" {
		a.Programme = "test"
	}
	if len(q.By) > 0 {
		for _, g := range groups {
			a.Rows = append(a.Rows, totals.Row{Keys: g.keys, Figures: g.figures(n.programme.MinutesPerDay)})
		}
	}
	slices.SortFunc(a.Rows, func(x, y totals.Row) int {
		return slices.CompareFunc(x.Keys, y.Keys, func(a, b totals.Key) int { return cmp.Compare(a.Value, b.Value) })
	})
	return a
}

// seen are the values that contributions have in a dimension.
func (n *naive) seen(d totals.Dimension) []string {
	set := map[string]bool{}
	for _, c := range n.contributions {
		if v := n.values(c)[d]; !strings.HasPrefix(v, "unspecified") {
			set[v] = true
		}
	}
	return slices.Sorted(maps.Keys(set))
}
