package ledger_test

import (
	"fmt"
	"testing"

	"sijil/events"
	"sijil/ledger"
)

// BenchmarkSubmit records contributions of 2,000 persons, 1,000 with each submit, into the log in
// memory: what the ledger itself costs.
func BenchmarkSubmit(b *testing.B) {
	w := founded(b)
	record := func(i int) ledger.Record {
		r := row(fmt.Sprint("r", i), by(fmt.Sprint("M", i%2000)), on(events.Date(fmt.Sprintf("2026-%02d-%02d", 1+i/28%5, 1+i%28))))
		r.Accept = "a benchmark"
		return r
	}
	var people []ledger.Command
	for i := range 2000 {
		people = append(people, record(i))
	}
	w.ok(people...)
	n := len(people)
	from := w.end()
	b.ReportAllocs()
	for b.Loop() {
		reqs := make([]ledger.Request, 1000)
		for i := range reqs {
			reqs[i] = ledger.Request{Scope: "hr", ID: fmt.Sprint(n), Actor: "tester", Method: events.Local, Command: record(n)}
			n++
		}
		for _, o := range w.submit(reqs...) {
			if o.Err != nil || o.Already {
				b.Fatalf("%+v", o)
			}
		}
	}
	b.ReportMetric(float64(w.end()-from)/b.Elapsed().Seconds(), "events/s")
}
