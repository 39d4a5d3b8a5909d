package projectiontest

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"sijil/projections"
)

// Kit checks of p, on histories drawn, that the rows at a position do not depend on how the log was
// brought there.
func Kit(t *testing.T, p projections.Projection, histories *rapid.Generator[History]) {
	t.Run("AnySplit", func(t *testing.T) { check(t, p, histories, anySplit) })
	t.Run("Rebuild", func(t *testing.T) { check(t, p, histories, rebuild) })
	t.Run("AsOf", func(t *testing.T) { check(t, p, histories, asOf) })
	t.Run("Layers", func(t *testing.T) { check(t, p, histories, layers) })
}

const kitChecks = 200

func check(
	t *testing.T, p projections.Projection, histories *rapid.Generator[History], property func(*rapid.T, subject),
) {
	dir, n := t.TempDir(), 0
	Check(t, kitChecks, func(t *rapid.T) {
		n++
		property(t, subject{p, histories.Draw(t, "history"), filepath.Join(dir, fmt.Sprint(n))})
	})
}

// A subject is one projection on one history, and a file name for a model of it.
type subject struct {
	projection projections.Projection
	History
	file string
}

// at are the rows at a position, folded one by one from nothing: what everything is compared with.
func (s subject) at(t *rapid.T, position uint64) *projections.Rows {
	rows, err := s.Prefix(position).Rows(s.projection)
	if err != nil {
		t.Fatalf("folding one by one: %v", err)
	}
	return rows
}

// same compares a view with the rows at its position.
func (s subject) same(t *rapid.T, how string, got projections.View) {
	t.Helper()
	want := s.at(t, got.Checkpoint().Position)
	if got.Checkpoint() != want.Checkpoint() {
		t.Fatalf("%s: at %v, not %v", how, got.Checkpoint(), want.Checkpoint())
	}
	for c := range projections.Diff(want, got) {
		t.Errorf("%s: at @%d: row %x is %x, not %x", how, got.Checkpoint().Position, c.Key, c.After, c.Before)
	}
	if projections.Digest(got) != projections.Digest(want) {
		t.Errorf("%s: at @%d: digests differ", how, got.Checkpoint().Position)
	}
	if t.Failed() {
		t.FailNow()
	}
}

func (s subject) open(t *rapid.T) *projections.Model {
	// A small cache, so that decoded rows are dropped as well as kept.
	cache := rapid.SampledFrom([]int{1, 10, 1000}).Draw(t, "cache")
	m, err := projections.Open(s.file, s.projection, projections.Options{NoSync: true, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func must(t *rapid.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// anySplit folds batches of any size, with anything between them that may be.
func anySplit(t *rapid.T, s subject) {
	m := s.open(t)
	defer func() { must(t, m.Close()) }()
	for m.Rows().Checkpoint().Position < uint64(len(s.Entries)) {
		at := m.Rows().Checkpoint().Position
		n := rapid.IntRange(1, len(s.Entries)-int(at)).Draw(t, "batch")
		from := at
		if rapid.Bool().Draw(t, "again") { // entries folded before are passed over
			from = uint64(rapid.IntRange(0, int(at)).Draw(t, "from"))
		}
		must(t, m.Fold(s.Entries[from:at+uint64(n)]))
		switch rapid.SampledFrom([]string{"nothing", "flush", "flush", "reopen", "crash", "reset"}).Draw(t, "then") {
		case "flush":
			must(t, m.Flush())
		case "reopen":
			must(t, m.Flush(), m.Close())
			m = s.open(t)
		case "crash": // what was not flushed is lost
			must(t, m.Close())
			m = s.open(t)
		case "reset":
			m.Reset()
		}
		if rapid.IntRange(0, 3).Draw(t, "look") == 0 {
			s.same(t, "any split", m.Rows())
		}
	}
	s.same(t, "any split", m.Rows())
	must(t, m.Flush())
	s.same(t, "any split, flushed", m.Rows())
}

// rebuild runs the log into a model, up to some position and then to the end, and reads it back.
func rebuild(t *rapid.T, s subject) {
	ctx := context.Background()
	m := s.open(t)
	defer func() { must(t, m.Close()) }()
	look := func() {
		must(t, m.View(func(v projections.View) error {
			s.same(t, "rebuild", v)
			return nil
		}))
	}
	must(t, projections.Run(ctx, s, uint64(rapid.IntRange(1, len(s.Entries)).Draw(t, "first to")), m))
	look()
	must(t, projections.CatchUp(ctx, s, m))
	look()
}

// asOf folds in memory on top of nothing and of earlier rows.
func asOf(t *rapid.T, s subject) {
	ctx := context.Background()
	position := uint64(rapid.IntRange(1, len(s.Entries)).Draw(t, "position"))
	earlier := uint64(rapid.IntRange(0, int(position)).Draw(t, "base"))
	base := s.at(t, earlier)
	for _, view := range []projections.View{projections.Empty, base} {
		rows, err := projections.AsOf(ctx, s, s.projection, view, position)
		must(t, err)
		s.same(t, "as of", rows)
	}
	s.same(t, "the base of an as-of, afterwards", base)
}

// layers folds on Rows on Rows, and merges and drops them.
func layers(t *rapid.T, s subject) {
	below := projections.On(projections.Empty)
	for below.Checkpoint().Position < uint64(len(s.Entries)) {
		at := int(below.Checkpoint().Position)
		n := rapid.IntRange(1, min(20, len(s.Entries)-at)).Draw(t, "layer")
		before := projections.Digest(below)
		layer := projections.On(below)
		for _, e := range s.Entries[at : at+n] {
			must(t, layer.Fold(s.projection, e))
		}
		if projections.Digest(below) != before {
			t.Fatalf("layers: folding @%d to @%d on top changed what lies below", at+1, at+n)
		}
		s.same(t, "layers", layer)
		s.changes(t, below, layer)
		switch rapid.SampledFrom([]string{"merge", "merge", "stack", "drop"}).Draw(t, "then") {
		case "merge":
			layer.Merge()
		case "stack":
			below = layer
		case "drop": // a single step, so that this ends
			must(t, below.Fold(s.projection, s.Entries[at]))
		}
	}
	s.same(t, "layers, all", below)
}

// changes compares what a layer says of itself with the difference of the views.
func (s subject) changes(t *rapid.T, below, layer *projections.Rows) {
	var said []projections.Change
	for c := range layer.Changes() {
		said = append(said, c)
	}
	for c := range projections.Diff(below, layer) {
		if len(said) == 0 || !bytes.Equal(said[0].Key, c.Key) || !bytes.Equal(said[0].After, c.After) {
			t.Fatalf("layers: changes and difference differ at row %x", c.Key)
		}
		said = said[1:]
	}
	if len(said) > 0 {
		t.Fatalf("layers: a change that is no difference at row %x", said[0].Key)
	}
}
