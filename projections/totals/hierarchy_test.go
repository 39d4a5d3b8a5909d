package totals

import "testing"

func TestPlacement(t *testing.T) {
	nodes := map[string]node{
		"north": {}, "south": {parents: []string{"elsewhere"}}, // its parent is not in the catalogue
		"p1": {parents: []string{"north"}}, "p2": {parents: []string{"north"}}, "p3": {parents: []string{"south"}},
		"town": {parents: []string{"p1"}}, "site": {parents: []string{"p1", "p2"}}, "border": {parents: []string{"p1", "p3"}},
		"venue": {parents: []string{"site"}}, "odd": {parents: []string{"north", "p2"}},
		"old": {mapped: "older"}, "older": {mapped: "town"}, "child": {parents: []string{"old"}},
		"lost": {parents: []string{"p1"}, mapped: "nowhere"},
		"a":    {mapped: "b"}, "b": {mapped: "c"}, "c": {mapped: "b"},
		"x": {parents: []string{"y"}}, "y": {parents: []string{"x"}}, "z": {parents: []string{"x", "p1"}},
		"self": {parents: []string{"alias"}}, "alias": {mapped: "self"},
	}
	f := newForest(func(code string) (node, bool) { n, ok := nodes[code]; return n, ok })
	for _, c := range []struct{ code, place, province, region string }{
		{"north", "north", Unspecified, "north"},
		{"south", "south", Unspecified, "south"},
		{"p1", "p1", "p1", "north"},
		{"town", "town", "p1", "north"},
		{"site", "site", Several, "north"},
		{"venue", "venue", Several, "north"},
		{"border", "border", Several, Several},
		{"odd", "odd", Several, "north"}, // right below a region, and below a province
		{"old", "town", "p1", "north"},
		{"child", "child", "p1", "north"}, // below what its parent is mapped to
		{"lost", "lost", "p1", "north"},   // mapped to what is not there
		{"a", "a", Unspecified, "a"},      // a cycle of mappings is none
		{"x", "x", Unspecified, Unspecified},
		{"z", "z", "p1", "north"}, // the cycle above it leads nowhere
		{"self", "self", Unspecified, "self"},
		{"unheard-of", "unheard-of", Unspecified, "unheard-of"},
	} {
		if place, province, region := f.placement(c.code); place != c.place || province != c.province || region != c.region {
			t.Errorf("%s: place %s, province %s, region %s; want %s, %s, %s",
				c.code, place, province, region, c.place, c.province, c.region)
		}
	}
}

func TestClassification(t *testing.T) {
	nodes := map[string]node{
		"AGR": {}, "AGR-CRP": {parents: []string{"AGR"}}, "AGR-CRP-Q": {parents: []string{"AGR-CRP"}},
		"OLD": {mapped: "AGR"}, "OLD-X": {mapped: "AGR-CRP"}, "BELOW": {parents: []string{"OLD"}},
	}
	f := newForest(func(code string) (node, bool) { n, ok := nodes[code]; return n, ok })
	for _, c := range []struct{ code, typ, theme string }{
		{"AGR", Unspecified, "AGR"}, {"AGR-CRP", "AGR-CRP", "AGR"}, {"AGR-CRP-Q", "AGR-CRP-Q", "AGR"},
		{"OLD", Unspecified, "AGR"}, {"OLD-X", "AGR-CRP", "AGR"}, {"BELOW", "BELOW", "AGR"}, {"NEW", Unspecified, "NEW"},
	} {
		if typ, theme := f.classification(c.code); typ != c.typ || theme != c.theme {
			t.Errorf("%s: type %s, theme %s; want %s, %s", c.code, typ, theme, c.typ, c.theme)
		}
	}
}

func TestVersions(t *testing.T) {
	var v versions[string]
	for _, step := range []struct {
		from month
		is   string
		want [4]string // in months 0, 10, 20, 30
	}{
		{20, "a", [4]string{"a", "a", "a", "a"}}, // the first holds before, too
		{20, "b", [4]string{"a", "a", "b", "b"}},
		{30, "c", [4]string{"a", "a", "b", "c"}},
		{10, "d", [4]string{"a", "d", "d", "d"}},
		{0, "e", [4]string{"e", "e", "e", "e"}},
	} {
		v = v.from(step.from, step.is)
		for i, m := range []month{0, 10, 20, 30} {
			if got := v.at(m); got != step.want[i] {
				t.Errorf("%s since %d: in %d it is %s, not %s", step.is, step.from, m, got, step.want[i])
			}
		}
		if v.newest() != step.is {
			t.Errorf("newest is %s, not %s", v.newest(), step.is)
		}
	}
}
