package ledger_test

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// hold submits one command whose append waits until n more are queued behind it, and returns when that
// is under way. The appends after it are given to then.
func hold(w *world, n int, then func([]events.Entry)) {
	begun := make(chan struct{})
	first := true
	w.log.Fault = func(_ int, entries []events.Entry) (bool, error) {
		if !first {
			then(entries)
			return true, nil
		}
		first = false
		close(begun)
		for w.Queued() < n {
			runtime.Gosched()
		}
		return true, nil
	}
	go func() { _, _ = w.Submit(context.Background(), w.requests(row("hold", by("hold")))...) }()
	<-begun
}

// What waits while an append is under way goes into the next one together: no more than 1,000 events,
// a command's events never apart, those of one Submit in order.
func TestGroupCommit(t *testing.T) {
	w := founded(t)
	const senders, each = 30, 30
	in := map[uuid.UUID]int{} // a command's append
	appends := 0
	hold(w, senders*each, func(entries []events.Entry) {
		appends++
		if len(entries) > 1000 {
			t.Errorf("%d events in one append", len(entries))
		}
		for _, e := range entries {
			if at, ok := in[e.Cause.Command]; ok && at != appends {
				t.Errorf("the events of command %s are in two appends", e.Cause.Command)
			}
			in[e.Cause.Command] = appends
		}
	})
	var all sync.WaitGroup
	for s := range senders {
		all.Go(func() {
			var cmds []ledger.Request
			for i := range each {
				name := fmt.Sprintf("%d-%d", s, i)
				cmds = append(cmds, ledger.Request{Scope: "s", ID: name, Actor: "tester", Method: events.Local, Command: row(name, func(r *ledger.Record) {
					r.Volunteer, r.Initiative, r.Type = name, "initiative "+name, "AGR" // three events
					if i%10 == 9 {
						r.Date = "2030" // refused
					}
				})})
			}
			out, err := w.Submit(t.Context(), cmds...)
			if err != nil {
				t.Error(err)
				return
			}
			var last uint64
			for i, o := range out {
				if i%10 == 9 {
					wantRefused(t, o.Err, ledger.InFuture, "date")
					continue
				}
				if o.Err != nil || o.First <= last || o.Last != o.First+2 {
					t.Errorf("sender %d, command %d: @%d to @%d after @%d, %v", s, i, o.First, o.Last, last, o.Err)
				}
				last = o.Last
			}
		})
	}
	all.Wait()
	if n := len(in); n != senders*each*9/10 {
		t.Errorf("%d commands were recorded", n)
	}
	// 2,430 events, 999 at once.
	if appends != 3 {
		t.Errorf("%d appends, want 3", appends)
	}
}

// A conflict can make decisions longer. What fits no more goes into the next append, in order.
func TestGroupCommitShrinks(t *testing.T) {
	w := founded(t)
	other := w.beside()
	big := catalogue
	var steps []ledger.Command
	for s := range 3 {
		var d ledger.Define
		for i := range 400 {
			d.Places = append(d.Places, ledger.PlaceNode{Code: fmt.Sprintf("N-%d-%d", s, i), Parent: "MA-07", Names: names("", "", fmt.Sprint("was ", s, i))})
		}
		big.Places = append(big.Places, d.Places...)
		steps = append(steps, d)
	}
	w.adopt(big)
	changed := big
	changed.Places = nil
	for _, p := range big.Places {
		if p.Names["fr"] == "" {
			p.Names = names("", "", "is "+p.Code)
		}
		changed.Places = append(changed.Places, p)
	}
	// Nothing follows from the steps, since the catalogue is so; but by then it is not so any more.
	cmds := []ledger.Command{row("1", by("M1")), steps[0], row("2", by("M2")), steps[1], steps[2], row("3", by("M3")), row("4", by("M4"))}
	appends := 0
	hold(w, len(cmds), func([]events.Entry) {
		if appends++; appends == 1 {
			other.adopt(changed)
		}
	})
	out := w.submit(w.requests(cmds...)...)
	var last uint64
	for i, o := range out {
		want := uint64(2)
		if i == 1 || i == 3 || i == 4 {
			want = 400
		}
		if o.Err != nil || o.First <= last || o.Last-o.First+1 != want {
			t.Errorf("command %d: @%d to @%d after @%d, %v", i+1, o.First, o.Last, last, o.Err)
		}
		last = o.Last
	}
}

// However many commands come to nothing, they are answered.
func TestRepetitionsAlone(t *testing.T) {
	w := founded(t)
	var cmds []ledger.Command
	for i := range 2500 {
		cmds = append(cmds, row(fmt.Sprint("r", i%50), by(fmt.Sprint("M", i%50))))
	}
	for i, o := range w.submit(w.requests(cmds...)...) {
		if o.Err != nil || o.Already != (i >= 50) {
			t.Fatalf("command %d: %+v", i, o)
		}
	}
}
