package events

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var update = flag.Bool("update", false, "write the golden files anew: only for kinds that no ledger holds yet")

var (
	testLedger = uuid.MustParse("0b8f5a52-8a3e-4c1e-9a55-6f0e2d4c7b10")
	testTime   = time.Date(2026, 11, 24, 5, 22, 13, 120_000_000, time.UTC)
	testCause  = Cause{
		Command: uuid.MustParse("5d0f8f0e-1111-8222-a333-444455556666"), Hash: Sum([]byte("a command")),
		Actor: "clerk-7", Method: Password, Correlation: uuid.MustParse("c0ffee00-0000-8000-8000-00000000ba7c"),
	}
	testPrev = Checkpoint{Ledger: testLedger, Position: 41, Hash: Sum([]byte("the payload before"))}

	amina = uuid.MustParse("6ba7b810-9dad-41d1-80b4-00c04fd430c8")
	oasis = uuid.MustParse("9f6c1a2e-3b4d-4e5f-8a9b-0c1d2e3f4a5b")
	other = uuid.MustParse("00112233-4455-4677-8899-aabbccddeeff")
)

// sealedText is as long as n letters sealed would be.
func sealedText(key uuid.UUID, n int) Sealed {
	s := append(Sealed{}, key[:]...)
	for len(s) < SealedOverhead+n {
		s = append(s, byte(len(s)))
	}
	return s
}

func ofVolunteer() *Contribution {
	return &Contribution{
		Volunteer: amina, Initiative: oasis, Place: "MA-REH-BNG", PlaceEntered: "Ben Guérir", Date: "2019-11-23",
		Role: Volunteering, Quantity: "1.5", Unit: Days, Per: PerPerson, Minutes: 720, Basis: PaidWorkTime,
		Affiliation: "Site Gantour", Session: other, Replaces: testCause.Command,
		Evidence: []Evidence{{Kind: "attendance list", SHA256: Sum([]byte("scan")), Locator: "archive/2019/11/23.pdf"}},
		Origin:   Origin{System: "hr", File: Sum([]byte("file")), Sheet: 2, Row: 12, Reference: sealedText(amina, 6)},
		Standing: Counted, Note: sealedText(other, 20),
	}
}

func ofHeadcount() *Contribution {
	return &Contribution{
		Headcount: 60, Initiative: oasis, Place: "MA-07", Date: "2019-11-04/2019-11-15", Role: Attendance,
		Quantity: "30", Unit: Hours, Per: PerGroup, Minutes: 1800, Basis: UnknownBasis, Standing: Pending,
	}
}

