package service_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sijil/cmd/internal/node/nodetest"
	"sijil/cmd/internal/service"
	"sijil/ledger"
)

// Commands that are too large are refused with a word, alone and among others; many that are merely
// large go in several requests.
func TestOversize(t *testing.T) {
	n := nodetest.Start(t)
	record := func(id string, note int) ledger.Request {
		return ledger.Request{Scope: "test", ID: id, Command: ledger.Record{
			Initiative: "garden", Type: "T", Place: "A", Headcount: 1, Date: "2019", New: true, Note: strings.Repeat("n", note),
		}}
	}
	before := nodetest.End(t, n)
	out, err := n.Client.Submit(t.Context(), record("long", 500<<10))
	if err != nil || !errors.Is(out[0].Err(), ledger.ErrRefused) {
		t.Errorf("a note of 500 KiB: %v, %v", out, err)
	}
	_, err = n.Client.Submit(t.Context(), record("longer", 2<<20))
	var f *service.Failure
	if !errors.As(err, &f) || f.Code != service.CodeBadRequest || !strings.Contains(f.Message, "larger than") {
		t.Errorf("a note of 2 MiB: %v", err)
	}
	if after := nodetest.End(t, n); after != before {
		t.Errorf("the log grew to @%d", after)
	}

	var many []ledger.Request
	for i := range 1200 {
		many = append(many, record(fmt.Sprint("many-", i), 2000))
	}
	out, err = n.Client.Submit(t.Context(), many...)
	if err != nil || len(out) != len(many) {
		t.Fatal(len(out), err)
	}
	for i, o := range out {
		if o.Err() != nil || o.First == 0 || i > 0 && o.First <= out[i-1].First {
			t.Fatalf("%d: %+v, after %+v", i, o, out[max(i, 1)-1])
		}
	}
}
