package ledger

import (
	"encoding/binary"
	"errors"
	"slices"
)

// A histogram counts how often each value occurs. Values are kept to two significant digits, which
// bounds the row and leaves the median within 5 %: enough for a warning.
type histogram struct {
	bars []bar // by value
	n    int64
}

type bar struct{ value, count int64 }

func twoDigits(v int64) int64 {
	scale := int64(1)
	for v >= 100 {
		v /= 10
		scale *= 10
	}
	return v * scale
}

func (h *histogram) add(value, count int64) {
	value = twoDigits(value)
	i, found := slices.BinarySearchFunc(h.bars, value, func(b bar, v int64) int { return int(b.value - v) })
	if !found {
		h.bars = slices.Insert(h.bars, i, bar{value: value})
	}
	h.bars[i].count += count
	h.n += count
	if h.bars[i].count == 0 {
		h.bars = slices.Delete(h.bars, i, i+1)
	}
}

// median is the lower median, of n values.
func (h *histogram) median() (value, n int64) {
	var seen int64
	for _, b := range h.bars {
		if seen += b.count; 2*seen >= h.n {
			return b.value, h.n
		}
	}
	return 0, 0
}

// Encode is value and count of each bar as varints, by value.
func (h *histogram) Encode() (b []byte) {
	for _, bar := range h.bars {
		b = binary.AppendVarint(binary.AppendVarint(b, bar.value), bar.count)
	}
	return b
}

// Decode reads what Encode wrote.
func (h *histogram) Decode(b []byte) error {
	for len(b) > 0 {
		v, n := binary.Varint(b)
		c, m := binary.Varint(b[max(n, 0):])
		if n <= 0 || m <= 0 {
			return errors.New("a histogram is cut short")
		}
		h.bars, h.n, b = append(h.bars, bar{v, c}), h.n+c, b[n+m:]
	}
	return nil
}
