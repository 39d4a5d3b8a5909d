package importer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"

	"sijil/cmd/internal/importer"
	"sijil/cmd/internal/node"
	"sijil/cmd/internal/node/nodetest"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/intake"
	"sijil/projections"
	"sijil/projections/totals"
)

const header = "id,date,volunteer,initiative,type,place,quantity,unit\n"

// job is the import of rows under the header.
func job(t *testing.T, n *node.Node, rows string) importer.Job {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hours.csv")
	if err := os.WriteFile(path, []byte(header+rows), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := intake.Open(path, intake.Options{System: "hr", New: true})
	if err != nil {
		t.Fatal(err)
	}
	return importer.Job{Client: n.Client, File: f, System: "hr"}
}

func people(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "R%d,2019-11-23,M%d,garden,T,A,4,hours\n", i, i)
	}
	return b.String()
}

func total(t *testing.T, n *node.Node) totals.Answer {
	t.Helper()
	end, err := n.Log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, err := n.Client.Totals(t.Context(), projections.When{Since: end}, totals.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// kinds counts the events in the log.
func kinds(t *testing.T, n *node.Node) map[string]int {
	t.Helper()
	end, err := n.Log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for batch, err := range projections.Follow(t.Context(), n.Log, events.Checkpoint{}, end) {
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range batch {
			out[e.Event.Kind().Name()]++
		}
	}
	return out
}

// An import that is cut short after any of its chunks, again and again, completes under one batch,
// records nothing twice, and marks its figures until then.
func TestCutShort(t *testing.T) {
	n := nodetest.Start(t)
	const rows = 1500
	var batch uuid.UUID
	for cut := int64(1); ; cut++ {
		j := job(t, n, people(rows))
		tried, err := j.Try(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if batch != uuid.Nil && tried.Batch != batch {
			t.Fatalf("batch %s, before it was %s", tried.Batch, batch)
		}
		if tried.Unfinished() != (cut > 1) {
			t.Fatalf("try %d: unfinished is %v", cut, tried.Unfinished())
		}
		batch = tried.Batch
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		chunks := int64(0)
		j.Progress = func(int64) {
			if chunks++; chunks == cut {
				cancel()
			}
		}
		done, err := j.Record(ctx, tried)
		if err == nil && chunks < cut {
			if done.Recorded+done.Already != rows || done.Rejected != 0 {
				t.Fatalf("%+v", done)
			}
			break
		}
		if a := total(t, n); !a.Total.Unfinished || len(a.Unfinished) != 1 || a.Unfinished[0] != batch {
			t.Fatalf("cut after chunk %d: unfinished %v, %v", cut, a.Total.Unfinished, a.Unfinished)
		}
	}
	a := total(t, n)
	if a.Total.Unfinished || len(a.Unfinished) > 0 || a.Total.Participants != rows || a.Total.Participations != rows || a.Total.Minutes != rows*240 {
		t.Errorf("in the end %+v, unfinished %v", a.Total, a.Unfinished)
	}
	k := kinds(t, n)
	for kind, want := range map[string]int{
		"batch.opened": 1, "batch.imported": 1, "contribution.recorded": rows, "volunteer.registered": rows, "initiative.opened": 1,
	} {
		if k[kind] != want {
			t.Errorf("%d × %s, want %d", k[kind], kind, want)
		}
	}
	j := job(t, n, people(rows))
	again, err := j.Try(t.Context())
	if err != nil || !again.Nothing() || again.Already != rows {
		t.Errorf("once more: %+v, %v", again, err)
	}
}

// Trying a file records nothing, and knows of each row what those before it do.
func TestTry(t *testing.T) {
	n := nodetest.Start(t)
	before := kinds(t, n)
	j := job(t, n, "R1,2019-11-23,M1,garden,T,A,8,hours\nR2,2019-11-23,M1,garden,T,A,8,hours\nR3,2019,M2,gardn,,A,1,hours\nR4,2019,M3,garden,T,B,1,hours\n")
	var rejected []int64
	j.Reject = func(row intake.Row, more []intake.Problem) error {
		rejected = append(rejected, row.Number)
		return nil
	}
	r, err := j.Try(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r.Rows != 4 || r.Recorded != 1 || r.Rejected != 3 || r.Volunteers != 1 || r.Minutes != 480 || fmt.Sprint(rejected) != "[3 4 5]" {
		t.Errorf("%+v, rejected %v", r, rejected)
	}
	for i, want := range []string{
		`quantity: "8" is beyond a limit: 16 hours on 2019-11-23 for one person, more than 12 a day; correct it, or accept with --accept-warnings REASON`,
		`type: the initiative "gardn" is new, and its type is missing; perhaps garden; say its type, or correct its name`,
		`place: "B" is refused: no place is called "B"`,
	} {
		if got := r.Problems[i].String(); !strings.HasPrefix(got, want) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if after := kinds(t, n); len(after) != len(before) {
		t.Errorf("trying recorded %v", after)
	}
}

// What is alike within one file is said, so that a person is not registered twice by a misspelling.
func TestAlike(t *testing.T) {
	n := nodetest.Start(t)
	j := job(t, n, "R1,2019,Amina Berrada,garden,T,A,1,hours\nR2,2019,Amina Berada,garden,T,A,1,hours\nR3,2019,Karim Saïdi,garden,T,A,1,hours\nR4,2019,AMINA BERRADA,garden,T,A,1,hours\n")
	r, err := j.Try(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []ledger.Novelty{
		{Kind: "initiative", Name: "garden"}, {Kind: "volunteer", Name: "Amina Berrada"},
		{Kind: "volunteer", Name: "Amina Berada", Nearest: []string{"Amina Berrada"}}, {Kind: "volunteer", Name: "Karim Saïdi"},
	}
	if fmt.Sprint(r.Novelties) != fmt.Sprint(want) || r.Volunteers != 3 {
		t.Errorf("%d volunteers: %v", r.Volunteers, r.Novelties)
	}
}

// A row that was good when tried may be refused when it is recorded: the ledger moved meanwhile. It
// is reported, and the rest is recorded.
func TestMovedMeanwhile(t *testing.T) {
	n := nodetest.Start(t)
	nodetest.Submit(t, n, ledger.OpenInitiative{Initiative: events.Initiative{Code: "shed", Type: "T", Places: []string{"A"}}})
	j := job(t, n, "R1,2019-11-23,M1,garden,T,A,4,hours\nR2,2019-11-23,M2,shed,T,A,4,hours\n")
	tried, err := j.Try(t.Context())
	if err != nil || tried.Recorded != 2 {
		t.Fatal(tried, err)
	}
	nodetest.Submit(t, n, ledger.CloseInitiative{Code: "shed", On: "2018-12-31"})
	done, err := j.Record(t.Context(), tried)
	if err != nil {
		t.Fatal(err)
	}
	if done.Recorded != 1 || done.Rejected != 1 || len(done.Problems) != 1 || !strings.Contains(done.Problems[0].String(), "closed on 2018-12-31") {
		t.Errorf("%+v", done)
	}
	if a := total(t, n); a.Total.Participants != 1 || a.Total.Unfinished {
		t.Errorf("%+v", a.Total)
	}
}

// A live reference with other content names what would change; the refusal is one of the ledger's.
func TestChanges(t *testing.T) {
	n := nodetest.Start(t)
	j := job(t, n, "R1,2019-11-23,M1,garden,T,A,4,hours\n")
	tried, err := j.Try(t.Context())
	if err == nil {
		_, err = j.Record(t.Context(), tried)
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := job(t, n, "R1,2019-11-24,M1,garden,T,A,,\n").Try(t.Context())
	if err != nil || r.Rejected != 1 {
		t.Fatal(r, err)
	}
	if got := r.Problems[0].String(); !strings.Contains(got, "date 2019-11-23 → 2019-11-24, quantity 4 → none") {
		t.Error(got)
	}
	if got := importer.Changes(&ledger.Refusal{}); got != "" {
		t.Errorf("without changes: %q", got)
	}
}

// What is recorded is what was tried: a file that changed in between records nothing.
func TestChangedMeanwhile(t *testing.T) {
	n := nodetest.Start(t)
	j := job(t, n, people(1000))
	tried, err := j.Try(t.Context())
	if err != nil || tried.Recorded != 1000 {
		t.Fatal(tried, err)
	}
	before := nodetest.End(t, n)
	changed := header + strings.ReplaceAll(people(1000), ",4,hours", ",5,hours")
	if err := os.WriteFile(j.File.Path(), []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Record(t.Context(), tried); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("%v, want that the file changed", err)
	}
	if after := nodetest.End(t, n); after != before {
		t.Errorf("recorded up to @%d, was at @%d", after, before)
	}
}

// A row of two people of whom somebody else makes one bad in between: the other stands, the part is
// reported, and the batch is closed all the same.
func TestPartMeanwhile(t *testing.T) {
	n := nodetest.Start(t)
	j := job(t, n, "R1,2019-11-23,M1/M2,garden,T,A,8,hours\n")
	tried, err := j.Try(t.Context())
	if err != nil || tried.Recorded != 1 || tried.Contributions != 2 {
		t.Fatal(tried, err)
	}
	nodetest.Submit(t, n, ledger.Record{System: "hr", Reference: "other", Volunteer: "M2", Initiative: "garden", Type: "T", Place: "A",
		Date: "2019-11-23", Quantity: "8", Unit: events.Hours, New: true})
	done, err := j.Record(t.Context(), tried)
	if err != nil {
		t.Fatal(err)
	}
	if done.Recorded != 1 || done.Rejected != 0 || len(done.Problems) != 1 {
		t.Errorf("%+v", done)
	}
	if a := total(t, n); a.Total.Minutes != 16*60 || a.Total.Unfinished {
		t.Errorf("%+v", a.Total)
	}
	if k := kinds(t, n); k["batch.imported"] != 1 {
		t.Errorf("%v", k)
	}
}
