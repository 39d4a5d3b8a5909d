package ledgertest_test

import (
	"context"
	"errors"
	"testing"

	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/ledgertest"
	"sijil/projections"
)

func TestLog(t *testing.T) {
	ledgertest.Conformance(t, func(*testing.T) ledger.Log { return new(ledgertest.Log) })
}

func TestFault(t *testing.T) {
	entries := ledgertest.Chain(3)
	broken := errors.New("broken")
	for _, c := range []struct {
		name  string
		store bool
		err   error
		end   uint64
		again error // of the very same append
	}{
		{"as it is", true, nil, 3, ledger.ErrConflict},
		{"a lost acknowledgement", true, broken, 3, ledger.ErrConflict},
		{"a lost message", false, broken, 0, nil},
		{"a log that lies", false, nil, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := &ledgertest.Log{Fault: func(call int, got []events.Entry) (bool, error) {
				if len(got) != 3 {
					t.Errorf("call %d has %d entries", call, len(got))
				}
				if call > 1 {
					return true, nil
				}
				return c.store, c.err
			}}
			if err := log.Append(t.Context(), entries); err != c.err {
				t.Errorf("append: %v, want %v", err, c.err)
			}
			if end, _ := log.End(t.Context()); end != c.end {
				t.Errorf("end is @%d, want @%d", end, c.end)
			}
			if err := log.Append(t.Context(), entries); !errors.Is(err, c.again) {
				t.Errorf("again: %v, want %v", err, c.again)
			}
			if log.Appends() != 2 {
				t.Errorf("%d appends, want 2", log.Appends())
			}
		})
	}
}

// A fault may let another client come first.
func TestFaultOvertakes(t *testing.T) {
	log := new(ledgertest.Log)
	log.Fault = func(int, []events.Entry) (bool, error) {
		log.Foreign([]byte("first"))
		return true, nil
	}
	if err := log.Append(t.Context(), ledgertest.Chain(1)); !errors.Is(err, ledger.ErrConflict) {
		t.Errorf("%v, want ErrConflict", err)
	}
}

// What happens to a log is seen by those who follow it.
func TestDamageIsSeen(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(*ledgertest.Log)
		after  uint64 // how far the log verifies
		err    error
	}{
		{"none", func(*ledgertest.Log) {}, 5, nil},
		{"foreign", func(l *ledgertest.Log) { l.Foreign([]byte("hello")) }, 5, events.ErrMalformed},
		{"missing", func(l *ledgertest.Log) { l.Alter(3, nil) }, 2, events.ErrGap},
		{"altered", func(l *ledgertest.Log) {
			l.Alter(3, ledgertest.After(ledgertest.Chain(2)[1].Checkpoint, 1, "mallory")[0].Raw)
		}, 3, events.ErrAltered},
	} {
		t.Run(c.name, func(t *testing.T) {
			log := new(ledgertest.Log)
			ledgertest.Fill(t, log, ledgertest.Chain(5))
			c.damage(log)
			end, _ := log.End(t.Context())
			var at events.Checkpoint
			var last error
			for batch, err := range projections.Follow(context.Background(), log, at, end) {
				if last = err; err == nil {
					at = batch[len(batch)-1].Checkpoint
				}
			}
			if at.Position != c.after || !errors.Is(last, c.err) {
				t.Errorf("verifies to @%d, %v; want @%d, %v", at.Position, last, c.after, c.err)
			}
		})
	}
}