// golden is one event per kind with every field set, by the name of its file: the type, and a
// variant after a dash where one event cannot have everything.
var golden = map[string]Event{
	"batch.imported.v1": BatchImported{
		ID: other, Rows: 107, Recorded: 100, Already: 6, Rejected: 1, Contributions: 130, Accepted: accepted(),
	},
	"batch.opened.v1": BatchOpened{ID: other, System: "hr", File: Sum([]byte("file")), Map: Sum([]byte("map")), Rows: 107},
	"catalogue.adopted.v1": CatalogueAdopted{
		Number: 3, Effective: "2020-01-01", Mode: FromEffective, Places: 96, Types: 31, Digest: Sum([]byte("catalogue")),
		Reason: "twelve regions", Restates: []string{"2019"},
	},
	"contribution.corrected.v1": ContributionCorrected{
		ID: testCause.Command, Before: ofHeadcount(), After: ofVolunteer(), Reason: "the list has names",
		Evidence: ofVolunteer().Evidence, Accepted: accepted(), Restates: []string{"2019", "2019-11"},
	},
	"contribution.recorded.v1": ContributionRecorded{
		ID: testCause.Command, After: ofVolunteer(), Accepted: accepted(), Restates: []string{"2019"},
	},
	"contribution.recorded.v1-headcount": ContributionRecorded{ID: testCause.Command, After: ofHeadcount()},
	"contribution.withdrawn.v1": ContributionWithdrawn{
		ID: testCause.Command, Before: ofVolunteer(), Reason: "entered twice", Evidence: ofVolunteer().Evidence, Restates: []string{"2019"},
	},
	"contribution.withdrawn.v1-headcount": ContributionWithdrawn{ID: testCause.Command, Before: ofHeadcount(), Reason: "another site's"},
	"foreign.noted.v1":                    ForeignNoted{Position: 17, SHA256: Sum([]byte("foreign")), Reason: "published by hand"},
	"initiative.closed.v1":                InitiativeClosed{ID: oasis, On: "2020-03-15", Reason: "handed over"},
	"initiative.opened.v1":                InitiativeOpened{ID: oasis, Initiative: initiative("OASIS-2019")},
	"initiative.revised.v1": InitiativeRevised{
		ID: oasis, Before: initiative("OASIS-2019"), After: initiative("OASIS"), Mode: FromEffective, Effective: "2020",
		Reason: "goes on", Restates: []string{"2020"},
	},
	"place.defined.v1": PlaceDefined{Code: "MA-REH", Place: Place{
		Kind: "province", Parents: []string{"MA-07", "GANTOUR"}, Names: map[string]string{"ar": "الرحامنة", "fr": "Rhamna", "en": "Rehamna"},
		Aliases: []string{"Rhamna"}, Retired: true, MappedTo: "MA-REH-2",
	}},
	"programme.founded.v1": ProgrammeFounded{Programme: "act4community", Rules: rules(480)},
	"programme.revised.v1": ProgrammeRevised{
		Programme: "act4community", Before: rules(480), After: rules(420), Reason: "seven hours", Restates: []string{"2018"},
	},
	"type.defined.v1": TypeDefined{Code: "AGR-CRP", Type: Type{
		Parent: "AGR", Names: map[string]string{"en": "Crops", "fr": "Cultures"}, Aliases: []string{"Farming"}, TimeCounts: Volunteering,
		Retired: true, MappedTo: "AGR-ALL",
	}},
	"volunteer.registered.v1": VolunteerRegistered{ID: amina, System: "hr", Reference: sealedText(amina, 6), Name: sealedText(amina, 12)},
	"volunteer.updated.v1":    VolunteerUpdated{ID: amina, Name: sealedText(amina, 14), Reason: "married"},
}

func accepted() *Accepted {
	return &Accepted{Rules: []string{"hours_per_day", "times_the_median"}, Reason: "night shift"}
}

func initiative(code string) Initiative {
	return Initiative{
		Code: code, Type: "AGR-CRP", Places: []string{"MA-REH", "MA-YUS"}, Titles: map[string]string{"en": "Oasis", "ar": "واحة"},
		Bodies: []string{"Foundation"}, Partners: []string{"Cooperative"}, Opened: "2019-11",
	}
}

func rules(minutes int64) Rules {
	return Rules{
		Names: map[string]string{"en": "Act4Community"}, Since: "2018", Timezone: "Africa/Casablanca", MinutesPerDay: minutes,
		Counts: CountsRecorded, Limits: Limits{HoursPerDay: 12, DaysPerContribution: 5, MedianFactor: 10},
	}
}

func goldenFile(name string) string { return filepath.Join("testdata", "golden", name+".json") }

// goldenPayload is the payload in a golden file; the file ends with a newline.
func goldenPayload(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(goldenFile(name))
	if errors.Is(err, os.ErrNotExist) {
		t.Fatalf("no golden file %s: add an event to the map golden, then go test ./events -update", goldenFile(name))
	}
	if err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(b, []byte("\n"))
}

// typeOf is the CloudEvents type that a golden file is of.
func typeOf(name string) string { typ, _, _ := strings.Cut(name, "-"); return typ }

