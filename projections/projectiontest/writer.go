package projectiontest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"sijil/events"
)

// A writer makes up facts that are true to each other, and seals them. Every choice it has is a call
// of dice, which returns 0 to n-1.
type writer struct {
	size Size
	dice func(n int) int

	at      events.Checkpoint
	time    time.Time
	command uint64
	out     []events.Entry

	rules       events.Rules
	catalogue   uint64
	places      map[string]events.Place // in effect
	types       map[string]events.Type
	placeCodes  []string
	typeCodes   []string
	staged      []events.Event
	initiatives []events.InitiativeOpened
	closed      map[uuid.UUID]bool
	volunteers  []uuid.UUID
	live        []standing  // contributions
	batches     []uuid.UUID // open
	done        []uuid.UUID // imported: may be opened again
}

// standing is a contribution as it stands.
type standing struct {
	id uuid.UUID
	c  *events.Contribution
}

const programme = "test"

var founding = time.Date(2018, 9, 1, 8, 0, 0, 0, time.UTC)

func newWriter(size Size, dice func(int) int) *writer {
	return &writer{
		size: size, dice: dice, time: founding, at: events.Checkpoint{Ledger: nth("ledger", 0)},
		places: map[string]events.Place{}, types: map[string]events.Type{}, closed: map[uuid.UUID]bool{},
	}
}

// nth is a UUID for the nth thing of a kind.
func nth(kind string, n uint64) (id uuid.UUID) {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(kind), n))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}

func (w *writer) write(length int) History {
	w.found()
	places, types := 3, 3
	if w.size.Calm {
		places, types = w.size.Places, w.size.Types
	}
	for i := range places {
		w.stage(i)
	}
	for i := range types {
		w.stageType(i)
	}
	w.adopt()
	for len(w.out) < length {
		w.next()
	}
	return History{w.out[:length]}
}

// next makes up one command, whose weight is how often it is that one.
func (w *writer) next() {
	often, rare := 1, 1
	if w.size.Calm {
		often, rare = 60, 0
	}
	choices := []struct {
		weight int
		do     func()
	}{
		{30 * often, w.record},
		{10, w.correct},
		{6, w.withdraw},
		{3 * often, w.open},
		{3 * rare, w.revise},
		{1 * rare, w.close},
		{3 * often, w.register},
		{2 * rare, w.rename},
		{4 * rare, func() { w.stage(w.dice(w.size.Places)) }},
		{3 * rare, func() { w.stageType(w.dice(w.size.Types)) }},
		{3 * rare, w.adopt},
		{2 * rare, w.reviseProgramme},
		{3 * rare, w.openBatch},
		{3 * rare, w.finishBatch},
	}
	sum := 0
	for _, c := range choices {
		sum += c.weight
	}
	n := w.dice(sum)
	for _, c := range choices {
		if n -= c.weight; n < 0 {
			c.do()
			return
		}
	}
}

// say seals the facts of one command.
func (w *writer) say(facts ...events.Event) { w.sayIn(uuid.Nil, facts...) }

func (w *writer) sayIn(batch uuid.UUID, facts ...events.Event) {
	w.command++
	cause := events.Cause{
		Command: nth("command", w.command), Hash: events.Sum([]byte(strconv.FormatUint(w.command, 10))),
		Actor: "tester", Method: events.Local, Correlation: batch,
	}
	w.time = w.time.Add(time.Duration(w.dice(3)) * time.Hour)
	for i, fact := range facts {
		e, err := events.Seal(w.at, programme, w.time, cause, i+1, fact)
		if err != nil {
			panic(fmt.Sprintf("projectiontest: made up an invalid fact: %v", err))
		}
		w.at = e.Checkpoint
		w.out = append(w.out, e)
	}
}

func (w *writer) chance(percent int) bool { return w.dice(100) < percent }

func pick[T any](w *writer, all ...T) T { return all[w.dice(len(all))] }

func (w *writer) found() {
	w.rules = events.Rules{
		Names: map[string]string{"en": "Test"}, Since: "2018", Timezone: "Africa/Casablanca",
		MinutesPerDay: 480, Counts: events.CountsRecorded,
	}
	w.say(events.ProgrammeFounded{Programme: programme, Rules: w.rules})
}

func (w *writer) reviseProgramme() {
	before := w.rules
	w.rules.MinutesPerDay = pick[int64](w, 480, 420, 450, 7)
	w.say(events.ProgrammeRevised{Programme: programme, Before: before, After: w.rules, Reason: "agreed"})
}

func placeCode(i int) string { return fmt.Sprintf("place-%d", i) }
func typeCode(i int) string  { return fmt.Sprintf("TYPE-%d", i) }

// stage defines place i: parents have lower numbers, and may be the same or unknown to the catalogue
// yet; so has what it is mapped to, so that nothing lies above itself.
func (w *writer) stage(i int) {
	p := events.Place{Kind: "place", Names: map[string]string{"en": "Place " + strconv.Itoa(w.dice(50))}}
	for range w.dice(3) {
		if i > 0 {
			p.Parents = append(p.Parents, placeCode(w.dice(i)))
		}
	}
	if i > 0 && w.chance(15) {
		p.MappedTo, p.Retired = placeCode(w.dice(i)), true
	} else if i > 2 && w.chance(10) {
		p.Retired = true
	}
	w.define(events.PlaceDefined{Code: placeCode(i), Place: p})
}

