package ledger_test

import (
	"strings"
	"testing"

	"sijil/ledger"
)

// Whatever is wrong with a catalogue file is said by code.
func TestParseCatalogue(t *testing.T) {
	for name, c := range map[string]struct{ file, says string }{
		"not JSON":           {`places`, "not a catalogue"},
		"an unknown member":  {`{"places":[{"code":"A","colour":"red"}],"types":[]}`, "colour"},
		"a code twice":       {`{"places":[{"code":"A"},{"code":"A"}],"types":[]}`, "place A stands twice"},
		"a code of no code":  {`{"places":[],"types":[{"code":"no code"}]}`, `"no code" is not a code`},
		"a word of answers":  {`{"places":[{"code":"several"}],"types":[]}`, "choose another code"},
		"a missing parent":   {`{"places":[{"code":"A","parent":"B"}],"types":[]}`, "place A lies under B, which is not in the catalogue"},
		"a missing target":   {`{"places":[],"types":[{"code":"A","mapped_to":"B"}]}`, "type A lies under B"},
		"a circle":           {`{"places":[{"code":"A","parent":"B"},{"code":"B","parent":"C"},{"code":"C","parent":"A"}],"types":[]}`, "lies under itself"},
		"an unknown role":    {`{"places":[],"types":[{"code":"A","time_counts":"sleep"}]}`, "sleep"},
		"two things at once": {`{"places":[{"code":"several"},{"code":"A","parent":"B"}],"types":[]}`, "which is not in the catalogue"},
	} {
		if _, err := ledger.ParseCatalogue([]byte(c.file)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A file in another order, with parent for parents, is the same catalogue.
func TestDiffCatalogues(t *testing.T) {
	parse := func(s string) ledger.Catalogue {
		t.Helper()
		c, err := ledger.ParseCatalogue([]byte(s))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	a := parse(`{"places":[{"code":"A"},{"code":"B","parent":"A"}],"types":[{"code":"T"}]}`)
	b := parse(`{"types":[{"code":"T"}],"places":[{"code":"B","parents":["A"]},{"code":"A"}]}`)
	if changes, err := ledger.DiffCatalogues(a, b); err != nil || len(changes) > 0 {
		t.Errorf("%v %v", changes, err)
	}
	again, err := a.JSON()
	if err != nil {
		t.Fatal(err)
	}
	if changes, err := ledger.DiffCatalogues(a, parse(string(again))); err != nil || len(changes) > 0 {
		t.Errorf("written and read: %v %v", changes, err)
	}
	c := parse(`{"places":[{"code":"A","names":{"fr":"Un"}}],"types":[{"code":"T"},{"code":"U"}]}`)
	changes, err := ledger.DiffCatalogues(a, c)
	if err != nil || len(changes) != 3 || changes[0].Change != "changed" || changes[1].Change != "missing" || changes[2].Change != "added" {
		t.Errorf("%+v %v", changes, err)
	}
}
