package ledger_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
)

// Every rule refuses: with its rule, its field, a message and a hint, and nothing reaches the log.
func TestRefusals(t *testing.T) {
	w := founded(t)
	w.ok(ledger.OpenInitiative{Initiative: events.Initiative{Code: "Clôturé", Type: "AGR-CRP", Places: []string{"MA-YUS"}}},
		ledger.CloseInitiative{Code: "cloture", On: "2026-05-15", Reason: "harvest done"})
	first := row("r1")
	gone := row("gone", by("M9"))
	w.ok(first, gone, withdraw(gone))
	w.ok(row("long day", by("M2"), on("2026-06-02"), quantity("10", events.Hours)))
	for i := range 10 {
		w.ok(row(fmt.Sprint("short ", i), group(2), quantity("30", events.Minutes), func(r *ledger.Record) { r.Initiative, r.Type = "short", "AGR" }))
	}
	to := func(initiative string) func(*ledger.Record) {
		return func(r *ledger.Record) { r.Initiative = initiative }
	}
	at := func(place string) func(*ledger.Record) { return func(r *ledger.Record) { r.Place = place } }
	set := func(f func(*ledger.Record)) func(*ledger.Record) { return f }
	open := func(typ string) ledger.Command {
		return ledger.OpenInitiative{Initiative: events.Initiative{Code: "another", Type: typ, Places: []string{"MA-YUS"}}}
	}
	revised := rules
	revised.MinutesPerDay = 0
	var many ledger.Catalogue
	for i := range 1001 {
		many.Places = append(many.Places, ledger.PlaceNode{Code: fmt.Sprint("P-", i)})
	}
	evidence := make([]events.Evidence, 100)
	for i := range evidence {
		evidence[i] = events.Evidence{Kind: "photo", Locator: strings.Repeat("x", 900)}
	}

	seen := map[string]bool{}
	for _, c := range []struct {
		name  string
		cmd   ledger.Command
		rule  ledger.Rule
		field string
		says  string // what the message says
	}{
		{"founded twice", ledger.Found{Ledger: uuid.New(), Programme: ledgertest.Programme, Rules: rules}, ledger.AlreadyFounded, "", "test was founded"},

		{"no command", nil, ledger.MissingField, "command", ""},
		{"no initiative", row("x", to("")), ledger.MissingField, "initiative", ""},
		{"no date", row("x", on("")), ledger.MissingField, "date", ""},
		{"no unit", row("x", quantity("3", "")), ledger.MissingField, "unit", "without a unit"},
		{"no source", row("x", set(func(r *ledger.Record) { r.System = "" })), ledger.MissingField, "source", ""},
		{"a new initiative without a type", row("x", to("pams")), ledger.MissingField, "type", `"pams" is new`},
		{"no place, and the initiative has two", row("x", to("forum"), at("")), ledger.MissingField, "place", "exactly one"},
		{"a correction without a reason", ledger.Correct{Target: known(first), Set: map[string]string{"quantity": "4"}}, ledger.MissingField, "reason", ""},
		{"a withdrawal without a reason", ledger.Withdraw{Target: known(first), Reason: " "}, ledger.MissingField, "reason", ""},
		{"a revision without a reason", ledger.ReviseInitiative{Code: "palms", Type: "EVT"}, ledger.MissingField, "reason", ""},
		{"a name without a reason", ledger.RenameVolunteer{System: "hr", Volunteer: "M1", Name: "Aïcha"}, ledger.MissingField, "reason", ""},
		{"an initiative without a type", open(""), ledger.MissingField, "type", ""},

		{"a control character", row("x", set(func(r *ledger.Record) { r.Affiliation = "site\x07" })), ledger.BadText, "affiliation", "U+0007"},
		{"a bidi override", row("x", set(func(r *ledger.Record) { r.Note = "abc\u202edef" })), ledger.BadText, "note", "U+202E"},
		{"bad UTF-8", row("x", set(func(r *ledger.Record) { r.Note = "\xff" })), ledger.BadText, "note", "UTF-8"},
		{"bad UTF-8 in a code", row("x", set(func(r *ledger.Record) { r.Role = "\xff" })), ledger.BadText, "", "UTF-8"},
		{"a long note", row("x", set(func(r *ledger.Record) { r.Note = strings.Repeat("ن", 4001) })), ledger.BadText, "note", "4001 characters"},
		{"a correction with a control character", correct(first, "affiliation", "a\x00"), ledger.BadText, "affiliation", "U+0000"},

		{"an unknown role", row("x", set(func(r *ledger.Record) { r.Role = "boss" })), ledger.BadValue, "role", "boss"},
		{"an unknown basis", row("x", set(func(r *ledger.Record) { r.Basis = "weekend" })), ledger.BadValue, "basis", "weekend"},
		{"an affiliation that answers use", row("x", set(func(r *ledger.Record) { r.Affiliation = "unspecified" })), ledger.BadValue, "affiliation", "stands for itself"},
		{"an unknown unit", row("x", quantity("3", "weeks")), ledger.BadValue, "unit", "weeks"},
		{"an unknown per", row("x", set(func(r *ledger.Record) { r.Per = "team" })), ledger.BadValue, "per", "team"},
		{"a negative headcount", row("x", group(-3)), ledger.BadValue, "headcount", "-3"},
		{"more people than there are", row("x", group(1<<62)), ledger.BadValue, "headcount", "more than there are"},
		{"a volunteer of no letters", row("x", by("—")), ledger.BadValue, "volunteer", "neither letters nor digits"},
		{"an unknown field", correct(first, "colour", "red"), ledger.BadValue, "colour", ""},
		{"a headcount in words", correct(first, "volunteer", "", "headcount", "many"), ledger.BadValue, "headcount", "many"},
		{"rules that cannot be", ledger.ReviseProgramme{Rules: revised, Reason: "x"}, ledger.BadValue, "", "minutes per day"},
		{"a batch of nothing", ledger.OpenBatch{Batch: uuid.New()}, ledger.BadValue, "", ""},

		{"an unknown place", row("x", at("Yousoufia")), ledger.UnknownPlace, "place", "Yousoufia"},
		{"a correction to an unknown place", correct(first, "place", "Atlantis"), ledger.UnknownPlace, "place", "Atlantis"},
		{"an initiative in an unknown place", ledger.OpenInitiative{Initiative: events.Initiative{Code: "another", Type: "AGR", Places: []string{"Atlantis"}}}, ledger.UnknownPlace, "place", "Atlantis"},
		{"an ambiguous place", row("x", at("sidi ahmed")), ledger.AmbiguousPlace, "place", "2 places"},
		{"a retired place", row("x", at("GONE")), ledger.RetiredPlace, "place", "retired"},

		{"an unknown type", row("x", to("new"), set(func(r *ledger.Record) { r.Type = "fishing" })), ledger.UnknownType, "type", "fishing"},
		{"an initiative of an unknown type", open("fishing"), ledger.UnknownType, "type", "fishing"},
		{"an ambiguous type", open("twin"), ledger.AmbiguousType, "type", "2 types"},
		{"a retired type", open("OLD-T"), ledger.RetiredType, "type", "retired"},

		{"an unknown initiative", row("x", to("pams"), set(func(r *ledger.Record) { r.New = false })), ledger.UnknownInitiative, "initiative", "pams"},
		{"a correction to an unknown initiative", correct(first, "initiative", "pams"), ledger.UnknownInitiative, "initiative", "pams"},
		{"a revision of an unknown initiative", ledger.ReviseInitiative{Code: "pams", Type: "EVT", Reason: "x"}, ledger.UnknownInitiative, "initiative", "pams"},
		{"a closing of an unknown initiative", ledger.CloseInitiative{Code: "pams", On: "2026"}, ledger.UnknownInitiative, "initiative", "pams"},
		{"an initiative twice", ledger.OpenInitiative{Initiative: events.Initiative{Code: "PALMS", Type: "EVT"}}, ledger.InitiativeExists, "initiative", "palms"},
		{"an initiative closed before", row("x", to("cloture"), on("2026-05-16")), ledger.InitiativeClosed, "date", "closed on 2026-05-15"},
		{"an initiative closed within", row("x", to("cloture"), on("2026-05-10/2026-05-16")), ledger.InitiativeClosed, "date", "closed"},
		{"a correction into a closed initiative", correct(first, "initiative", "Clôturé"), ledger.InitiativeClosed, "date", "closed"},

		{"an unknown volunteer", row("x", by("M77"), set(func(r *ledger.Record) { r.New = false })), ledger.UnknownVolunteer, "volunteer", ""},
		{"a correction to an unknown volunteer", correct(first, "volunteer", "M77"), ledger.UnknownVolunteer, "volunteer", ""},
		{"another name for an unknown volunteer", ledger.RenameVolunteer{System: "hr", Volunteer: "M77", Name: "A", Reason: "x"}, ledger.UnknownVolunteer, "volunteer", ""},

		{"nobody", row("x", by("")), ledger.WhoGave, "volunteer", "neither"},
		{"somebody and a group", row("x", set(func(r *ledger.Record) { r.Headcount = 5 })), ledger.WhoGave, "volunteer", "both"},
		{"a correction to nobody", correct(first, "volunteer", ""), ledger.WhoGave, "volunteer", "neither"},
		{"a correction to both", correct(first, "headcount", "5"), ledger.WhoGave, "volunteer", "both"},

		{"no date at all", row("x", on("last week")), ledger.BadDate, "date", "last week"},
		{"31 June", row("x", on("2026-06-31")), ledger.BadDate, "date", "no such day"},
		{"an interval that ends before it begins", row("x", on("2026-06-03/2026-06-01")), ledger.BadDate, "date", "does not end after"},
		{"a closing on no date", ledger.CloseInitiative{Code: "palms", On: "soon"}, ledger.BadDate, "on", "soon"},
		{"before the programme", row("x", on("2018-02-28")), ledger.BeforeProgramme, "date", "2018-03"},
		{"a year before the programme", row("x", on("2017")), ledger.BeforeProgramme, "date", "2018-03"},
		{"tomorrow", row("x", on("2026-06-16")), ledger.InFuture, "date", "Africa/Casablanca"},
		{"until tomorrow", row("x", on("2026-06-01/2026-06-16")), ledger.InFuture, "date", "today is 2026-06-15"},
		{"next month", row("x", on("2026-07")), ledger.InFuture, "date", ""},
		{"next year", row("x", on("2027")), ledger.InFuture, "date", ""},
		{"over new year", row("x", on("2025-12-24/2026-01-06")), ledger.CrossesYear, "date", "split"},

		{"a negative quantity", row("x", quantity("-1", events.Hours)), ledger.BadQuantity, "quantity", "-1"},
		{"a quantity of zero", row("x", quantity("0", events.Hours)), ledger.BadQuantity, "quantity", `"0"`},
		{"a decimal comma", row("x", quantity("0,5", events.Days)), ledger.BadQuantity, "quantity", "0,5"},
		{"a quantity in words", row("x", quantity("half", events.Days)), ledger.BadQuantity, "quantity", "half"},
		{"an exponent", row("x", quantity("1e3", events.Minutes)), ledger.BadQuantity, "quantity", "1e3"},
		{"less than half a minute", row("x", quantity("0.5", events.Minutes)), ledger.BadQuantity, "quantity", "less than"},
		{"more minutes than can be counted", row("x", group(1_000_000_000), quantity("999999999999", events.Days)), ledger.BadQuantity, "quantity", "can be counted"},
		{"a correction to zero", correct(first, "quantity", "0"), ledger.BadQuantity, "quantity", ""},

		{"25 hours on a day", row("x", quantity("25", events.Hours)), ledger.TooMuchTime, "quantity", "24 hours"},
		{"a minute too many on two days", row("x", on("2026-06-01/2026-06-02"), quantity("2881", events.Minutes)), ledger.TooMuchTime, "quantity", "2 days"},
		{"a minute too many in a month", row("x", on("2026-02"), quantity("40321", events.Minutes)), ledger.TooMuchTime, "quantity", "28 days"},
		{"a minute too many in a year", row("x", on("2024"), quantity("527041", events.Minutes)), ledger.TooMuchTime, "quantity", "366 days"},
		{"a group's minute too many", row("x", group(60), quantity("86401", events.Minutes), set(func(r *ledger.Record) { r.Per = events.PerGroup })), ledger.TooMuchTime, "quantity", "60 people"},
		{"a correction to 25 hours", correct(first, "quantity", "25"), ledger.TooMuchTime, "quantity", ""},

		{"a correction of what is not there", correct(row("r0"), "quantity", "4"), ledger.UnknownRecord, "id", "hr has no"},
		{"a correction of an unknown id", ledger.Correct{Target: ledger.Target{Contribution: uuid.New()}, Reason: "x"}, ledger.UnknownRecord, "id", ""},
		{"a withdrawal of what is not there", withdraw(row("r0")), ledger.UnknownRecord, "id", ""},
		{"in place of what stands", row("x", set(func(r *ledger.Record) { r.Replaces = uuid.New() })), ledger.UnknownRecord, "replaces", ""},
		{"a correction of what was withdrawn", correct(gone, "quantity", "4"), ledger.WithdrawnRecord, "id", "withdrawn at @"},
		{"a withdrawal of what was withdrawn", withdraw(gone), ledger.WithdrawnRecord, "id", "withdrawn at @"},

		{"a correction that changes nothing", correct(first, "quantity", "3", "place", "Youssoufia", "volunteer", "m1"), ledger.NothingChanges, "", ""},
		{"a correction of nothing", correct(first), ledger.NothingChanges, "", ""},
		{"a correction to the default", correct(first, "role", "", "basis", ""), ledger.NothingChanges, "", ""},
		{"a revision that changes nothing", ledger.ReviseInitiative{Code: "palms", Type: "Crops", Reason: "x"}, ledger.NothingChanges, "", ""},
		{"rules that are so already", ledger.ReviseProgramme{Rules: rules, Reason: "x"}, ledger.NothingChanges, "", ""},
		{"an adoption of nothing", ledger.Adopt{}, ledger.NothingChanges, "", ""},
		{"a closing on the same day", ledger.CloseInitiative{Code: "cloture", On: "2026-05-15"}, ledger.NothingChanges, "", ""},

		{"a live reference with other content", row("r1", quantity("4", events.Hours)), ledger.Differs, "id", "something else"},
		{"12 hours and more on a day", row("x", by("M2"), on("2026-06-02"), quantity("2.5", events.Hours)), ledger.NotAccepted, "quantity", "12:30 hours on 2026-06-02"},
		{"13 hours at once", row("x", quantity("13", events.Hours)), ledger.NotAccepted, "quantity", "more than 12 a day"},
		{"6 days at once", row("x", on("2026-05"), quantity("6", events.Days)), ledger.NotAccepted, "quantity", "more than 5 days"},
		{"10 times the median", row("x", to("short"), quantity("5.1", events.Hours)), ledger.NotAccepted, "quantity", "10 times"},
		{"a correction to 13 hours", correct(first, "quantity", "13"), ledger.NotAccepted, "quantity", "13 hours"},

		{"a batch that is not open", ledger.CloseBatch{Batch: uuid.New()}, ledger.UnknownBatch, "batch", ""},
		{"a place above itself", ledger.Define{Catalogue: ledger.Catalogue{Places: []ledger.PlaceNode{{Code: "A", Parents: []string{"A"}}}}}, ledger.BadCatalogue, "place", "A"},
		{"a type of no code", ledger.Define{Catalogue: ledger.Catalogue{Types: []ledger.TypeNode{{Code: "?"}}}}, ledger.BadCatalogue, "type", "?"},
		{"more events than fit", ledger.Define{Catalogue: many}, ledger.TooLarge, "", "1001 events"},
		{"more bytes than fit", row("x", set(func(r *ledger.Record) { r.Evidence = evidence })), ledger.TooLarge, "", "bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			end := w.end()
			r := wantRefused(t, w.do(c.cmd).Err, c.rule, c.field)
			if !strings.Contains(r.Message, c.says) {
				t.Errorf("says %q, want %q in it", r.Message, c.says)
			}
			if w.end() != end {
				t.Errorf("the log grew to @%d", w.end())
			}
			seen[string(c.rule)] = true
		})
	}

	t.Run("candidates", func(t *testing.T) {
		for _, c := range []struct {
			cmd  ledger.Command
			rule ledger.Rule
			want string
		}{
			{row("x", at("Yousoufia")), ledger.UnknownPlace, "MA-YUS (Youssoufia, province), MA-YUS-T (Youssoufia, town)"},
			{row("x", at("sidi ahmed")), ledger.AmbiguousPlace, "SIDI-1 (Sidi Ahmed, town), SIDI-2 (Sidi-Ahmed, site)"},
			{open("Agricultur"), ledger.UnknownType, "AGR"},
			{open("twin"), ledger.AmbiguousType, "TWIN-1, TWIN-2"},
			{row("x", to("pams")), ledger.MissingField, "palms"},
		} {
			r := wantRefused(t, w.do(c.cmd).Err, c.rule, map[ledger.Rule]string{ledger.UnknownType: "type", ledger.AmbiguousType: "type", ledger.MissingField: "type"}[c.rule]+
				map[bool]string{true: "place"}[c.rule == ledger.UnknownPlace || c.rule == ledger.AmbiguousPlace])
			if got := strings.Join(r.Candidates, ", "); got != c.want {
				t.Errorf("%s: candidates %s, want %s", string(c.rule), got, c.want)
			}
		}
	})

	t.Run("a used id", func(t *testing.T) {
		req := w.requests(ledger.ReviseInitiative{Code: "palms", Titles: map[string]string{"fr": "Palmiers"}, Reason: "named"})[0]
		if o := w.submit(req)[0]; o.Err != nil {
			t.Fatal(o.Err)
		}
		req.Command = ledger.ReviseInitiative{Code: "palms", Titles: map[string]string{"fr": "Dattiers"}, Reason: "named"}
		end := w.end()
		wantRefused(t, w.submit(req)[0].Err, ledger.ReusedID, "id")
		req.ID = ""
		wantRefused(t, w.submit(req)[0].Err, ledger.MissingField, "id")
		if w.end() != end {
			t.Error("the log grew")
		}
		seen[string(ledger.ReusedID)] = true
	})

	t.Run("an actor that cannot be", func(t *testing.T) {
		reqs := w.requests(row("ok 1", by("M5")), row("x"), row("ok 2", by("M6")))
		reqs[1].Actor = "Aïcha B."
		out := w.submit(reqs...)
		wantRefused(t, out[1].Err, ledger.BadValue, "")
		if out[0].Err != nil || out[2].Err != nil {
			t.Errorf("its neighbours: %v, %v", out[0].Err, out[2].Err)
		}
	})

	t.Run("a catalogue", func(t *testing.T) {
		missing := catalogue
		missing.Places = slices.DeleteFunc(slices.Clone(missing.Places), func(p ledger.PlaceNode) bool { return p.Code == "GANTOUR" })
		_, err := ledger.AdoptPlan(catalogue, missing, "")
		if r := wantRefused(t, err, ledger.CodeInUse, "place"); !strings.HasPrefix(r.Message, "GANTOUR is") {
			t.Error(r.Message)
		}
		seen[string(ledger.CodeInUse)] = true

		w.ok(ledger.Define{Catalogue: ledger.Catalogue{Places: []ledger.PlaceNode{{Code: "ORPHAN", Parent: "NOWHERE"}}}})
		end := w.end()
		if r := w.refused(ledger.Adopt{}, ledger.BadCatalogue, ""); !strings.Contains(r.Message, "ORPHAN lies under NOWHERE") {
			t.Error(r.Message)
		}
		w.refused(ledger.Adopt{Digest: events.Sum(nil)}, ledger.BadCatalogue, "")
		w.ok(ledger.Define{Catalogue: ledger.Catalogue{Places: []ledger.PlaceNode{{Code: "ORPHAN", Parent: "MA-07"}}}})
		w.refused(ledger.Adopt{Digest: events.Sum(nil)}, ledger.BadCatalogue, "")
		w.refused(ledger.Adopt{Mode: events.FromEffective}, ledger.BadValue, "mode")
		w.refused(ledger.Adopt{Effective: "soon"}, ledger.BadValue, "effective")
		if w.end() != end+1 {
			t.Error("the log grew")
		}
	})

	t.Run("not founded", func(t *testing.T) {
		w := empty(t)
		for _, cmd := range []ledger.Command{
			row("x"), correct(row("x")), withdraw(row("x")), ledger.Define{Catalogue: catalogue}, ledger.Adopt{},
			ledger.OpenInitiative{Initiative: events.Initiative{Code: "a", Type: "b"}}, ledger.OpenBatch{}, ledger.ReviseProgramme{Reason: "x"},
		} {
			w.refused(cmd, ledger.NotFounded, "")
		}
		w.refused(ledger.Found{Programme: ledgertest.Programme, Rules: rules}, ledger.MissingField, "ledger")
		w.refused(ledger.Found{Ledger: uuid.New(), Programme: "another", Rules: rules}, ledger.BadValue, "programme")
		w.refused(ledger.Found{Ledger: uuid.New(), Programme: ledgertest.Programme}, ledger.BadValue, "")
		if w.end() != 0 {
			t.Error("the log grew")
		}
		seen[string(ledger.NotFounded)] = true
	})

	seen[string(ledger.NotForeign)] = true // TestNoteForeign
	for _, rule := range declaredRules(t) {
		if !seen[rule] {
			t.Errorf("no case for rule %s", rule)
		}
	}
}