func (w *writer) stageType(i int) {
	t := events.Type{Names: map[string]string{"en": "Type " + strconv.Itoa(w.dice(50))}}
	if i > 0 && w.chance(75) {
		t.Parent = typeCode(w.dice(i))
	}
	if i > 0 && w.chance(10) {
		t.MappedTo, t.Retired = typeCode(w.dice(i)), true
	}
	w.define(events.TypeDefined{Code: typeCode(i), Type: t})
}

func (w *writer) define(fact events.Event) {
	w.staged = append(w.staged, fact)
	w.say(fact)
}

// adopt puts what was defined into effect.
func (w *writer) adopt() {
	for _, fact := range w.staged {
		switch e := fact.(type) {
		case events.PlaceDefined:
			w.places[e.Code] = e.Place
			if !slices.Contains(w.placeCodes, e.Code) {
				w.placeCodes = append(w.placeCodes, e.Code)
			}
		case events.TypeDefined:
			w.types[e.Code] = e.Type
			if !slices.Contains(w.typeCodes, e.Code) {
				w.typeCodes = append(w.typeCodes, e.Code)
			}
		}
	}
	w.staged = nil
	w.catalogue++
	e := events.CatalogueAdopted{
		Number: w.catalogue, Effective: w.month(), Mode: events.Restate, Digest: events.Sum(nil),
		Places: int64(len(w.places)), Types: int64(len(w.types)),
	}
	if w.catalogue > 1 && w.chance(40) {
		e.Mode = events.FromEffective
	}
	w.say(e)
}

func (w *writer) year() int { return 2018 + w.dice(w.size.Years) }

func (w *writer) month() events.Date { return events.MonthDate(w.year(), time.Month(1+w.dice(12))) }

func (w *writer) register() {
	if len(w.volunteers) < w.size.Volunteers {
		id := nth("volunteer", uint64(len(w.volunteers)))
		w.volunteers = append(w.volunteers, id)
		w.say(events.VolunteerRegistered{ID: id, System: "test", Name: sealed()})
	} else {
		w.record()
	}
}

func (w *writer) rename() {
	if len(w.volunteers) > 0 {
		w.say(events.VolunteerUpdated{ID: pick(w, w.volunteers...), Name: sealed(), Reason: "misspelt"})
	}
}

// sealed has the form of a sealed text; there is no key for it.
func sealed() events.Sealed {
	s := make(events.Sealed, events.SealedOverhead+4)
	s[0] = 1
	return s
}

func (w *writer) open() {
	n := len(w.initiatives)
	if n >= w.size.Initiatives {
		w.record()
		return
	}
	e := events.InitiativeOpened{ID: nth("initiative", uint64(n)), Initiative: events.Initiative{
		Code: fmt.Sprintf("init-%d", n), Type: w.freeType(), Places: []string{w.freePlace()},
		Titles: map[string]string{"en": fmt.Sprintf("Initiative %d", n)},
	}}
	w.initiatives = append(w.initiatives, e)
	w.say(e)
}

func (w *writer) freePlace() string {
	for range 5 {
		if code := pick(w, w.placeCodes...); !w.places[code].Retired {
			return code
		}
	}
	return w.placeCodes[0] // never retired
}

func (w *writer) freeType() string {
	for range 5 {
		if code := pick(w, w.typeCodes...); !w.types[code].Retired {
			return code
		}
	}
	return w.typeCodes[0]
}

func (w *writer) revise() {
	if len(w.initiatives) == 0 {
		return
	}
	i := w.dice(len(w.initiatives))
	e := events.InitiativeRevised{
		ID: w.initiatives[i].ID, Before: w.initiatives[i].Initiative, After: w.initiatives[i].Initiative,
		Mode: events.Restate, Reason: "reclassified",
	}
	e.After.Type = w.freeType()
	if w.chance(20) {
		e.After.Code = fmt.Sprintf("renamed-%d-%d", i, w.dice(3))
	}
	if w.chance(40) {
		e.Mode, e.Effective = events.FromEffective, w.month()
	}
	w.initiatives[i].Initiative = e.After
	w.say(e)
}

func (w *writer) close() {
	if len(w.initiatives) > 1 {
		i := pick(w, w.initiatives...)
		w.closed[i.ID] = true
		w.say(events.InitiativeClosed{ID: i.ID, On: "2030-12-31"})
	}
}

func (w *writer) openBatch() {
	id := nth("batch", uint64(len(w.batches)+len(w.done)))
	if len(w.done) > 0 && w.chance(30) {
		id = pick(w, w.done...)
		w.done = slices.DeleteFunc(w.done, func(d uuid.UUID) bool { return d == id })
	}
	if slices.Contains(w.batches, id) {
		return
	}
	w.batches = append(w.batches, id)
	w.sayIn(id, events.BatchOpened{ID: id, System: "test", File: events.Sum(id[:]), Map: events.Sum(nil), Rows: 10})
}

func (w *writer) finishBatch() {
	if len(w.batches) == 0 {
		return
	}
	i := w.dice(len(w.batches))
	id := w.batches[i]
	w.batches = slices.Delete(w.batches, i, i+1)
	w.done = append(w.done, id)
	w.sayIn(id, events.BatchImported{ID: id, Rows: 10, Recorded: 10, Contributions: 10})
}

// batch is an open batch, or none, or one that is imported already.
func (w *writer) batch() uuid.UUID {
	switch {
	case len(w.batches) > 0 && w.chance(60):
		return pick(w, w.batches...)
	case len(w.done) > 0 && w.chance(20):
		return pick(w, w.done...)
	}
	return uuid.Nil
}
