package totals

import (
	"slices"

	"sijil/projections"
)

// A node is a place or a type at one time.
type node struct {
	parents []string
	mapped  string
}

// A forest is the places, or the types, as they are from one month on. It reads the nodes that it
// is asked about, once each.
type forest struct {
	read  func(code string) (node, bool)
	known map[string]*node
}

func placesAt(v projections.View, m month) *forest {
	return newForest(func(code string) (node, bool) {
		p, ok := getJSON[placed](v, codeKey(tagPlace, code))
		if !ok {
			return node{}, false
		}
		is := p.at(m)
		return node{is.Parents, is.MappedTo}, true
	})
}

func typesAt(v projections.View, m month) *forest {
	return newForest(func(code string) (node, bool) {
		t, ok := getJSON[typed](v, codeKey(tagType, code))
		if !ok {
			return node{}, false
		}
		is := t.at(m)
		n := node{mapped: is.MappedTo}
		if is.Parent != "" {
			n.parents = []string{is.Parent}
		}
		return n, true
	})
}

func newForest(read func(string) (node, bool)) *forest {
	return &forest{read, map[string]*node{}}
}

// node is the node of that code, nil where the catalogue has none.
func (f *forest) node(code string) *node {
	n, ok := f.known[code]
	if !ok {
		if is, there := f.read(code); there {
			n = &is
		}
		f.known[code] = n
	}
	return n
}

// resolve follows the mappings from code to what stands for it. A mapping to what is not in the
// catalogue, and a cycle, are none.
func (f *forest) resolve(code string) string {
	seen := []string{code}
	for at := code; ; {
		n := f.node(at)
		if n == nil || n.mapped == "" || f.node(n.mapped) == nil {
			return at
		}
		if at = n.mapped; slices.Contains(seen, at) {
			return code
		}
		seen = append(seen, at)
	}
}

// parents are the parents of a resolved code that the catalogue has, resolved.
func (f *forest) parents(code string) []string {
	n := f.node(code)
	if n == nil {
		return nil
	}
	var out []string
	for _, p := range n.parents {
		if f.node(p) == nil {
			continue
		}
		if p = f.resolve(p); p != code {
			out = append(out, p)
		}
	}
	return out
}

// above are the nodes without parents that lie above a resolved code, and the nodes right below one
// on the way there. Of a node without parents that is itself, and none.
func (f *forest) above(code string) (roots, seconds []string) {
	seen := []string{code}
	for i := 0; i < len(seen); i++ {
		parents := f.parents(seen[i])
		if len(parents) == 0 {
			roots = append(roots, seen[i])
		}
		second := false
		for _, p := range parents {
			second = second || len(f.parents(p)) == 0
			if !slices.Contains(seen, p) {
				seen = append(seen, p)
			}
		}
		if second {
			seconds = append(seconds, seen[i])
		}
	}
	return roots, seconds
}

// one is the only code there is, or a word for there being none or several.
func one(codes []string) string {
	switch len(codes) {
	case 0:
		return Unspecified
	case 1:
		return codes[0]
	default:
		return Several
	}
}

// placement is the place, province and region that a code means.
func (f *forest) placement(code string) (place, province, region string) {
	place = f.resolve(code)
	roots, seconds := f.above(place)
	return place, one(seconds), one(roots)
}

// classification is the type and theme that a code means; the type is Unspecified where the code is
// that of a theme.
func (f *forest) classification(code string) (typ, theme string) {
	typ = f.resolve(code)
	roots, _ := f.above(typ)
	if theme = one(roots); theme == typ {
		typ = Unspecified
	}
	return typ, theme
}

// A catalogue is the places and types at every time that makes a difference.
type catalogue struct {
	view   projections.View
	months []month // when something changes, rising
	places []*forest
	types  []*forest
}

func catalogueOf(v projections.View) *catalogue {
	months, _ := getJSON[[]month](v, effectiveKey)
	n := len(months) + 1
	return &catalogue{v, months, make([]*forest, n), make([]*forest, n)}
}

// epoch is the number of the time that a month is in.
func (c *catalogue) epoch(m month) int {
	n := len(c.months)
	for n > 0 && c.months[n-1] > m {
		n--
	}
	return n
}

// now is the last epoch.
func (c *catalogue) now() int { return len(c.months) }

// begins is the month from which an epoch is.
func (c *catalogue) begins(epoch int) month {
	if epoch == 0 {
		return 0
	}
	return c.months[epoch-1]
}

func (c *catalogue) placesIn(epoch int) *forest {
	if c.places[epoch] == nil {
		c.places[epoch] = placesAt(c.view, c.begins(epoch))
	}
	return c.places[epoch]
}

func (c *catalogue) typesIn(epoch int) *forest {
	if c.types[epoch] == nil {
		c.types[epoch] = typesAt(c.view, c.begins(epoch))
	}
	return c.types[epoch]
}

// ever yields the places, or the types, of every epoch.
func (c *catalogue) ever(in func(int) *forest) []*forest {
	var out []*forest
	for epoch := range len(c.months) + 1 {
		out = append(out, in(epoch))
	}
	return out
}

func (c *catalogue) initiative(id []byte) (described, bool) {
	return getJSON[described](c.view, append([]byte{tagInitiative}, id...))
}