// declaredRules reads the rules in refusal.go, so that none is forgotten here.
func declaredRules(t *testing.T) (out []string) {
	f, err := parser.ParseFile(token.NewFileSet(), "refusal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if typ, ok := v.Type.(*ast.Ident); ok && typ.Name == "Rule" {
				text, _ := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				out = append(out, text)
			}
		}
		return true
	})
	if len(out) < 30 {
		t.Fatalf("found only %d rules in refusal.go", len(out))
	}
	return out
}

// What is the future is decided in the programme's time zone: UTC+1 in Morocco's summer, UTC in the
// month of Ramadan (in 2027 from 7 February to 14 March).
func TestTodayIsLocal(t *testing.T) {
	w := founded(t)
	for i, c := range []struct {
		now    string
		date   events.Date
		future bool
	}{
		{"2026-07-14T22:59:59.999Z", "2026-07-15", true},
		{"2026-07-14T23:00:00Z", "2026-07-15", false},
		{"2026-07-14T23:00:00Z", "2026-07-16", true},
		{"2026-07-31T22:59:59Z", "2026-08", true},
		{"2026-07-31T23:00:00Z", "2026-08", false},
		{"2026-12-31T22:59:59Z", "2027", true},
		{"2026-12-31T23:00:00Z", "2027", false},
		{"2027-02-09T23:30:00Z", "2027-02-10", true}, // Ramadan
		{"2027-02-10T00:00:00Z", "2027-02-10", false},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		w.clock.set(now)
		cmd := row(fmt.Sprint("t", i), on(c.date), by(fmt.Sprint("T", i)))
		if c.future {
			w.refused(cmd, ledger.InFuture, "date")
		} else if o := w.do(cmd); o.Err != nil {
			t.Errorf("at %s, %s: %v", c.now, c.date, o.Err)
		}
	}
}

// The first days and the last that are still allowed.
func TestBoundsAreInclusive(t *testing.T) {
	w := founded(t)
	w.ok(ledger.OpenInitiative{Initiative: events.Initiative{Code: "closed", Type: "AGR", Places: []string{"MA-YUS"}}},
		ledger.CloseInitiative{Code: "closed", On: "2026-05"})
	for i, change := range []func(*ledger.Record){
		on("2018-03-01"), on("2018"), on("2018-02-01/2018-03-01"), on("2026-06-15"), on("2026"), on("2026-06"), on("2026-06-01/2026-06-15"),
		func(r *ledger.Record) { r.Initiative, r.Date = "closed", "2026-05-31" },
		func(r *ledger.Record) { r.Initiative, r.Date = "closed", "2026" },
		func(r *ledger.Record) { r.Quantity, r.Unit, r.Accept = "24", events.Hours, "a night watch" },
		func(r *ledger.Record) {
			r.Date, r.Quantity, r.Unit, r.Accept = "2024", "527040", events.Minutes, "a whole year"
		},
	} {
		o := w.do(row(fmt.Sprint("b", i), by(fmt.Sprint("B", i)), change))
		if o.Err != nil {
			t.Errorf("case %d: %v", i, o.Err)
		}
	}
}
