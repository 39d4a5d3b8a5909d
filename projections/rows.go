package projections

import (
	"bytes"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"sijil/events"
)

// Rows are changes in memory on top of a View; together they are a View too. They can be committed
// to a [Model], asked, layered again, or dropped. A Rows is used by one goroutine.
type Rows struct {
	base View
	at   events.Checkpoint
	rows map[string]*row
}

// A row is known as bytes, as a decoded value, or both.
type row struct {
	raw   []byte // nil: absent; outdated while val is changed
	val   Value
	dirty bool // may differ from the base
}

func (r *row) bytes() []byte {
	if r.val != nil && r.dirty {
		return r.val.Encode()
	}
	return r.raw
}

// A Value is a row in decoded form. Encode MUST give equal bytes for equal contents, however they
// came about, and nil where there is nothing left to keep: that deletes the row.
type Value interface{ Encode() []byte }

// On returns no changes yet on top of v.
func On(v View) *Rows { return &Rows{v, v.Checkpoint(), map[string]*row{}} }

// Checkpoint is the last entry folded.
func (r *Rows) Checkpoint() events.Checkpoint { return r.at }

// Put sets a row. r keeps value, which MUST NOT be nil.
func (r *Rows) Put(key, value []byte) { r.rows[string(key)] = &row{raw: value, dirty: true} }

// Delete removes a row.
func (r *Rows) Delete(key []byte) { r.rows[string(key)] = &row{dirty: true} }

// Get is the value at key; nil is absence.
func (r *Rows) Get(key []byte) []byte {
	if w := r.rows[string(key)]; w != nil {
		return w.bytes()
	}
	return r.base.Get(key)
}

// Scan yields the rows whose keys begin with prefix, in key order. r MUST NOT be changed meanwhile.
func (r *Rows) Scan(prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		var mine []string
		for k, w := range r.rows {
			if w.dirty && strings.HasPrefix(k, string(prefix)) {
				mine = append(mine, k)
			}
		}
		slices.Sort(mine)
		for k, v := range r.base.Scan(prefix) {
			for len(mine) > 0 && mine[0] < string(k) {
				if v := r.rows[mine[0]].bytes(); v != nil && !yield([]byte(mine[0]), v) {
					return
				}
				mine = mine[1:]
			}
			if len(mine) > 0 && mine[0] == string(k) {
				v, mine = r.rows[mine[0]].bytes(), mine[1:]
			}
			if v != nil && !yield(k, v) {
				return
			}
		}
		for _, k := range mine {
			if v := r.rows[k].bytes(); v != nil && !yield([]byte(k), v) {
				return
			}
		}
	}
}

// Edit returns the row at key in decoded form, to be changed in place until r is committed or
// dropped. V's Decode reads what its Encode wrote; an absent row is the zero V.
func Edit[V any, P interface {
	*V
	Value
	Decode([]byte) error
}](r *Rows, key []byte) P {
	w := r.rows[string(key)]
	if w != nil && w.val != nil {
		w.dirty = true
		return w.val.(P)
	}
	var raw []byte
	if w != nil {
		raw = w.raw
	} else {
		raw = r.base.Get(key)
	}
	v := P(new(V))
	if raw != nil {
		if err := v.Decode(raw); err != nil {
			panic(&DamageError{Key: bytes.Clone(key), Err: err})
		}
	}
	r.rows[string(key)] = &row{val: v, dirty: true}
	return v
}

// Read returns the row at key in decoded form, or nil where Get does. It MUST NOT be changed.
func Read[V any, P interface {
	*V
	Value
	Decode([]byte) error
}](v View, key []byte) P {
	r, ok := v.(*Rows)
	if ok {
		if w := r.rows[string(key)]; w != nil && w.val != nil {
			if w.dirty && w.val.Encode() == nil {
				return nil // edited until nothing was left
			}
			return w.val.(P)
		} else if w == nil {
			if below, ok := r.base.(*Rows); ok {
				return Read[V, P](below, key)
			}
		}
	}
	raw := v.Get(key)
	if raw == nil {
		return nil
	}
	p := P(new(V))
	if err := p.Decode(raw); err != nil {
		panic(&DamageError{Key: bytes.Clone(key), Err: err})
	}
	if ok { // remembered, unchanged
		if w := r.rows[string(key)]; w == nil {
			r.rows[string(key)] = &row{raw: bytes.Clone(raw), val: p}
		}
	}
	return p
}

// Fold checks that e follows, and folds it. On error r is unusable.
func (r *Rows) Fold(p Projection, e events.Entry) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("at @%d: %w", e.Position, err)
		}
	}()
	defer recoverDamage(&err)
	if err := r.at.Follow(e); err != nil {
		return err
	}
	if e.Event == nil {
		return nil
	}
	return p.Fold(r, e)
}

// Changes yields what r alters in the view it lies on, in key order.
func (r *Rows) Changes() iter.Seq[Change] {
	return func(yield func(Change) bool) {
		for _, k := range r.changed() {
			c := Change{[]byte(k), r.base.Get([]byte(k)), r.rows[k].bytes()}
			if c.real() && !yield(c) {
				return
			}
		}
	}
}

func (r *Rows) changed() []string {
	var keys []string
	for k, w := range r.rows {
		if w.dirty {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Merge moves r's changes into the Rows that it lies on. r is unusable then.
func (r *Rows) Merge() {
	below := r.base.(*Rows)
	for k, w := range r.rows {
		if w.dirty {
			below.rows[k] = w
		}
	}
	below.at = r.at
}

// settle is called when what was changed has been committed, and is in raw: decoded values are kept as
// a cache of at most limit rows.
func (r *Rows) settle(limit int) {
	maps.DeleteFunc(r.rows, func(_ string, w *row) bool {
		w.dirty = false
		return w.val == nil || w.raw == nil
	})
	for k := range r.rows {
		if len(r.rows) <= limit {
			break
		}
		delete(r.rows, k)
	}
}
