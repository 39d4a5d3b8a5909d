package ledger_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/ledger/vault"
	"sijil/projections"
)

// A said is what a contribution says, without anything that the ledger makes of it but the minutes.
type said struct {
	volunteer         string
	headcount         int64
	initiative, place string
	date              events.Date
	quantity          string
	unit              events.Unit
	minutes           int64
}

// A generation of a reference, in the model.
type generation struct {
	id    uuid.UUID
	as    said // as it was recorded
	now   said
	stand bool
}

// A model is the naive ledger that the real one is held against: what commands come to.
type model struct {
	refs    map[string][]*generation
	closed  map[string]events.Date
	types   map[string]string
	opened  map[string]bool // batches
	applied map[string]bool // ids of requests that recorded something
	people  map[string]uuid.UUID
}

var (
	historyDays       = []events.Date{"2026-03-01", "2026-04-01", "2026-05-01", "2026-05-02", "2026-05", "2026-04-20/2026-05-03"}
	historyQuantities = []said{{}, {quantity: "1", unit: events.Hours, minutes: 60}, {quantity: "30", unit: events.Minutes, minutes: 30}, {quantity: "0.5", unit: events.Days, minutes: 240}}
	historyPlaces     = []string{"MA-YUS", "MA-REH", "BENGUERIR"}
	lastDays          = map[events.Date]string{"2026-03-01": "2026-03-01", "2026-04-01": "2026-04-01", "2026-05-01": "2026-05-01",
		"2026-05-02": "2026-05-02", "2026-04-20/2026-05-03": "2026-05-03", "2026-05": "2026-05-01"} // of a month, its first counts
)

func drawSaid(t *rapid.T) said {
	s := rapid.SampledFrom(historyQuantities).Draw(t, "quantity")
	s.initiative = rapid.SampledFrom([]string{"palms", "forum"}).Draw(t, "initiative")
	s.place = rapid.SampledFrom(historyPlaces).Draw(t, "place")
	s.date = rapid.SampledFrom(historyDays).Draw(t, "date")
	if rapid.Bool().Draw(t, "group") {
		s.headcount = rapid.Int64Range(1, 5).Draw(t, "headcount")
		s.minutes *= s.headcount
	} else {
		s.volunteer = rapid.SampledFrom([]string{"M1", "M2", "M3"}).Draw(t, "volunteer")
	}
	return s
}

func (s said) record(ref string) ledger.Record {
	return ledger.Record{System: "hr", Reference: ref, Volunteer: s.volunteer, Headcount: s.headcount, Initiative: s.initiative, Place: s.place,
		Date: s.date, Quantity: s.quantity, Unit: s.unit, New: true, Accept: "a random history"}
}

func (m *model) open(s said) bool {
	closed := m.closed[s.initiative]
	return closed == "" || lastDays[s.date] <= string(closed)
}

func (m *model) live(ref string) *generation {
	if g := m.refs[ref]; len(g) > 0 && g[len(g)-1].stand {
		return g[len(g)-1]
	}
	return nil
}

// A step is one command and what it comes to in the model: whether it records something.
type step struct {
	req   ledger.Request
	apply func(ledger.Outcome) bool
}

