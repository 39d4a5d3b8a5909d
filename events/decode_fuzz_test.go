package events

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"
)

// Whatever the bytes: no panic, an error that is one of the package's, and what is read can be
// written and read again as the same.
func FuzzDecode(f *testing.F) {
	for name := range golden {
		f.Add(goldenPayload(f, name))
	}
	f.Add([]byte(`{"specversion":"1.0","id":"5d0f8f0e-1111-8222-a333-444455556666","data":{"a":[null]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		e, err := Decode(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("Decode changed its input")
		}
		if err != nil {
			if !slices.ContainsFunc(refusals, func(r error) bool { return errors.Is(err, r) }) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if e.Hash != Sum(raw) || e.Event == nil || e.Position == 0 {
			t.Fatalf("read as %+v", e)
		}
		prev := Checkpoint{Ledger: e.Ledger, Position: e.Position - 1, Hash: e.Prev}
		if prev.hash() != e.Prev {
			return // the first entry of something that is no chain
		}
		again, err := Seal(prev, e.Programme, e.Time, e.Cause, e.Part, e.Event)
		if errors.Is(err, ErrTooLarge) && len(raw) > MaxPayload/2 {
			return // it was written shorter than Seal writes
		}
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		read, err := Decode(again.Raw)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if !reflect.DeepEqual(read, again) {
			t.Fatalf("read as\n%+v, not\n%+v", read, again)
		}
		again.Raw, again.Hash = e.Raw, e.Hash // which differ where raw has another order, or spaces
		if !reflect.DeepEqual(again, e) {
			t.Fatalf("written as\n%+v, not\n%+v", again, e)
		}
	})
}
