package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"iter"
	"sync"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// Books are what decisions need to know, as of one position: everything before the command is in
// them, that of the same batch included.
type Books struct {
	projections.View
	// Now is the time of recording.
	Now time.Time
	// at hand for the command being decided: how the contribution it concerns stands.
	concerned *events.Contribution
}

// Founded reports whether there is a programme.
func (b Books) Founded() bool { return b.Get(metaKey) != nil }

func (b Books) meta() meta {
	if m := projections.Read[jsonRow[meta]](b.View, metaKey); m != nil {
		return m.V
	}
	return meta{}
}

// Programme is the programme's name and its rules.
func (b Books) Programme() (string, events.Rules) {
	m := b.meta()
	return m.Programme, m.Rules
}

// Today is the day in the programme's time zone.
func (b Books) Today() events.Day {
	now := b.Now
	if zone, err := location(b.meta().Rules.Timezone); err == nil {
		now = now.In(zone)
	}
	return events.DayOf(now.Year(), now.Month(), now.Day())
}

var zones sync.Map // *time.Location by name: loading one reads a file

func location(name string) (*time.Location, error) {
	if zone, ok := zones.Load(name); ok {
		return zone.(*time.Location), nil
	}
	zone, err := time.LoadLocation(name)
	if err == nil {
		zones.Store(name, zone)
	}
	return zone, err
}

// last is when the last entry was recorded.
func (b Books) last() time.Time {
	if v := b.Get(timeKey); len(v) == 8 {
		return time.UnixMilli(int64(binary.BigEndian.Uint64(v))).UTC()
	}
	return time.Time{}
}

func (b Books) command(id uuid.UUID) *commandRow {
	return projections.Read[commandRow](b.View, idKey('C', id))
}

func (b Books) contribution(id uuid.UUID) *contributionRow {
	return projections.Read[contributionRow](b.View, idKey('K', id))
}

// Volunteer reports whether a person is registered.
func (b Books) Volunteer(id uuid.UUID) bool { return b.Get(idKey('V', id)) != nil }

// Place is a place in effect, or nil.
func (b Books) Place(code string) *events.Place {
	if p := projections.Read[jsonRow[events.Place]](b.View, textKey('P', code)); p != nil {
		return &p.V
	}
	return nil
}

// Type is a type in effect, or nil.
func (b Books) Type(code string) *events.Type {
	if t := projections.Read[jsonRow[events.Type]](b.View, textKey('T', code)); t != nil {
		return &t.V
	}
	return nil
}

// Catalogue is all places and types in effect.
func (b Books) Catalogue() (c Catalogue) {
	for code, p := range b.places() {
		c.Places = append(c.Places, placeNode(code, p))
	}
	for code, t := range b.types() {
		c.Types = append(c.Types, typeNode(code, t))
	}
	return c.normal()
}

func (b Books) places() iter.Seq2[string, events.Place] { return scanJSON[events.Place](b, 'P') }
func (b Books) types() iter.Seq2[string, events.Type]   { return scanJSON[events.Type](b, 'T') }

func scanJSON[V any](b Books, tag byte) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for k, raw := range b.Scan([]byte{tag}) {
			var row jsonRow[V]
			if err := row.Decode(raw); err != nil {
				panic(&projections.DamageError{File: BooksFile, Key: k, Err: err})
			}
			if !yield(string(k[1:]), row.V) {
				return
			}
		}
	}
}

// InitiativeID is the id that an initiative's code leads to, in any spelling: UUID version 8 of the
// SHA-256 of "sijil initiative", the ledger's id and the folded code.
func InitiativeID(ledger uuid.UUID, code string) uuid.UUID {
	h := sha256.New()
	h.Write([]byte("sijil initiative"))
	h.Write(ledger[:])
	h.Write([]byte(Fold(code)))
	return uuid8([32]byte(h.Sum(nil)))
}

// initiative finds an initiative by its code, in any spelling, or its id.
func (b Books) initiative(code string) (uuid.UUID, *initiative) {
	id := InitiativeID(b.meta().Ledger, code)
	if parsed, err := events.ParseID(code); err == nil {
		id = parsed
	}
	if i := projections.Read[jsonRow[initiative]](b.View, idKey('I', id)); i != nil {
		return id, &i.V
	}
	return id, nil
}

// nearestInitiatives are those written most like code.
func (b Books) nearestInitiatives(code string) []string {
	return nearest(code, func(yield func(name, label string) bool) {
		for _, i := range scanJSON[initiative](b, 'I') {
			if !yield(i.Code, i.Code) {
				return
			}
			for _, t := range i.Titles {
				if !yield(t, i.Code) {
					return
				}
			}
		}
	})
}

func (b Books) median(id uuid.UUID) (minutes, n int64) {
	if h := projections.Read[histogram](b.View, idKey('H', id)); h != nil {
		return h.median()
	}
	return 0, 0
}

// minutesOn is what a person gave on a day.
func (b Books) minutesOn(d events.Day, volunteer uuid.UUID) int64 {
	if m := projections.Read[minutesRow](b.View, dayKey(d, volunteer)); m != nil {
		return int64(*m)
	}
	return 0
}

func (b Books) batch(id uuid.UUID) *batch {
	if r := projections.Read[jsonRow[batch]](b.View, idKey('B', id)); r != nil {
		return &r.V
	}
	return nil
}

// uuid8 is a UUID of version 8 (RFC 9562) made of a hash.
func uuid8(h [32]byte) uuid.UUID {
	id := uuid.UUID(h[:16])
	id[6] = id[6]&0x0f | 0x80
	id[8] = id[8]&0x3f | 0x80
	return id
}

// A Batch is how far an import is.
type Batch struct {
	Known bool `json:"known"`
	Open  bool `json:"open"` // begun and not finished
	// Rows are those of which something was recorded, Contributions how many were.
	Rows          int64 `json:"rows"`
	Contributions int64 `json:"contributions"`
}

// Batch is how far the import of a batch is.
func (b Books) Batch(id uuid.UUID) Batch {
	if k := b.batch(id); k != nil {
		return Batch{true, k.Open, k.Rows, k.Contributions}
	}
	return Batch{}
}
