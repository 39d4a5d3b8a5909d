package intake

import (
	"bytes"
	"fmt"
	"testing"
)

// BenchmarkRows reads a CSV file of the usual kind.
func BenchmarkRows(b *testing.B) {
	const n = 20_000
	var data bytes.Buffer
	data.WriteString("n;d;v;ville;q\n")
	for i := range n {
		fmt.Fprintf(&data, "R-%d;23/11/2019;A%d;Ben Guérir;½ journée\n", i, i%500)
	}
	path := file(b, "x.csv", data.Bytes())
	m := mapOf(b, "quantity: '{q}'", "place: '{ville}'", "dates: dmy", "unit: days", "basis: congé payé")
	for b.Loop() {
		if got, err := rows(b, path, Options{Map: m}); err != nil || len(got) != n {
			b.Fatal(len(got), err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
