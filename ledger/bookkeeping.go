package ledger

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// bookkeeping is the projection behind [Books]: what decisions need to know, and no more. It is kept
// by the ledger for itself and can be made anew from the log at any time.
//
// Rows, by the first byte of their key:
//
//	C command id       first and last position, command hash
//	K contribution id  position of its last event, 8 bytes of that event's hash, standing
//	V volunteer id     registered
//	I initiative id    what it is, and when it was closed
//	H initiative id    how often each number of minutes per person was given
//	P code, T code     places and types in effect
//	p name, t name     folded name to codes
//	Q code, U code     places and types defined, not yet adopted
//	D day volunteer    minutes of a person on a day
//	B batch id         how far an import is
//	M                  programme, rules, number of the catalogue
//	L                  recording time of the last entry
type bookkeeping struct{}

// Name is books.v1.
func (bookkeeping) Name() string { return "books.v1" }

// BooksFile is the name of the file in which a ledger keeps its books.
const BooksFile = "books.v1"

func idKey(tag byte, id uuid.UUID) []byte  { return append([]byte{tag}, id[:]...) }
func textKey(tag byte, text string) []byte { return append([]byte{tag}, text...) }
func dayKey(d events.Day, v uuid.UUID) []byte { // days rise, so inserts are mostly at the end
	return append(binary.BigEndian.AppendUint32([]byte{'D'}, uint32(d)), v[:]...)
}

var (
	metaKey = []byte{'M'}
	timeKey = []byte{'L'}
)

// Fold keeps the books.
func (bookkeeping) Fold(rows *projections.Rows, e events.Entry) error {
	rows.Put(timeKey, binary.BigEndian.AppendUint64(nil, uint64(e.Time.UnixMilli())))
	c := projections.Edit[commandRow](rows, idKey('C', e.Cause.Command))
	if c.First == 0 {
		c.First, c.Hash = e.Position, e.Cause.Hash
	}
	c.Last = e.Position

	switch ev := e.Event.(type) {
	case events.Contributory:
		foldContribution(rows, e, ev)
	case events.ProgrammeFounded:
		*projections.Edit[jsonRow[meta]](rows, metaKey) = jsonRow[meta]{meta{Programme: ev.Programme, Ledger: e.Ledger, Rules: ev.Rules}}
	case events.ProgrammeRevised:
		projections.Edit[jsonRow[meta]](rows, metaKey).V.Rules = ev.After
	case events.PlaceDefined, events.TypeDefined:
		stage(rows, ev)
	case events.CatalogueAdopted:
		adopt(rows)
		projections.Edit[jsonRow[meta]](rows, metaKey).V.Catalogue = ev.Number
	case events.VolunteerRegistered:
		rows.Put(idKey('V', ev.ID), []byte{1})
	case events.VolunteerUpdated:
	case events.InitiativeOpened:
		*projections.Edit[jsonRow[initiative]](rows, idKey('I', ev.ID)) = jsonRow[initiative]{initiative{Initiative: ev.Initiative}}
	case events.InitiativeRevised:
		projections.Edit[jsonRow[initiative]](rows, idKey('I', ev.ID)).V.Initiative = ev.After
	case events.InitiativeClosed:
		projections.Edit[jsonRow[initiative]](rows, idKey('I', ev.ID)).V.Closed = ev.On
	case events.BatchOpened:
		*projections.Edit[jsonRow[batch]](rows, idKey('B', ev.ID)) = jsonRow[batch]{batch{Open: true, InFile: ev.Rows}}
	case events.BatchImported:
		projections.Edit[jsonRow[batch]](rows, idKey('B', ev.ID)).V.Open = false
	case events.ForeignNoted:
	default:
		return fmt.Errorf("books: no rule for %s", e.Event.Kind())
	}
	return nil
}

func foldContribution(rows *projections.Rows, e events.Entry, ev events.Contributory) {
	id, before, after := ev.Change()
	k := projections.Edit[contributionRow](rows, idKey('K', id))
	k.Position, k.Hash8 = e.Position, [8]byte(e.Hash[:8])
	k.Withdrawn = after == nil
	for _, side := range []struct {
		c    *events.Contribution
		sign int64
	}{{before, -1}, {after, +1}} {
		c := side.c
		if c == nil || c.Minutes == 0 {
			continue
		}
		projections.Edit[histogram](rows, idKey('H', c.Initiative)).add(c.Minutes/c.People(), side.sign)
		if s, err := c.Date.Span(); err == nil && c.Volunteer != uuid.Nil && s.First == s.Last {
			*projections.Edit[minutesRow](rows, dayKey(s.First, c.Volunteer)) += minutesRow(side.sign * c.Minutes)
		}
	}
	if before == nil && e.Cause.Correlation != uuid.Nil && rows.Get(idKey('B', e.Cause.Correlation)) != nil {
		b := &projections.Edit[jsonRow[batch]](rows, idKey('B', e.Cause.Correlation)).V
		b.Contributions++
		if r, ok := ev.(events.ContributionRecorded); ok && r.Accepted != nil {
			b.accept(r.Accepted)
		}
		if o := after.Origin; b.Rows == 0 || o.Row != b.LastRow || o.Sheet != b.LastSheet {
			b.Rows++
			b.LastRow, b.LastSheet = o.Row, o.Sheet
		}
	}
}

// stage keeps a definition until it is adopted.
func stage(rows *projections.Rows, e events.Event) {
	switch e := e.(type) {
	case events.PlaceDefined:
		*projections.Edit[jsonRow[events.Place]](rows, textKey('Q', e.Code)) = jsonRow[events.Place]{e.Place}
	case events.TypeDefined:
		*projections.Edit[jsonRow[events.Type]](rows, textKey('U', e.Code)) = jsonRow[events.Type]{e.Type}
	}
}

