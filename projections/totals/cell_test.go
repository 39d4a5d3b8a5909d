package totals

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"sijil/projections/projectiontest"
)

// A cell's bytes depend on who is in it, not on how they came to be, and are read back the same.
func TestCellCanonical(t *testing.T) {
	projectiontest.Check(t, 300, func(t *rapid.T) {
		persons := rapid.Uint32Range(1, rapid.SampledFrom([]uint32{8, 300, 100_000}).Draw(t, "most"))
		var lived cell
		count := map[uint32]int{}
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			p := persons.Draw(t, "person")
			if rapid.Bool().Draw(t, "add") {
				lived.add(p)
				lived.named++
				count[p]++
			} else if had := lived.remove(p); had != (count[p] > 0) {
				t.Fatalf("removed %v of %d", had, count[p])
			} else if had {
				lived.named--
				count[p]--
			}
		}
		var fresh, read cell
		fresh.named = lived.named
		for p, n := range count {
			for range n {
				fresh.add(p)
			}
		}
		b := lived.Encode()
		if !bytes.Equal(b, fresh.Encode()) {
			t.Fatalf("%x, but without its history %x", b, fresh.Encode())
		}
		if (b == nil) != (lived.named == 0) {
			t.Fatalf("%d contributions are %x", lived.named, b)
		}
		if b == nil {
			return
		}
		if err := read.Decode(bytes.Clone(b)); err != nil || !bytes.Equal(read.Encode(), b) {
			t.Fatalf("read back %x, %v", read.Encode(), err)
		}
	})
}

// Any bytes are a cell or an error.
func FuzzCell(f *testing.F) {
	c := cell{sums: sums{named: 3, minutes: 480}}
	c.add(7)
	c.add(7)
	c.add(300)
	f.Add(c.Encode())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var c, again cell
		if c.Decode(b) != nil || c.sums == (sums{}) {
			return
		}
		if err := again.Decode(c.Encode()); err != nil {
			t.Fatalf("%x: %v", b, err)
		}
	})
}
