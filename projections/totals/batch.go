package totals

import (
	"bytes"

	"github.com/google/uuid"

	"sijil/projections"
)

// A flag is a row whose presence says all.
type flag bool

func (f *flag) Encode() []byte {
	if !*f {
		return nil
	}
	return []byte{1}
}

func (f *flag) Decode(b []byte) error {
	if len(b) != 1 {
		return errShort
	}
	*f = true
	return nil
}

func (s *state) openBatch(rows *projections.Rows, id uuid.UUID) {
	if f := projections.Edit[flag](rows, idKey(tagBatch, id)); !*f {
		*f = true
		s.batches++
	}
}

// mark marks the cell at s.cell as touched by a batch, if that is open.
func (s *state) mark(rows *projections.Rows, batch uuid.UUID) {
	s.key = append(append(s.key[:0], tagBatch), batch[:]...)
	if projections.Read[flag](rows, s.key) == nil {
		return
	}
	s.key[0] = tagMark
	s.key = append(s.key, s.cell[1:]...)
	if projections.Read[flag](rows, s.key) == nil {
		*projections.Edit[flag](rows, s.key) = true
	}
}

// closeBatch deletes the batch and its marks.
func (s *state) closeBatch(rows *projections.Rows, id uuid.UUID) {
	if projections.Read[flag](rows, idKey(tagBatch, id)) == nil {
		return
	}
	s.batches--
	keys := [][]byte{idKey(tagBatch, id)}
	for k := range rows.Scan(idKey(tagMark, id)) {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		rows.Delete(k)
	}
}