// adopt puts what was defined into effect.
func adopt(rows *projections.Rows) {
	for _, kind := range []struct{ staged, node, name byte }{{'Q', 'P', 'p'}, {'U', 'T', 't'}} {
		var codes []string
		for k := range rows.Scan([]byte{kind.staged}) {
			codes = append(codes, string(k[1:]))
		}
		for _, code := range codes {
			staged, node := textKey(kind.staged, code), textKey(kind.node, code)
			if kind.node == 'P' {
				index(rows, kind.name, code, placeNames(projections.Read[jsonRow[events.Place]](rows, node)), placeNames(projections.Read[jsonRow[events.Place]](rows, staged)))
			} else {
				index(rows, kind.name, code, typeNames(projections.Read[jsonRow[events.Type]](rows, node)), typeNames(projections.Read[jsonRow[events.Type]](rows, staged)))
			}
			rows.Put(node, slices.Clone(rows.Get(staged)))
			rows.Delete(staged)
		}
	}
}

func placeNames(p *jsonRow[events.Place]) []string {
	if p == nil {
		return nil
	}
	return foldedNames(p.V.Names, p.V.Aliases)
}

func typeNames(t *jsonRow[events.Type]) []string {
	if t == nil {
		return nil
	}
	return foldedNames(t.V.Names, t.V.Aliases)
}

func foldedNames(names map[string]string, aliases []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, Fold(n))
	}
	for _, n := range aliases {
		out = append(out, Fold(n))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// index moves code from the names it had to those it has.
func index(rows *projections.Rows, tag byte, code string, was, is []string) {
	is = append(is, Fold(code))
	was = append(was, Fold(code))
	for _, n := range was {
		codes := projections.Edit[jsonRow[[]string]](rows, textKey(tag, n))
		codes.V = slices.DeleteFunc(codes.V, func(c string) bool { return c == code })
	}
	for _, n := range is {
		codes := projections.Edit[jsonRow[[]string]](rows, textKey(tag, n))
		if !slices.Contains(codes.V, code) {
			codes.V = append(codes.V, code)
			slices.Sort(codes.V)
		}
	}
}

// meta is what is known of the programme.
type meta struct {
	Programme string       `json:"programme"`
	Ledger    uuid.UUID    `json:"ledger"`
	Rules     events.Rules `json:"rules"`
	Catalogue uint64       `json:"catalogue"`
}

type initiative struct {
	events.Initiative
	Closed events.Date `json:"closed,omitzero"`
}

// accept remembers which warnings were accepted, and the reason first given.
func (b *batch) accept(a *events.Accepted) {
	if b.Accepted == nil {
		b.Accepted = &events.Accepted{Reason: a.Reason}
	}
	for _, rule := range a.Rules {
		if i, found := slices.BinarySearch(b.Accepted.Rules, rule); !found {
			b.Accepted.Rules = slices.Insert(b.Accepted.Rules, i, rule)
		}
	}
}

type batch struct {
	Accepted      *events.Accepted `json:"accepted,omitzero"`
	Open          bool             `json:"open"`
	InFile        int64            `json:"infile"`
	Rows          int64            `json:"rows"` // of which something was recorded; rows come in order
	Contributions int64            `json:"contributions"`
	LastSheet     int64            `json:"lastsheet,omitzero"`
	LastRow       int64            `json:"lastrow,omitzero"`
}

// A jsonRow is a row kept as canonical JSON.
type jsonRow[V any] struct{ V V }

func (r *jsonRow[V]) Encode() []byte {
	b, err := json.Marshal(r.V, json.Deterministic(true))
	if err != nil {
		panic(fmt.Sprintf("books: %T: %v", r.V, err)) // these types always encode
	}
	if string(b) == "[]" {
		return nil
	}
	return b
}

func (r *jsonRow[V]) Decode(b []byte) error { return json.Unmarshal(b, &r.V) }

// commandRow is 8 + 8 + 32 bytes.
type commandRow struct {
	First, Last uint64
	Hash        events.Hash
}

func (r *commandRow) Encode() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 48), r.First)
	return append(binary.BigEndian.AppendUint64(b, r.Last), r.Hash[:]...)
}

func (r *commandRow) Decode(b []byte) error {
	if len(b) != 48 {
		return fmt.Errorf("a command row of %d bytes", len(b))
	}
	*r = commandRow{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), events.Hash(b[16:])}
	return nil
}

// contributionRow is 8 + 8 + 1 bytes.
type contributionRow struct {
	Position  uint64
	Hash8     [8]byte // the first bytes of the entry's hash
	Withdrawn bool
}

func (r *contributionRow) Encode() []byte {
	b := append(binary.BigEndian.AppendUint64(make([]byte, 0, 17), r.Position), r.Hash8[:]...)
	if r.Withdrawn {
		return append(b, 1)
	}
	return append(b, 0)
}

func (r *contributionRow) Decode(b []byte) error {
	if len(b) != 17 {
		return fmt.Errorf("a contribution row of %d bytes", len(b))
	}
	*r = contributionRow{binary.BigEndian.Uint64(b), [8]byte(b[8:16]), b[16] == 1}
	return nil
}

// minutesRow is a number as a varint; 0 is no row.
type minutesRow int64

func (r *minutesRow) Encode() []byte {
	if *r == 0 {
		return nil
	}
	return binary.AppendVarint(nil, int64(*r))
}

func (r *minutesRow) Decode(b []byte) error {
	v, n := binary.Varint(b)
	if n != len(b) {
		return fmt.Errorf("a minutes row of %d bytes", len(b))
	}
	*r = minutesRow(v)
	return nil
}
