package demo

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"sijil/cmd/internal/phrase"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/ledger/vault"
	"sijil/projections"
)

// open runs a ledger for a programme, on a log in memory and a vault.
func open(t testing.TB, p *Programme) (*ledger.Ledger, *ledgertest.Log) {
	t.Helper()
	v, err := vault.Open(t.TempDir() + "/vault")
	if err != nil {
		t.Fatal(err)
	}
	log := &ledgertest.Log{}
	l, err := ledger.New(ledger.Config{Programme: Name, Log: log, Vault: v, Books: t.TempDir() + "/books", Now: p.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		<-done
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return l, log
}

// figures are counted from the log alone: what stands of each contribution at its end.
type figures struct {
	standing                           map[uuid.UUID]*events.Contribution
	people, volunteers                 map[uuid.UUID]bool
	minutes, headcount                 int64
	unquantified, unquantifiedOfPeople int
	initiatives                        map[uuid.UUID]bool
	regions                            map[string]bool
	kinds                              map[string]int
	entries                            []events.Entry
}

func count(t testing.TB, log *ledgertest.Log) figures {
	t.Helper()
	f := figures{
		standing: map[uuid.UUID]*events.Contribution{}, people: map[uuid.UUID]bool{}, volunteers: map[uuid.UUID]bool{},
		initiatives: map[uuid.UUID]bool{}, regions: map[string]bool{}, kinds: map[string]int{},
	}
	end, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	places := map[string][]string{}
	for batch, err := range projections.Follow(t.Context(), log, events.Checkpoint{}, end) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			f.entries = append(f.entries, e)
			f.kinds[e.Event.Kind().Name()]++
			switch ev := e.Event.(type) {
			case events.Contributory:
				id, _, after := ev.Change()
				f.standing[id] = after
				if after == nil {
					delete(f.standing, id)
				}
			case events.PlaceDefined:
				places[ev.Code] = ev.Parents
			}
		}
	}
	for _, c := range f.standing {
		f.headcount += c.Headcount
		f.initiatives[c.Initiative] = true
		f.regions[regionOf(places, c.Place)] = true
		if c.Volunteer != uuid.Nil {
			f.people[c.Volunteer] = true
		}
		if c.Minutes == 0 {
			f.unquantified++
			if c.Volunteer != uuid.Nil {
				f.unquantifiedOfPeople++
			}
		}
		if c.Role == events.Volunteering {
			f.minutes += c.Minutes
			if c.Volunteer != uuid.Nil {
				f.volunteers[c.Volunteer] = true
			}
		}
	}
	return f
}

func regionOf(places map[string][]string, code string) string {
	for len(places[code]) > 0 {
		code = places[code][0] // the provinces of Gantour lie in one region
	}
	return code
}

