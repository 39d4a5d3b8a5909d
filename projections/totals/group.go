package totals

import (
	"bytes"
	"encoding/binary"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// A cellKey is a cell's key, read; see the package documentation.
type cellKey struct {
	initiative, place uint32
	year, from, to    int
	role, basis       byte
	affiliation       uint32
}

const cellKeyLen = 18

func parseCellKey(b []byte) cellKey {
	if len(b) != cellKeyLen {
		panic(damaged(b))
	}
	return cellKey{
		initiative: binary.BigEndian.Uint32(b), place: binary.BigEndian.Uint32(b[4:]),
		year: int(binary.BigEndian.Uint16(b[8:])), from: int(b[10]), to: int(b[11]),
		role: b[12], basis: b[13], affiliation: binary.BigEndian.Uint32(b[14:]),
	}
}

func damaged(key []byte) error { return &projections.DamageError{Key: bytes.Clone(key), Err: errShort} }

// A group is the cells of one row, added up.
type group struct {
	sums
	people      roaring.Bitmap
	initiatives int64
	last        uint32 // the initiative seen last: cells come sorted by initiative
	unfinished  bool
}

func (g *group) add(k *cellKey, s *sums) {
	g.named += s.named
	g.groups += s.groups
	g.headcount += s.headcount
	g.unquantified += s.unquantified
	g.pending += s.pending
	if roles[k.role] == events.Volunteering {
		g.minutes += s.minutes
	}
	if s.named+s.groups > 0 && g.last != k.initiative {
		g.last = k.initiative
		g.initiatives++
	}
}

func (g *group) figures(minutesPerDay int64) Figures {
	return Figures{
		Participations: g.named + g.headcount,
		Participants:   int64(g.people.GetCardinality()),
		Headcount:      g.headcount,
		Initiatives:    g.initiatives,
		Unquantified:   g.unquantified,
		Minutes:        g.minutes,
		Days:           DaysOf(g.minutes, minutesPerDay),
		Pending:        g.pending,
		Unfinished:     g.unfinished,
	}
}

// unfinished marks what open batches touched, and lists those batches. A cell that a batch emptied
// marks the total, and its row where there is one.
func (p *plan) unfinished(v projections.View, total *group, groups map[groupKey]*group) (touching []uuid.UUID) {
	for b := range v.Scan([]byte{tagBatch}) {
		touches := false
		for key := range v.Scan(append([]byte{tagMark}, b[1:]...)) {
			k := parseCellKey(key[len(b):])
			g, ok := p.group(&k)
			if !ok {
				continue
			}
			touches, total.unfinished = true, true
			if row := groups[g]; row != nil {
				row.unfinished = true
			}
		}
		if touches {
			touching = append(touching, uuid.UUID(b[1:]))
		}
	}
	return touching
}