func (m *model) draw(t *rapid.T, id string) step {
	ref := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "reference")
	target := ledger.Target{System: "hr", Reference: ref}
	st := step{req: ledger.Request{Scope: "history", ID: id, Actor: "tester", Method: events.Local}}
	switch rapid.SampledFrom([]string{"record", "record", "record", "correct", "correct", "withdraw", "close", "revise", "batch"}).Draw(t, "command") {
	case "record":
		s := drawSaid(t)
		if g := m.refs[ref]; len(g) > 0 && rapid.Bool().Draw(t, "as before") {
			s = g[rapid.IntRange(0, len(g)-1).Draw(t, "generation")].as
		}
		st.req.Command = s.record(ref)
		st.apply = func(o ledger.Outcome) bool {
			for _, g := range m.refs[ref] {
				if g.as == s {
					return false
				}
			}
			if m.live(ref) != nil || !m.open(s) {
				return false
			}
			m.refs[ref] = append(m.refs[ref], &generation{o.ID, s, s, true})
			return true
		}
	case "correct":
		s := drawSaid(t)
		heads := ""
		if s.headcount > 0 {
			heads = fmt.Sprint(s.headcount)
		}
		st.req.Command = ledger.Correct{Target: target, New: true, Accept: "a random history", Reason: "random", Set: map[string]string{
			"volunteer": s.volunteer, "headcount": heads, "initiative": s.initiative, "place": s.place, "date": string(s.date),
			"quantity": s.quantity, "unit": string(s.unit),
		}}
		st.apply = func(ledger.Outcome) bool {
			g := m.live(ref)
			if g == nil || g.now == s || !m.open(s) {
				return false
			}
			g.now = s
			return true
		}
	case "withdraw":
		st.req.Command = ledger.Withdraw{Target: target, Reason: "random"}
		st.apply = func(ledger.Outcome) bool {
			g := m.live(ref)
			if g != nil {
				g.stand = false
			}
			return g != nil
		}
	case "close":
		code := rapid.SampledFrom([]string{"palms", "forum"}).Draw(t, "code")
		on := rapid.SampledFrom([]events.Date{"2026-03-15", "2026-04-15", "2026-05-01", "2026-12-31"}).Draw(t, "on")
		st.req.Command = ledger.CloseInitiative{Code: code, On: on}
		st.apply = func(ledger.Outcome) bool {
			changed := m.closed[code] != on
			m.closed[code] = on
			return changed
		}
	case "revise":
		code := rapid.SampledFrom([]string{"palms", "forum"}).Draw(t, "code")
		typ := rapid.SampledFrom([]string{"AGR", "AGR-CRP"}).Draw(t, "type")
		st.req.Command = ledger.ReviseInitiative{Code: code, Type: typ, Reason: "random"}
		st.apply = func(ledger.Outcome) bool {
			changed := m.types[code] != typ
			m.types[code] = typ
			return changed
		}
	case "batch":
		batch := ledger.BatchID(found.Ledger, ref, events.Sum(nil), events.Sum(nil), 1)
		if rapid.Bool().Draw(t, "open") {
			st.req.Command = ledger.OpenBatch{Batch: batch, System: ref, File: events.Sum([]byte(ref)), Map: events.Sum(nil), Rows: 3}
			st.apply = func(ledger.Outcome) bool {
				if _, known := m.opened[ref]; known {
					return false
				}
				m.opened[ref] = true
				return true
			}
		} else {
			st.req.Command = ledger.CloseBatch{Batch: batch, Rejected: 1}
			st.apply = func(ledger.Outcome) bool {
				was := m.opened[ref]
				if was {
					m.opened[ref] = false
				}
				return was
			}
		}
	}
	return st
}

