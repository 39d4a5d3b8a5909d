package projections

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"iter"

	"sijil/events"
)

// A View is a set of rows as of one checkpoint. Keys and values MUST NOT be modified, and are valid
// until the view is closed.
type View interface {
	// Checkpoint is the last entry folded.
	Checkpoint() events.Checkpoint
	// Get is the value at key; nil is absence.
	Get(key []byte) []byte
	// Scan yields the rows whose keys begin with prefix, in key order.
	Scan(prefix []byte) iter.Seq2[[]byte, []byte]
}

// A Projection folds entries into rows. Fold is pure: it sees the rows and the entry, no clock, no
// file, no chance. A foreign message (an entry without an event) is not given to it.
type Projection interface {
	// Name says what is folded and in which version, such as "totals.v1". A new version is a new
	// file, so a rebuild.
	Name() string
	// Fold changes rows by e. After an error the rows are unusable.
	Fold(rows *Rows, e events.Entry) error
}

// Empty is the view before the first entry.
var Empty View = empty{}

type empty struct{}

func (empty) Checkpoint() events.Checkpoint         { return events.Checkpoint{} }
func (empty) Get([]byte) []byte                     { return nil }
func (empty) Scan([]byte) iter.Seq2[[]byte, []byte] { return func(func(k, v []byte) bool) {} }

// A Change is one row before and after; nil is absence.
type Change struct{ Key, Before, After []byte }

// real reports that something changed; an empty value is not an absent one.
func (c Change) real() bool {
	return (c.Before == nil) != (c.After == nil) || !bytes.Equal(c.Before, c.After)
}

// Diff yields the rows in which two views differ, in key order.
func Diff(a, b View) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		next, stop := iter.Pull2(b.Scan(nil))
		defer stop()
		bk, bv, ok := next()
		for ak, av := range a.Scan(nil) {
			for ok && bytes.Compare(bk, ak) < 0 {
				if !yield(Change{bk, nil, bv}) {
					return
				}
				bk, bv, ok = next()
			}
			c := Change{Key: ak, Before: av}
			if ok && bytes.Equal(ak, bk) {
				c.After = bv
				bk, bv, ok = next()
			}
			if c.real() && !yield(c) {
				return
			}
		}
		for ; ok; bk, bv, ok = next() {
			if !yield(Change{bk, nil, bv}) {
				return
			}
		}
	}
}

// Digest is the SHA-256 of a view's rows in key order, each as the lengths of key and value (4 bytes
// each, big-endian) and their bytes. Equal rows have equal digests, however they came about.
func Digest(v View) events.Hash {
	h := sha256.New()
	var n [8]byte
	for key, value := range v.Scan(nil) {
		binary.BigEndian.PutUint32(n[:4], uint32(len(key)))
		binary.BigEndian.PutUint32(n[4:], uint32(len(value)))
		h.Write(n[:])
		h.Write(key)
		h.Write(value)
	}
	return events.Hash(h.Sum(nil))
}
