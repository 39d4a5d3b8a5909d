package totals

import (
	"encoding/binary"
	"errors"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// The tags that keys begin with; see the package documentation.
const (
	tagState       = 's'
	tagRules       = 'r'
	tagEffective   = 'e'
	tagInitiative  = 'd'
	tagPlace       = 'q'
	tagType        = 't'
	tagStagedPlace = 'Q'
	tagStagedType  = 'T'
	tagBatch       = 'b'
	tagMark        = 'm'
	tagCell        = 'c'
)

var (
	stateKey     = []byte{tagState}
	rulesKey     = []byte{tagRules}
	effectiveKey = []byte{tagEffective}
)

// The things that have ordinals.
const (
	persons = iota
	initiatives
	places
	affiliations
	numOrdinals
)

var (
	ordinalTags = [numOrdinals]byte{'p', 'i', 'l', 'a'} // to the ordinal
	nameTags    = [numOrdinals]byte{'P', 'I', 'L', 'A'} // and back
)

// The state is what every entry may change, and room for keys, so that folding one allocates little.
type state struct {
	time      int64
	catalogue uint64
	batches   uint64
	seen      [numOrdinals]uint32

	key, cell []byte
}

func (s *state) Encode() []byte {
	b := binary.AppendUvarint(nil, uint64(s.time))
	b = binary.AppendUvarint(b, s.catalogue)
	b = binary.AppendUvarint(b, s.batches)
	for _, n := range s.seen {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

func (s *state) Decode(b []byte) error {
	r := reader{b: b}
	*s = state{time: int64(r.next()), catalogue: r.next(), batches: r.next()}
	for i := range s.seen {
		s.seen[i] = uint32(r.next())
	}
	return r.end()
}

// An ordinal is a row that holds one.
type ordinal uint32

func (o *ordinal) Encode() []byte { return binary.BigEndian.AppendUint32(nil, uint32(*o)) }

func (o *ordinal) Decode(b []byte) error {
	if len(b) != 4 {
		return errShort
	}
	*o = ordinal(binary.BigEndian.Uint32(b))
	return nil
}

// ordinal is the ordinal of a thing, which is given one where it has none.
func (s *state) ordinal(rows *projections.Rows, kind int, name []byte) uint32 {
	s.key = append(append(s.key[:0], ordinalTags[kind]), name...)
	return s.numbered(rows, kind)
}

// code is ordinal for a text; none is 0.
func (s *state) code(rows *projections.Rows, kind int, name string) uint32 {
	if name == "" {
		return 0
	}
	s.key = append(append(s.key[:0], ordinalTags[kind]), name...)
	return s.numbered(rows, kind)
}

// numbered is the ordinal at s.key.
func (s *state) numbered(rows *projections.Rows, kind int) uint32 {
	if o := projections.Read[ordinal](rows, s.key); o != nil {
		return uint32(*o)
	}
	s.seen[kind]++
	n := s.seen[kind]
	*projections.Edit[ordinal](rows, s.key) = ordinal(n)
	rows.Put(numberKey(nameTags[kind], n), append([]byte(nil), s.key[1:]...))
	return n
}

var roleBytes = map[events.Role]byte{}
var basisBytes = map[events.Basis]byte{}

func init() {
	for i, r := range roles {
		roleBytes[r] = byte(i)
	}
	for i, b := range bases {
		basisBytes[b] = byte(i)
	}
}

// What the bytes in a cell's key stand for. The order is that of the rows in the file.
var (
	roles = []events.Role{events.Volunteering, events.Attendance}
	bases = []events.Basis{events.PaidWorkTime, events.PaidLeave, events.OwnTime, events.UnknownBasis}
)

// locate makes s.cell the key of c's cell.
func (s *state) locate(rows *projections.Rows, c *events.Contribution) error {
	span, err := c.Date.Span()
	if err != nil {
		return err
	}
	initiative := s.ordinal(rows, initiatives, c.Initiative[:])
	place := s.code(rows, places, c.Place)
	affiliation := s.code(rows, affiliations, c.Affiliation)
	b := append(s.cell[:0], tagCell)
	b = binary.BigEndian.AppendUint32(b, initiative)
	b = binary.BigEndian.AppendUint32(b, place)
	b = binary.BigEndian.AppendUint16(b, uint16(span.Year))
	b = append(b, byte(span.From), byte(span.To), roleBytes[c.Role], basisBytes[c.Basis])
	s.cell = binary.BigEndian.AppendUint32(b, affiliation)
	return nil
}

func numberKey(tag byte, n uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{tag}, n)
}

func idKey(tag byte, id uuid.UUID) []byte { return append([]byte{tag}, id[:]...) }

func codeKey(tag byte, code string) []byte { return append([]byte{tag}, code...) }

// A reader reads uvarints one after another; its error is looked at once, at the end.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) next() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		n := uint64(r.b[0])
		r.b = r.b[1:]
		return n
	}
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) end() error {
	if r.bad || len(r.b) > 0 {
		return errShort
	}
	return nil
}

var errShort = errors.New("its value has another length than it says")
