// Package nodetest starts nodes for tests: the real server, ledger, vault and projections, in a folder
// that goes with the test.
package nodetest

import (
	"path/filepath"
	"testing"

	"github.com/google/uuid"

	"sijil/cmd/internal/node"
	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger"
)

// Start founds the ledger of programme green, with the place A, the type T and a limit of 12 hours a
// day.
func Start(t *testing.T) *node.Node {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	folder, err := node.MakeFolder(dir, "green")
	if err != nil {
		t.Fatal(err)
	}
	n, err := node.Start(t.Context(), node.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	catalogue := ledger.Catalogue{Places: []ledger.PlaceNode{{Code: "A"}}, Types: []ledger.TypeNode{{Code: "T"}}}
	plan, err := ledger.AdoptPlan(ledger.Catalogue{}, catalogue, "")
	if err != nil {
		t.Fatal(err)
	}
	Submit(t, n, ledger.Found{Ledger: folder.Ledger, Programme: "green", Rules: events.Rules{
		Timezone: "Africa/Casablanca", MinutesPerDay: 480, Counts: events.CountsRecorded, Limits: events.Limits{HoursPerDay: 12},
	}})
	Submit(t, n, plan...)
	return n
}

// Submit gives commands, of which none may be refused.
func Submit(t *testing.T, n *node.Node, commands ...ledger.Command) []service.Outcome {
	t.Helper()
	reqs := make([]ledger.Request, len(commands))
	for i, c := range commands {
		reqs[i] = ledger.Request{Scope: "test", ID: uuid.NewString(), Command: c}
	}
	out, err := n.Client.Submit(t.Context(), reqs...)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range out {
		if o.Err() != nil {
			t.Fatal(o.Err())
		}
	}
	return out
}

// End is the position of the last event in the log.
func End(t *testing.T, n *node.Node) uint64 {
	t.Helper()
	end, err := n.Log.End(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return end
}
