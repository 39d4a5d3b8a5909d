package ledger_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sijil/events"
	"sijil/ledger"
)

// A place is found by what people write, and what may surprise is said.
func TestPlaces(t *testing.T) {
	w := founded(t)
	for i, c := range []struct {
		text, level string
		code        string
		note        string // in the outcome
		rule        ledger.Rule
	}{
		{text: "MA-YUS-T", code: "MA-YUS-T"},
		{text: "GANTOUR", code: "GANTOUR"},
		{text: "ma-yus-t", code: "MA-YUS-T"},
		{text: "Rehamna", code: "MA-REH"},
		{text: "الرحامنة", code: "MA-REH"},
		{text: "الرحامنه", code: "MA-REH"},
		{text: "Ben Guérir", code: "BENGUERIR"},
		{text: "BEN-GUERIR", code: "BENGUERIR"},
		{text: "بن جرير", code: "BENGUERIR"},
		{text: "mohammed vi GREEN city", code: "BENGUERIR"},
		{text: "Marrakech-Safi", code: "MA-07"},
		{text: "مراكش-أسفي", code: "MA-07"},

		{text: "Youssoufia", code: "MA-YUS", note: `"Youssoufia" is read as MA-YUS (Youssoufia, province), not as a place of that name inside it`},
		{text: "اليوسفيه", code: "MA-YUS", note: "MA-YUS"},
		{text: "Youssoufia", level: "town", code: "MA-YUS-T"},
		{text: "Youssoufia", level: "province", code: "MA-YUS"},
		{text: "Youssoufia", level: "region", rule: ledger.UnknownPlace},
		{text: "MA-YUS-T", level: "town", code: "MA-YUS-T"},
		{text: "MA-YUS-T", level: "province", rule: ledger.UnknownPlace},
		{text: "souss massa", level: "region", code: "MA-09"},

		{text: "Sidi Ahmed", rule: ledger.AmbiguousPlace},
		{text: "Sidi Ahmed", level: "site", code: "SIDI-2"},
		{text: "Yousoufia", rule: ledger.UnknownPlace},

		{text: "Village disparu", rule: ledger.RetiredPlace},
		{text: "Gantour", code: "GANTOUR"}, // its retired namesake is not meant
		{text: "OLD-GANTOUR", rule: ledger.RetiredPlace},
		{text: "OLD-REH", code: "MA-REH", note: `"OLD-REH" is read as MA-REH (Rehamna, province), which stands for it`},
		{text: "Les Rehamna", code: "MA-REH", note: "stands for it"},
	} {
		t.Run(c.text+" "+c.level, func(t *testing.T) {
			o := w.do(row(fmt.Sprint("p", i), group(3), func(r *ledger.Record) { r.Place, r.PlaceLevel = c.text, c.level }))
			if c.rule != "" {
				if !errors.Is(o.Err, c.rule) {
					t.Fatalf("%v, want %s", o.Err, string(c.rule))
				}
				return
			}
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			after := o.Events[0].(events.ContributionRecorded).After
			entered := c.text
			if entered == c.code {
				entered = ""
			}
			if after.Place != c.code || after.PlaceEntered != entered {
				t.Errorf("place %s, entered %q; want %s, %q", after.Place, after.PlaceEntered, c.code, entered)
			}
			notes := strings.Join(o.Notes, "\n")
			if (c.note == "") != (notes == "") || !strings.Contains(notes, c.note) {
				t.Errorf("notes %q, want %q in them", notes, c.note)
			}
		})
	}
	t.Run("that of the initiative", func(t *testing.T) {
		o := w.ok(row("none", group(3), func(r *ledger.Record) { r.Place = "" }))
		if after := o.Events[0].(events.ContributionRecorded).After; after.Place != "MA-YUS" || after.PlaceEntered != "" {
			t.Errorf("place %s, entered %q", after.Place, after.PlaceEntered)
		}
	})
}

// A type likewise.
func TestTypes(t *testing.T) {
	w := founded(t)
	for i, c := range []struct {
		text, code string
		role       events.Role
		rule       ledger.Rule
	}{
		{text: "AGR-CRP", code: "AGR-CRP", role: events.Volunteering},
		{text: "cultures", code: "AGR-CRP", role: events.Volunteering}, // its namesake stands for it
		{text: "فلاحه", code: "AGR", role: events.Volunteering},
		{text: "evenements", code: "EVT", role: events.Attendance},
		{text: "twin-2", code: "TWIN-2", role: events.Attendance},
		{text: "MAP-T", code: "AGR-CRP", role: events.Volunteering},
		{text: "maraichage", code: "AGR-CRP", role: events.Volunteering},
		{text: "Twin", rule: ledger.AmbiguousType},
		{text: "charrue", rule: ledger.RetiredType},
		{text: "OLD-T", rule: ledger.RetiredType},
		{text: "fishing", rule: ledger.UnknownType},
	} {
		t.Run(c.text, func(t *testing.T) {
			o := w.do(row(fmt.Sprint("t", i), group(3), func(r *ledger.Record) { r.Initiative, r.Type, r.Title = fmt.Sprint("of type ", i), c.text, "Un titre" }))
			if c.rule != "" {
				if !errors.Is(o.Err, c.rule) {
					t.Fatalf("%v, want %s", o.Err, string(c.rule))
				}
				return
			}
			if o.Err != nil {
				t.Fatal(o.Err)
			}
			opened := o.Events[0].(events.InitiativeOpened)
			if opened.Type != c.code || opened.Titles["und"] != "Un titre" || opened.Places[0] != "MA-YUS" {
				t.Errorf("opened %+v", opened)
			}
			if role := o.Events[1].(events.ContributionRecorded).After.Role; role != c.role {
				t.Errorf("role %s, want %s", role, c.role)
			}
		})
	}
}