func sealGolden(t testing.TB, e Event) Entry {
	t.Helper()
	out, err := Seal(testPrev, "act4community", testTime, testCause, 2, e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What is on the wire does not change: every kind is written to the bytes of its golden file, and
// read back to what was written.
func TestGolden(t *testing.T) {
	for name, e := range golden {
		t.Run(name, func(t *testing.T) {
			sealed := sealGolden(t, e)
			if *update {
				if err := os.MkdirAll(filepath.Dir(goldenFile(name)), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(goldenFile(name), append(bytes.Clone(sealed.Raw), '\n'), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want := goldenPayload(t, name)
			if !bytes.Equal(sealed.Raw, want) {
				t.Errorf("written as\n%s, not\n%s", sealed.Raw, want)
			}
			read, err := Decode(want)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(read, sealed) {
				t.Errorf("read as\n%+v, not\n%+v", read, sealed)
			}
			if typeOf(name) != e.Kind().String() {
				t.Errorf("is of kind %s", e.Kind())
			}
		})
	}
}

// Every declared kind has a golden file for each of its versions, and every golden file is of a
// declared kind and can be read. Files of older versions have no event in the map golden: they are
// what that version wrote, and stay.
func TestGoldenIsComplete(t *testing.T) {
	files, err := filepath.Glob(goldenFile("*"))
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		have = append(have, typeOf(name))
		e, err := Decode(goldenPayload(t, name))
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if golden[name] == nil && e.Event.Kind().String() == typeOf(name) {
			t.Errorf("%s: no event in the map golden is written like it", f)
		}
	}
	for kind, versions := range declared {
		for version := range versions {
			if typ := (Kind{kind, version}).String(); !slices.Contains(have, typ) {
				t.Errorf("%s has no golden file", typ)
			}
		}
	}
}

// A field that no golden event sets could change without a test that notices.
func TestGoldenIsFull(t *testing.T) {
	set := map[string]bool{} // by struct and field
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Pointer && !v.IsNil():
			walk(v.Elem())
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case v.Kind() == reflect.Struct:
			for f, field := range v.Fields() {
				path := v.Type().Name() + "." + f.Name
				set[path] = set[path] || !field.IsZero()
				walk(field)
			}
		}
	}
	for _, e := range golden {
		walk(reflect.ValueOf(e))
	}
	for path, ok := range set {
		if !ok {
			t.Errorf("%s is not set in any golden event", path)
		}
	}
}

// What Seal takes, Decode takes.
func TestSealRefuses(t *testing.T) {
	e := golden["foreign.noted.v1"]
	for name, seal := range map[string]func() (Entry, error){
		"an event that contradicts itself": func() (Entry, error) {
			return Seal(testPrev, "p", testTime, testCause, 1, ForeignNoted{})
		},
		"no ledger":      func() (Entry, error) { return Seal(Checkpoint{}, "p", testTime, testCause, 1, e) },
		"a bad name":     func() (Entry, error) { return Seal(testPrev, "P.q", testTime, testCause, 1, e) },
		"part 0":         func() (Entry, error) { return Seal(testPrev, "p", testTime, testCause, 0, e) },
		"no time":        func() (Entry, error) { return Seal(testPrev, "p", time.Time{}, testCause, 1, e) },
		"the year 10000": func() (Entry, error) { return Seal(testPrev, "p", testTime.AddDate(7974, 0, 0), testCause, 1, e) },
		"no cause":       func() (Entry, error) { return Seal(testPrev, "p", testTime, Cause{}, 1, e) },
		"no hash of the entry before": func() (Entry, error) {
			return Seal(Checkpoint{Ledger: testLedger, Position: 4}, "p", testTime, testCause, 1, e)
		},
		"a name as actor": func() (Entry, error) {
			c := testCause
			c.Actor = "Amina Benali"
			return Seal(testPrev, "p", testTime, c, 1, e)
		},
	} {
		if _, err := seal(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := Seal(testPrev, "p", testTime, testCause, 1, ForeignNoted{Position: 1, Reason: strings.Repeat("x", MaxPayload)})
	if !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	if _, err := Seal(testPrev, "p", testTime, testCause, 1, ForeignNoted{Position: 1, Reason: "\xff"}); err == nil {
		t.Error("sealed what is not UTF-8")
	}
}

func ExampleSeal() {
	ledger := Checkpoint{Ledger: testLedger}
	e, err := Seal(ledger, "act4community", testTime, testCause, 1, golden["programme.founded.v1"])
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(e.Position, e.ID(), e.Event.Kind(), e.Prev == Nothing)
	fmt.Println(ledger.Follow(e), ledger.Position)
	// Output:
	// 1 5d0f8f0e-1111-8222-a333-444455556666 programme.founded.v1 true
	// <nil> 1
}