// TestHistory records the whole history and finds the article's sentence in the log.
func TestHistory(t *testing.T) {
	p := New(1)
	l, log := open(t, p)
	last, calls := 0, 0
	began := time.Now()
	err := p.History(t.Context(), func(ctx context.Context, reqs ...ledger.Request) ([]ledger.Outcome, error) {
		if len(reqs) > atOnce {
			t.Errorf("%d requests at once", len(reqs))
		}
		calls++
		return l.Submit(ctx, reqs...)
	}, func(done, total int) {
		if done <= last || done > total {
			t.Errorf("progress went from %d to %d of %d", last, done, total)
		}
		last = done
	})
	if err != nil {
		t.Fatal(err)
	}
	f := count(t, log)
	t.Logf("%d requests in %d calls, %d events in %v: %v", last, calls, len(f.entries), time.Since(began).Round(time.Millisecond), f.kinds)
	days := float64(f.minutes) / dayLength
	t.Logf("%d people, %d of them volunteers, %.2f days, headcount %d, %d initiatives, %d regions, %d contributions stand, %d without a time (%d of people)",
		len(f.people), len(f.volunteers), days, f.headcount, len(f.initiatives), len(f.regions), len(f.standing), f.unquantified, f.unquantifiedOfPeople)

	between := func(what string, got, low, high float64) {
		t.Helper()
		if got < low || got > high {
			t.Errorf("%s: %g, want %g to %g", what, got, low, high)
		}
	}
	between("people", float64(len(f.people)), 5501, 5599)
	between("volunteers", float64(len(f.volunteers)), 5501, 5599)
	between("days", days, 16_550, 16_649)
	between("contributions recorded", float64(f.kinds["contribution.recorded"]), 13_000, 16_999)
	between("corrections", float64(f.kinds["contribution.corrected"]), 150, 150)
	between("withdrawals", float64(f.kinds["contribution.withdrawn"]), 40, 40)
	between("initiatives", float64(f.kinds["initiative.opened"]), 40, 80)
	between("reclassified", float64(f.kinds["initiative.revised"]), 3, 4)
	between("closed", float64(f.kinds["initiative.closed"]), 2, 2)
	between("batches", float64(f.kinds["batch.imported"]), 48, 60)
	between("regions", float64(len(f.regions)), 8, 12)
	if len(f.initiatives) != f.kinds["initiative.opened"] {
		t.Errorf("something was given to %d of %d initiatives", len(f.initiatives), f.kinds["initiative.opened"])
	}
	sentence, err := phrase.Sentence("en", phrase.Figures{Since: 2018, Participants: int64(len(f.people)), Days: math.RoundToEven(days*100) / 100})
	if err != nil || !strings.Contains(sentence, "Since 2018, more than 5,500 people ") || !strings.Contains(sentence, "close to 16,600 volunteer days") {
		t.Errorf("the article's sentence is %q (%v)", sentence, err)
	}

	t.Run("recorded in its time", func(t *testing.T) {
		first, last := f.entries[0].Time, f.entries[len(f.entries)-1].Time
		if first.Format(time.DateOnly) != "2018-03-05" || !slices.Contains([]string{"2020-03-09", "2020-03-10"}, last.Format(time.DateOnly)) {
			t.Errorf("recorded from %s to %s", first, last)
		}
		months := map[string]bool{}
		for _, e := range f.entries {
			if _, ok := e.Event.(events.BatchOpened); ok {
				months[e.Time.Format("2006-01")] = true
			}
			c, ok := e.Event.(events.ContributionRecorded)
			if !ok || len(c.After.Date) < len("2018-03-05") {
				continue
			}
			if span, _ := c.After.Date.Span(); span.Last.Time().After(e.Time) || e.Time.Sub(span.Last.Time()) > 50*24*time.Hour {
				t.Fatalf("@%d: the contribution of %s was recorded on %s", e.Position, c.After.Date, e.Time)
			}
		}
		if len(months) != 24 {
			t.Errorf("files were imported in %d months, want in each of 24", len(months))
		}
		if now := time.Now(); p.Clock.Now().Before(now.Add(-time.Minute)) {
			t.Errorf("the clock was not let go: it is %s", p.Clock.Now())
		}
	})
	t.Run("of every sort", func(t *testing.T) { f.wantSorts(t) })
	t.Run("in the places of the article", func(t *testing.T) { f.wantPlaces(t) })
	t.Run("nothing twice", func(t *testing.T) {
		if err := p.History(t.Context(), l.Submit, nil); err != nil {
			t.Fatal(err)
		}
		if end, _ := log.End(t.Context()); end != uint64(len(f.entries)) {
			t.Errorf("the same history again is recorded up to @%d, after @%d", end, len(f.entries))
		}
	})
	t.Run("live", func(t *testing.T) { wantLive(t, p, l, log) })
}

// wantSorts looks for one contribution at least of every sort that the package promises.
func (f figures) wantSorts(t *testing.T) {
	found := map[string]int{}
	for _, e := range f.entries {
		switch ev := e.Event.(type) {
		case events.ContributionRecorded:
			c := ev.After
			found["basis "+string(c.Basis)]++
			found["affiliation "+c.Affiliation]++
			found["quantity "+c.Quantity+" "+string(c.Unit)]++
			found[fmt.Sprintf("date of %d characters", len(c.Date))]++
			found["role "+string(c.Role)]++
			found["system "+c.Origin.System]++
			if c.Headcount > 0 && c.Minutes == 0 {
				found["a group without a time"]++
			}
			if c.Headcount == 0 && c.Minutes == 0 {
				found["a person without a time"]++
			}
			if ev.Accepted != nil {
				found["accepted "+strings.Join(ev.Accepted.Rules, "+")]++
			}
			if len(c.Note) > 0 {
				found["a note"]++
			}
			if c.PlaceEntered != "" {
				found["a place as typed"]++
			}
			if e.Cause.Correlation == uuid.Nil {
				t.Errorf("@%d is recorded outside a batch", e.Position)
			}
		case events.ContributionCorrected:
			b, a := ev.Before, ev.After
			for field, same := range map[string]bool{
				"volunteer": b.Volunteer == a.Volunteer, "initiative": b.Initiative == a.Initiative, "place": b.Place == a.Place,
				"date": b.Date == a.Date, "quantity": b.Quantity == a.Quantity, "basis": b.Basis == a.Basis, "affiliation": b.Affiliation == a.Affiliation,
			} {
				if !same {
					found["corrected "+field]++
				}
			}
		}
	}
	for _, s := range []string{
		"basis paid_work_time", "basis paid_leave", "basis own_time", "basis unknown",
		"affiliation Khouribga", "affiliation Gantour", "affiliation Jorf Lasfar", "affiliation Safi", "affiliation Boucraa", "affiliation Casablanca",
		"quantity 0.5 days", "quantity 1 days", "quantity 10 days", "quantity 3 hours",
		"date of 4 characters", "date of 7 characters", "date of 10 characters", "date of 21 characters",
		"role volunteering", "role attendance", "system hr", "system foundation", "a group without a time", "a person without a time",
		"accepted days_per_contribution", "a note", "a place as typed",
		"corrected volunteer", "corrected initiative", "corrected place", "corrected date", "corrected quantity", "corrected basis", "corrected affiliation",
	} {
		if found[s] == 0 {
			t.Errorf("there is none: %s", s)
		}
	}
	if n, all := found["basis paid_work_time"], f.kinds["contribution.recorded"]; n < all/2 {
		t.Errorf("%d of %d contributions were paid work time, want most", n, all)
	}
}

