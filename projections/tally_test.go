package projections_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// A tally counts entries by kind, and remembers of every subject, and of all, what was last.
//
//	k kind      how many
//	s subject   position
//	last        position
type tally struct {
	// refuses, where set, says of which kind it cannot fold entries.
	refuses *string
}

var errRefused = errors.New("this kind is refused")

func (tally) Name() string { return "tally.v1" }

func (p tally) Fold(rows *projections.Rows, e events.Entry) error {
	kind := e.Event.Kind().Name()
	*projections.Edit[count](rows, []byte("k"+kind))++ // a fold that fails has touched rows by then
	if p.refuses != nil && kind == *p.refuses {
		return errRefused
	}
	position := binary.BigEndian.AppendUint64(nil, e.Position)
	rows.Put([]byte("s"+e.Event.Subject()), position)
	rows.Put([]byte("last"), position)
	return nil
}

// A count is a number as a row; zero is no row.
type count uint64

// Encode implements [projections.Value].
func (c *count) Encode() []byte {
	if *c == 0 {
		return nil
	}
	return binary.BigEndian.AppendUint64(nil, uint64(*c))
}

// Decode reads what Encode wrote.
func (c *count) Decode(b []byte) error {
	if len(b) != 8 {
		return fmt.Errorf("a count has 8 bytes, not %d", len(b))
	}
	*c = count(binary.BigEndian.Uint64(b))
	return nil
}

// whole asks for everything that a view says.
type whole struct{}

type answer struct {
	At     events.Checkpoint
	Digest events.Hash
	Last   uint64
}

// Answer implements [projections.Question].
func (whole) Answer(v projections.View) (a answer, err error) {
	a = answer{At: v.Checkpoint(), Digest: projections.Digest(v)}
	if b := v.Get([]byte("last")); b != nil {
		a.Last = binary.BigEndian.Uint64(b)
	}
	return a, nil
}

// answerOf is what a fold of h from nothing answers.
func answerOf(t testing.TB, h projectiontest.History) answer {
	t.Helper()
	rows, err := h.Rows(tally{})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := whole{}.Answer(rows)
	return a
}

// view is what m answers now.
func view(t testing.TB, m *projections.Model) (a answer) {
	t.Helper()
	err := m.View(func(v projections.View) (err error) {
		a, err = whole{}.Answer(v)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// is checks that m answers as the fold of h up to a position.
func is(t testing.TB, m *projections.Model, h projectiontest.History, position uint64) {
	t.Helper()
	if got, want := view(t, m), answerOf(t, h.Prefix(position)); got != want {
		t.Fatalf("at %v, last @%d, digest %v; the fold up to @%d is at %v, last @%d, digest %v",
			got.At, got.Last, got.Digest, position, want.At, want.Last, want.Digest)
	}
}

// open is a model of p in a file of its own.
func open(t testing.TB, p projections.Projection) *projections.Model {
	t.Helper()
	return openFile(t, filepath.Join(t.TempDir(), "rows"), p)
}

// openFile is a model of p in a file, closed with the test at the latest.
func openFile(t testing.TB, file string, p projections.Projection) *projections.Model {
	t.Helper()
	m, err := projections.Open(file, p, projections.Options{NoSync: true, Cache: 5})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// reopen closes m and opens its file again.
func reopen(t testing.TB, m *projections.Model) *projections.Model {
	t.Helper()
	must(t, m.Close())
	return openFile(t, m.Path(), m.Projection)
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