// A type can be retired while its initiatives go on, and files go on naming it.
func TestRetiredTypeOfAnInitiative(t *testing.T) {
	w := founded(t)
	w.ok(ledger.Define{Catalogue: ledger.Catalogue{Types: []ledger.TypeNode{{Code: "AGR-CRP", Parent: "AGR", Retired: true}}}}, ledger.Adopt{})
	named := func(typ string) func(*ledger.Record) { return func(r *ledger.Record) { r.Type = typ } }
	w.ok(row("1", group(2)), row("2", group(2), named("AGR-CRP")))
	o := w.ok(row("3", group(2), named("EVT")))
	if len(o.Notes) != 1 || !strings.Contains(o.Notes[0], "AGR-CRP") {
		t.Errorf("notes %q", o.Notes)
	}
	w.refused(row("4", group(2), named("AGR-CRP"), func(r *ledger.Record) { r.Initiative = "new" }), ledger.RetiredType, "type")
}

// An initiative is found by its code in any spelling, or its id.
func TestInitiatives(t *testing.T) {
	w := founded(t)
	id := w.ok(ledger.OpenInitiative{Initiative: events.Initiative{Code: "Reboisement-Été", Type: "AGR", Places: []string{"Youssoufia"}}}).
		Events[0].(events.InitiativeOpened).ID
	if want := ledger.InitiativeID(found.Ledger, "reboisement ete"); id != want {
		t.Errorf("id %s, want %s", id, want)
	}
	for i, code := range []string{"reboisement ete", "REBOISEMENT_ÉTÉ", "Reboisement-E\u0301te\u0301", id.String()} {
		o := w.ok(row(fmt.Sprint("i", i), group(2), func(r *ledger.Record) { r.Initiative, r.New = code, false }))
		if got := o.Events[0].(events.ContributionRecorded).After.Initiative; got != id {
			t.Errorf("%q is %s", code, got)
		}
	}
	w.ok(ledger.ReviseInitiative{Code: id.String(), Titles: map[string]string{"fr": " Reboisement\u00a0"}, Places: []string{"MA-09"}, Reason: "moved"})
	o := w.ok(ledger.ReviseInitiative{Code: "reboisement ete", Type: "EVT", Reason: "it is an event"})
	r := o.Events[0].(events.InitiativeRevised)
	if r.Before.Titles["fr"] != "Reboisement" || r.After.Titles["fr"] != "Reboisement" || r.Before.Type != "AGR" || r.After.Type != "EVT" || r.After.Places[0] != "MA-09" {
		t.Errorf("revised %+v", r)
	}
}

// A catalogue is adopted whole, moves names from place to place, and reads back as it was given.
func TestCatalogue(t *testing.T) {
	w := founded(t)
	read := func() (c ledger.Catalogue) {
		if err := w.Consult(t.Context(), func(b ledger.Books) error { c = b.Catalogue(); return nil }); err != nil {
			t.Fatal(err)
		}
		return c
	}
	if changes, err := ledger.DiffCatalogues(read(), catalogue); err != nil || len(changes) != 0 {
		t.Errorf("differs from what was adopted: %+v, %v", changes, err)
	}
	text, err := read().JSON()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := ledger.ParseCatalogue(text)
	if err != nil || !equal(parsed, read()) {
		t.Errorf("does not parse back: %v", err)
	}

	w.ok(ledger.Define{Catalogue: ledger.Catalogue{Places: []ledger.PlaceNode{
		{Code: "MA-REH", Parent: "MA-09", Kind: "province", Names: names("", "Nouveau nom", ""), Aliases: []string{"Sidi Ahmed"}},
	}}})
	w.ok(row("before", group(2), func(r *ledger.Record) { r.Place = "Rehamna" })) // not in effect yet
	o := w.ok(ledger.Adopt{Reason: " renamed "})
	if e := o.Events[0].(events.CatalogueAdopted); e.Number != 2 || e.Effective != "2026-06-15" || e.Reason != "renamed" || e.Places != int64(len(catalogue.Places)) {
		t.Errorf("adopted %+v", e)
	}
	w.ok(row("after", group(2), func(r *ledger.Record) { r.Place = "nouveau nom" }))
	w.refused(row("x", group(2), func(r *ledger.Record) { r.Place = "الرحامنة" }), ledger.UnknownPlace, "place")
	w.refused(row("x", group(2), func(r *ledger.Record) { r.Place = "Sidi Ahmed" }), ledger.AmbiguousPlace, "place")
	w.adopt(catalogue)
	w.ok(row("again", group(2), func(r *ledger.Record) { r.Place = "الرحامنة" }))

	for _, bad := range []struct{ text, says string }{
		{`{"places":[{"code":"A","parent":"B"},{"code":"B","parent":"A"}],"types":[]}`, "lies under itself"},
		{`{"places":[{"code":"A"},{"code":"A"}],"types":[]}`, "stands twice"},
		{`{"places":[{"code":"A","mapped_to":"C"}],"types":[]}`, "not in the catalogue"},
		{`{"places":[],"types":[{"code":"T","parent":"U"}]}`, "not in the catalogue"},
		{`{"places":[{"code":"A","parnet":"B"}],"types":[]}`, "parnet"},
		{`{"places":[{"code":"A","code":"B"}],"types":[]}`, "not a catalogue"},
		{`[]`, "not a catalogue"},
	} {
		if _, err := ledger.ParseCatalogue([]byte(bad.text)); err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%s: %v, want %q in it", bad.text, err, bad.says)
		}
	}
}