// wantPlaces looks for what the article says was done where.
func (f figures) wantPlaces(t *testing.T) {
	types, given := map[uuid.UUID]string{}, map[string]int{}
	attendances := map[events.Date]int{}
	for _, e := range f.entries {
		switch ev := e.Event.(type) {
		case events.InitiativeOpened:
			types[ev.ID] = ev.Type
		case events.InitiativeRevised:
			types[ev.ID] = ev.After.Type
		}
	}
	for _, c := range f.standing {
		given[types[c.Initiative]]++
		given[types[c.Initiative]+" "+c.Place]++
		if types[c.Initiative] == "DLG-FOR" && c.Role == events.Attendance {
			attendances[c.Date]++
		}
	}
	for _, s := range []string{
		"ECO-INC", "AGR-CRP MA-YUS", "AGR-CRP MA-REH", "AGR-LND gantour", "ECO-SSE", "EMP-SKL", "SOC-PLT", "SOC-CUL",
		"SOC-SPO MA-KHO", "SOC-SPO ben-guerir", "SOC-SPO MA-YUS", "EDU-PRG", "EDU-SCH", "ECO-VIL",
		"DLG-FOR um6p-ben-guerir", "DLG-WKS um6p-ben-guerir", "DLG-TES um6p-ben-guerir",
	} {
		if given[s] == 0 {
			t.Errorf("nothing was given to %s", s)
		}
	}
	if attendances[forumTuesday] == 0 || forumTuesday != "2020-03-03" {
		t.Errorf("nobody came to the forum on Tuesday 3 March 2020: %v", attendances)
	}
}

// wantLive lets the programme go on for a while, over two midnights.
func wantLive(t *testing.T, p *Programme, l *ledger.Ledger, log *ledgertest.Log) {
	before, err := log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 23, 0, 0, 0, time.UTC)
	for range 300 {
		now = now.Add(7 * time.Minute)
		p.Clock.set(now)
		reqs := p.Next(now)
		if len(reqs) < 1 || len(reqs) > 6 {
			t.Fatalf("%d requests at once", len(reqs))
		}
		out, err := l.Submit(t.Context(), reqs...)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range out {
			if o.Err != nil || o.Already {
				t.Fatalf("%s: %+v: %v, already: %t", now, reqs[i].Command, o.Err, o.Already)
			}
		}
	}
	after := count(t, log)
	live := map[string]int{}
	for _, e := range after.entries[before:] {
		live[e.Event.Kind().Name()]++
		if r, ok := e.Event.(events.ContributionRecorded); ok && !slices.Contains([]events.Date{"2026-11-21", "2026-11-22"}, r.After.Date) {
			t.Errorf("@%d: a contribution of %s", e.Position, r.After.Date)
		}
	}
	for _, kind := range []string{"contribution.recorded", "contribution.corrected", "contribution.withdrawn", "volunteer.registered"} {
		if live[kind] == 0 {
			t.Errorf("no %s among %v", kind, live)
		}
	}
	if live["contribution.recorded"] < 5*(live["contribution.corrected"]+live["contribution.withdrawn"]) {
		t.Errorf("mostly contributions are to be recorded, not %v", live)
	}
}

// TestAgain ends a history in the middle and goes on.
func TestAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("a second whole programme, with lost answers, is for the full run: go test without -short")
	}
	p := New(2)
	l, log := open(t, p)
	lost, calls := errors.New("the answer is lost"), 0
	flaky := func(ctx context.Context, reqs ...ledger.Request) ([]ledger.Outcome, error) {
		out, err := l.Submit(ctx, reqs...)
		if calls++; calls == 10 || calls == 40 {
			return nil, lost
		}
		return out, err
	}
	for range 2 {
		if err := p.History(t.Context(), flaky, nil); !errors.Is(err, lost) {
			t.Fatalf("%v, want what was lost", err)
		}
	}
	if err := p.History(t.Context(), l.Submit, nil); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	f := count(t, log)
	for _, e := range f.entries {
		if ids[e.ID()] {
			t.Errorf("%s is recorded twice", e.ID())
		}
		ids[e.ID()] = true
	}
	if n := len(f.people); n < 5501 || n > 5599 {
		t.Errorf("%d people", n)
	}
}

