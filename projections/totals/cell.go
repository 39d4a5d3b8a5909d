package totals

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// errNotThere says that the log takes away what it never gave; the ledger does not write such a log.
var errNotThere = errors.New("what it takes away is not there")

// sums are the figures of a cell that add up.
type sums struct {
	named        int64 // contributions of named people
	groups       int64 // contributions of groups
	headcount    int64 // the sizes of the groups
	minutes      int64
	unquantified int64 // contributions without minutes
	pending      int64 // contributions that do not count yet
}

func (s *sums) fields() [6]*int64 {
	return [6]*int64{&s.named, &s.groups, &s.headcount, &s.minutes, &s.unquantified, &s.pending}
}

func (s *sums) read(r *reader) {
	for _, f := range s.fields() {
		*f = int64(r.next())
	}
}

// A cell is the sums of its contributions, and the people they are by: a multiset, so that one of
// somebody's two contributions can be taken back.
type cell struct {
	sums
	people roaring.Bitmap
	more   map[uint32]int64 // how many more than one; people with one are not in it
}

func (c *cell) add(person uint32) {
	if c.people.CheckedAdd(person) {
		return
	}
	if c.more == nil {
		c.more = map[uint32]int64{}
	}
	c.more[person]++
}

// remove reports whether person was there.
func (c *cell) remove(person uint32) bool {
	switch c.more[person] {
	case 0:
		return c.people.CheckedRemove(person)
	case 1:
		delete(c.more, person)
	default:
		c.more[person]--
	}
	return true
}

func (c *cell) check() error {
	if min(c.named, c.groups, c.headcount, c.minutes, c.unquantified, c.pending) < 0 {
		return errNotThere
	}
	return nil
}

// Encode is the format in the package documentation; nil for an empty cell.
func (c *cell) Encode() []byte {
	if c.sums == (sums{}) {
		return nil
	}
	n := c.people.GetCardinality()
	b := make([]byte, 0, 16+2*n)
	for _, f := range c.fields() {
		b = binary.AppendUvarint(b, uint64(*f))
	}
	b = binary.AppendUvarint(b, n)
	last := uint32(0)
	for it := c.people.Iterator(); it.HasNext(); {
		person := it.Next()
		b = binary.AppendUvarint(b, uint64(person-last))
		last = person
	}
	last = 0
	for _, person := range slices.Sorted(maps.Keys(c.more)) {
		b = binary.AppendUvarint(b, uint64(person-last))
		b = binary.AppendUvarint(b, uint64(c.more[person]))
		last = person
	}
	return b
}

// Decode reads what Encode wrote.
func (c *cell) Decode(b []byte) error {
	*c = cell{}
	r := reader{b: b}
	c.sums.read(&r)
	c.people.AddMany(r.people(nil))
	last := uint32(0)
	for len(r.b) > 0 {
		if c.more == nil {
			c.more = map[uint32]int64{}
		}
		last += uint32(r.next())
		c.more[last] = int64(r.next())
	}
	return r.end()
}

// people reads how many people and their ordinals, appended to buf.
func (r *reader) people(buf []uint32) []uint32 {
	n := r.next()
	if n > uint64(len(r.b)) { // each has a byte at least
		r.bad = true
		return buf
	}
	buf = slices.Grow(buf, int(n))
	last := uint32(0)
	for range n {
		last += uint32(r.next())
		buf = append(buf, last)
	}
	return buf
}
