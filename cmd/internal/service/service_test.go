package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"sijil/cmd/internal/node/nodetest"
	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/embedded"
	"sijil/projections"
	"sijil/projections/totals"
)

// Commands of many requests and an answer of more than one reply arrive whole and in order.
func TestPages(t *testing.T) {
	n := nodetest.Start(t)
	const many = 6000
	var commands []ledger.Command
	for i := range many {
		commands = append(commands, ledger.OpenInitiative{Initiative: events.Initiative{
			Code: fmt.Sprintf("initiative-%04d", i), Type: "T", Places: []string{"A"}, Titles: map[string]string{"en": strings.Repeat("long ", 10)},
		}})
	}
	nodetest.Submit(t, n, commands...)
	answer, err := n.Client.Initiatives(t.Context(), projections.When{Since: nodetest.End(t, n)})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, i := range answer.Initiatives {
		seen[i.Code] = true
	}
	if len(answer.Initiatives) != many || len(seen) != many {
		t.Fatalf("%d initiatives, %d different ones, want %d", len(answer.Initiatives), len(seen), many)
	}
}

// P8, and reading one's own writes: an answer states its position, never before the one asked for.
func TestP8Since(t *testing.T) {
	n := nodetest.Start(t)
	for range 50 {
		out := nodetest.Submit(t, n, ledger.Record{Initiative: "garden", Type: "T", Place: "A", Headcount: 1, Date: "2019", New: true})
		a, err := n.Client.Totals(t.Context(), projections.When{Since: out[0].Last}, totals.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Position < out[0].Last || a.Time.IsZero() {
			t.Fatalf("answered as of @%d at %s, asked for @%d", a.Position, a.Time, out[0].Last)
		}
	}
	at, err := n.Client.Totals(t.Context(), projections.When{At: nodetest.End(t, n) - 10}, totals.Query{})
	if err != nil || at.Position != nodetest.End(t, n)-10 || at.Total.Headcount != 40 {
		t.Fatal(at, err)
	}
}

// Errors keep their meaning on the way.
func TestFailures(t *testing.T) {
	n := nodetest.Start(t)
	out, err := n.Client.Submit(t.Context(), ledger.Request{Scope: "test", ID: "1", Command: ledger.Record{Initiative: "garden", Place: "B", Type: "T", Headcount: 1, Date: "2019", New: true}})
	if err != nil || !errors.Is(out[0].Err(), ledger.UnknownPlace) || !errors.Is(out[0].Err(), ledger.ErrRefused) {
		t.Fatal(out, err)
	}
	_, err = n.Client.Totals(t.Context(), projections.When{}, totals.Query{By: []totals.Dimension{"colour"}})
	var q *totals.QueryError
	if !errors.As(err, &q) || q.Value != "colour" || len(q.Candidates) == 0 {
		t.Fatalf("%v", err)
	}
	if _, err := n.Client.Digest(t.Context(), "nothing.v1"); err == nil {
		t.Fatal("a digest of nothing")
	}
	nobody, err := n.Server.Connect(embedded.Client)
	if err != nil {
		t.Fatal(err)
	}
	defer nobody.Close()
	for subject, body := range map[string]string{
		service.Prefix("green") + ".do." + n.Server.Actor() + ".record": `{"scope":"x","id":"1","command":{"initiative":"garden","colour":"green"}}`,
		service.Prefix("green") + ".do." + n.Server.Actor() + ".bulk":   `{"calls":[{"verb":"burn","scope":"x","command":{}}]}`,
		service.Prefix("green") + ".ask.totals":                         `{"question":{"by":"region"}}`,
		service.Prefix("green") + ".ask.status":                         `not JSON`,
	} {
		m, err := nobody.RequestWithContext(t.Context(), subject, []byte(body))
		if err != nil {
			t.Fatalf("%s: %v", subject, err)
		}
		if code := m.Header.Get("Nats-Service-Error-Code"); code != service.CodeBadRequest {
			t.Errorf("%s %s: code %q: %s", subject, body, code, m.Data)
		}
	}
}

// NATS permissions bind the actor, and keep everybody but the ledger from publishing events.
func TestPermissions(t *testing.T) {
	n := nodetest.Start(t)
	refused := make(chan error, 8)
	for _, user := range []string{embedded.Client, embedded.Projector} {
		nc, err := n.Server.Connect(user)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		before := nodetest.End(t, n)
		nc.SetErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { refused <- err })
		for _, subject := range []string{"sijil.green.contribution.recorded", service.Prefix("green") + ".do.somebody-else.record"} {
			if err := nc.Publish(subject, []byte("{}")); err != nil {
				t.Fatal(err)
			}
			if err := nc.Flush(); err != nil {
				t.Fatal(err)
			}
			if err := <-refused; !strings.Contains(err.Error(), "ermissions") {
				t.Errorf("%s published to %s: %v", user, subject, err)
			}
		}
		if after := nodetest.End(t, n); after != before {
			t.Errorf("%s made the log grow from @%d to @%d", user, before, after)
		}
	}
}
