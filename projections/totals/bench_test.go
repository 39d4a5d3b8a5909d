package totals_test

import (
	"path/filepath"
	"sync"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

const benchEntries = 200_000

var large = sync.OnceValue(func() projectiontest.History {
	return projectiontest.Random(1, benchEntries, projectiontest.Large)
})

// BenchmarkFold folds 200,000 entries into a new file, as a rebuild does, without decoding them.
func BenchmarkFold(b *testing.B) {
	h := large()
	for b.Loop() {
		m, err := projections.Open(filepath.Join(b.TempDir(), "totals"), totals.Totals{}, projections.Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		for i := 0; i < len(h.Entries); i += 50_000 {
			if err := m.Fold(h.Entries[i:min(i+50_000, len(h.Entries))]); err != nil {
				b.Fatal(err)
			}
			if err := m.Flush(); err != nil {
				b.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchEntries*b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkReplay reads, decodes, verifies, folds and commits the same.
func BenchmarkReplay(b *testing.B) {
	h := large()
	for b.Loop() {
		m, err := projections.Open(filepath.Join(b.TempDir(), "totals"), totals.Totals{}, projections.Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		if err := projections.CatchUp(b.Context(), h, m); err != nil {
			b.Fatal(err)
		}
		if err := m.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchEntries*b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkRead is the part of BenchmarkReplay that is the same for every projection.
func BenchmarkRead(b *testing.B) {
	h := large()
	for b.Loop() {
		for _, err := range projections.Follow(b.Context(), h, events.Checkpoint{}, benchEntries) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(benchEntries*b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkFoldInMemory is the fold alone.
func BenchmarkFoldInMemory(b *testing.B) {
	h := large()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.Rows(totals.Totals{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchEntries*b.N)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkQuery asks a file of those entries.
func BenchmarkQuery(b *testing.B) {
	h := large()
	m, err := projections.Open(filepath.Join(b.TempDir(), "totals"), totals.Totals{}, projections.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer m.Close()
	if err := projections.CatchUp(b.Context(), h, m); err != nil {
		b.Fatal(err)
	}
	for name, q := range map[string]totals.Query{
		"Total":          {},
		"Year":           {By: []totals.Dimension{totals.Year}},
		"RegionType":     {By: []totals.Dimension{totals.Region, totals.Type}},
		"InitiativeYear": {By: []totals.Dimension{totals.Initiative, totals.Year}},
		"OneYear":        {By: []totals.Dimension{totals.Region}, Where: totals.Where{totals.Year: {"2019"}}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				err := m.View(func(v projections.View) error {
					_, err := q.Answer(v)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