// The net effect of any history, through two ledgers in turns and with repetitions, is that of a naive
// model; every event's before is what stood; and books kept are books made anew.
func TestRandomHistories(t *testing.T) {
	commands := 40
	if long {
		commands = 400
	}
	rapid.Check(t, func(rt *rapid.T) {
		folder, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		v, err := vault.Open(filepath.Join(folder, "vault"))
		if err != nil {
			rt.Fatal(err)
		}
		defer v.Close()
		log := new(ledgertest.Log)
		start := func(name string) (*ledger.Ledger, func()) {
			l, err := ledger.New(ledger.Config{Programme: ledgertest.Programme, Log: log, Vault: v, Books: filepath.Join(folder, name), Now: (&clock{now: noon}).Now})
			if err != nil {
				rt.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			stopped := make(chan struct{})
			go func() { defer close(stopped); _ = l.Run(ctx) }()
			return l, func() { cancel(); <-stopped }
		}
		a, stopA := start("a")
		defer func() { stopA() }()
		b, stopB := start("b")
		defer func() { stopB() }()

		plan, err := ledger.AdoptPlan(ledger.Catalogue{}, catalogue, "")
		if err != nil {
			rt.Fatal(err)
		}
		volunteering := ledger.OpenInitiative{Initiative: events.Initiative{Code: "palms", Type: "AGR", Places: []string{"MA-YUS"}}}
		other := ledger.OpenInitiative{Initiative: events.Initiative{Code: "forum", Type: "AGR"}}
		for i, cmd := range append(append([]ledger.Command{found}, plan...), volunteering, other) {
			out, err := a.Submit(context.Background(), ledger.Request{Scope: "setup", ID: fmt.Sprint(i), Actor: "tester", Method: events.Local, Command: cmd})
			if err != nil || out[0].Err != nil {
				rt.Fatal(err, out)
			}
		}

		m := &model{refs: map[string][]*generation{}, closed: map[string]events.Date{}, types: map[string]string{"palms": "AGR", "forum": "AGR"},
			opened: map[string]bool{}, applied: map[string]bool{}, people: map[string]uuid.UUID{}}
		var steps []step
		for len(steps) < commands {
			var part []step
			for range rapid.IntRange(1, 6).Draw(rt, "at once") {
				if len(steps) > 0 && rapid.IntRange(0, 5).Draw(rt, "repeat") == 0 {
					part = append(part, rapid.SampledFrom(steps).Draw(rt, "repeated"))
					continue
				}
				part = append(part, m.draw(rt, fmt.Sprint(len(steps)+len(part))))
			}
			steps = append(steps, part...)
			if rapid.IntRange(0, 9).Draw(rt, "restart") == 0 {
				stopA()
				a, stopA = start("a")
			}
			l := rapid.SampledFrom([]*ledger.Ledger{a, b}).Draw(rt, "ledger")
			reqs := make([]ledger.Request, len(part))
			for i, s := range part {
				reqs[i] = s.req
			}
			out, err := l.Submit(context.Background(), reqs...)
			if err != nil {
				rt.Fatal(err)
			}
			for i, s := range part {
				o := out[i]
				if o.Err != nil && !errors.Is(o.Err, ledger.ErrRefused) {
					rt.Fatal(o.Err)
				}
				_, isRecord := s.req.Command.(ledger.Record)
				want := false
				if isRecord || !m.applied[s.req.ID] {
					want = s.apply(o)
					m.applied[s.req.ID] = m.applied[s.req.ID] || want
				} else if !o.Already {
					rt.Fatalf("%T %s is not known any more: %+v", s.req.Command, s.req.ID, o)
				}
				if got := o.Err == nil && !o.Already; got != want {
					rt.Fatalf("%+v recorded %v, want %v: %+v", s.req.Command, got, want, o)
				}
			}
		}

		standing := map[uuid.UUID]*events.Contribution{}
		end, _ := log.End(context.Background())
		for batch, err := range projections.Follow(context.Background(), log, events.Checkpoint{}, end) {
			if err != nil {
				rt.Fatal(err)
			}
			for _, e := range batch {
				c, ok := e.Event.(events.Contributory)
				if !ok {
					continue
				}
				id, before, after := c.Change()
				if (before == nil) != (standing[id] == nil) || before != nil && !equal(before, standing[id]) {
					rt.Fatalf("@%d: before is %+v, and %+v stood", e.Position, before, standing[id])
				}
				standing[id] = after
				if after == nil {
					delete(standing, id)
				}
			}
		}
		want := map[uuid.UUID]said{}
		for _, generations := range m.refs {
			for _, g := range generations {
				if g.stand {
					want[g.id] = g.now
				}
			}
		}
		if len(standing) != len(want) {
			rt.Fatalf("%d contributions stand, want %d", len(standing), len(want))
		}
		codes := map[uuid.UUID]string{}
		for code := range m.types {
			codes[ledger.InitiativeID(found.Ledger, code)] = code
		}
		for id, c := range standing {
			w := want[id]
			got := said{w.volunteer, c.Headcount, codes[c.Initiative], c.Place, c.Date, c.Quantity, c.Unit, c.Minutes}
			if got != w || (c.Volunteer == uuid.Nil) != (w.volunteer == "") {
				rt.Fatalf("%s stands as %+v, want %+v", id, got, w)
			}
			if known, ok := m.people[w.volunteer]; ok && known != c.Volunteer {
				rt.Fatalf("%s is two persons", w.volunteer)
			}
			m.people[w.volunteer] = c.Volunteer
		}

		anew, stop := start("anew")
		defer stop()
		var digests [3]events.Hash
		for i, l := range []*ledger.Ledger{a, b, anew} {
			if err := l.Consult(context.Background(), func(b ledger.Books) error { digests[i] = projections.Digest(b.View); return nil }); err != nil {
				rt.Fatal(err)
			}
		}
		if digests[0] != digests[2] || digests[1] != digests[2] {
			rt.Fatal("books that were kept are not those made anew")
		}
		if err := v.Check(); err != nil {
			rt.Fatal(err)
		}
	})
}

// The ids of persons are random: two vaults give one history other bytes, and no reference decides an id.
func TestPersonsAreRandom(t *testing.T) {
	var ids []uuid.UUID
	for range 2 {
		w := founded(t)
		o := w.ok(row("r"))
		ids = append(ids, o.ID, o.Events[0].(events.VolunteerRegistered).ID)
	}
	for i, id := range ids {
		for _, other := range ids[i+1:] {
			if bytes.Equal(id[:], other[:]) {
				t.Errorf("%s twice", id)
			}
		}
	}
	if v := ids[1].Version(); v != 4 || ids[0].Version() != 8 {
		t.Errorf("versions %d and %d, want 8 for a command's and 4 for a person's", ids[0].Version(), v)
	}
	if s := ids[0].String(); strings.ToLower(s) != s {
		t.Error(s)
	}
}