// TestRefusal: what the ledger refuses is not passed over.
func TestRefusal(t *testing.T) {
	refusal := &ledger.Refusal{Rule: ledger.UnknownPlace, Message: "no such place"}
	err := New(3).History(t.Context(), func(_ context.Context, reqs ...ledger.Request) ([]ledger.Outcome, error) {
		out := make([]ledger.Outcome, len(reqs))
		out[len(out)-1].Err = refusal
		return out, nil
	}, nil)
	if !errors.Is(err, ledger.UnknownPlace) || !strings.Contains(err.Error(), "2018-03-05") {
		t.Errorf("%v, want the refusal and when", err)
	}
}

// TestSeeds: whatever the seed, the figures are those of the article. They are counted from what is
// asked of the ledger.
func TestSeeds(t *testing.T) {
	if testing.Short() {
		t.Skip("twenty whole programmes are for the full run: go test without -short")
	}
	for seed := range uint64(20) {
		people, days := asked(t, New(seed))
		if people < 5501 || people > 5599 || days < 16_550 || days > 16_649 {
			t.Errorf("seed %d: %d people, %g days", seed, people, days)
		}
	}
}

// TestDeterministic: a seed is a programme, to the letter, live part and all.
func TestDeterministic(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	first, again, other := text(t, New(1), now), text(t, New(1), now), text(t, New(2), now)
	if first != again {
		t.Error("seed 1 is not the same twice")
	}
	if first == other {
		t.Error("seeds 1 and 2 are the same")
	}
}

// text is all that is asked of the ledger, but for what no two ledgers share.
func text(t *testing.T, p *Programme, now time.Time) string {
	t.Helper()
	var b strings.Builder
	p.today.session = "same" // as if of one process
	steps := p.steps
	for range 40 {
		steps = append(steps, step{now, p.Next(now)})
	}
	for _, s := range steps {
		fmt.Fprintln(&b, s.at)
		for _, r := range s.requests {
			r.Correlation = uuid.Nil
			switch c := r.Command.(type) {
			case ledger.Found:
				c.Ledger = uuid.Nil
				r.Command = c
			case ledger.OpenBatch:
				c.Batch = uuid.Nil
				r.Command = c
			case ledger.CloseBatch:
				c.Batch = uuid.Nil
				r.Command = c
			}
			line, err := json.Marshal(r, json.Deterministic(true))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%T %s\n", r.Command, line)
		}
	}
	return b.String()
}

// asked counts people and days as the requests have them.
func asked(t *testing.T, p *Programme) (people int, days float64) {
	t.Helper()
	standing := map[string]ledger.Record{}
	for _, s := range p.steps {
		for _, r := range s.requests {
			switch c := r.Command.(type) {
			case ledger.Record:
				if _, twice := standing[c.Reference]; twice {
					t.Fatalf("%s is recorded twice", c.Reference)
				}
				standing[c.Reference] = c
			case ledger.Withdraw:
				if _, ok := standing[c.Reference]; !ok {
					t.Fatalf("%s is withdrawn and not there", c.Reference)
				}
				delete(standing, c.Reference)
			case ledger.Correct:
				was, ok := standing[c.Reference]
				if !ok {
					t.Fatalf("%s is corrected and not there", c.Reference)
				}
				for k, v := range c.Set {
					switch k {
					case "quantity":
						was.Quantity = v
					case "unit":
						was.Unit = events.Unit(v)
					case "volunteer":
						was.Volunteer = v
					}
				}
				standing[c.Reference] = was
			}
		}
	}
	who := map[string]bool{}
	for _, c := range standing {
		if c.Volunteer == "" {
			continue
		}
		who[c.Volunteer] = true
		dialogue := slices.ContainsFunc([]string{"workshop", "forum"}, func(s string) bool { return strings.HasPrefix(c.Initiative, s) })
		if c.Quantity == "" || dialogue && c.Role != events.Volunteering {
			continue
		}
		var q float64
		if _, err := fmt.Sscan(c.Quantity, &q); err != nil {
			t.Fatal(err)
		}
		if c.Unit == events.Hours {
			q /= dayLength / 60
		}
		days += q
	}
	return len(who), days
}
