package projections_test

import (
	"errors"
	"strings"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// Before its first answer a model is compared with the log, so one that is not the log it was is
// recognised before anything is shown.
func TestP5AnotherLog(t *testing.T) {
	altered := payloads(chained)
	altered[39] = replaced(altered[39], `"actor":"tester"`, `"actor":"taster"`)
	for _, c := range []struct {
		name string
		log  *logged
		is   error
		says string
	}{
		{"deleted", logOf(), projections.ErrBeyondEnd, "ends before it"},
		{"recreated", of(resealed(chained, projectiontest.ID("ledger", 99))), nil, "recreated"},
		{"recreated and short", of(resealed(chained.Prefix(3), projectiontest.ID("ledger", 99))), projections.ErrBeyondEnd, "ends before it"},
		{"truncated", of(chained.Prefix(30)), projections.ErrBeyondEnd, "ends before it"},
		{"an older copy that lacks one", of(chained.Prefix(39)), projections.ErrBeyondEnd, "ends before it"},
		{"altered at the checkpoint", logOf(altered...), nil, "altered"},
		{"missing at the checkpoint", of(chained).lose(40), events.ErrGap, "gap"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := open(t, tally{})
			must(t, projections.Run(t.Context(), of(chained), 40, m))
			m = reopen(t, m)
			silent(t, m, c.log, nil)
			for _, run := range []func() error{
				func() error { return projections.Run(t.Context(), c.log, 0, m) },
				func() error { return projections.CatchUp(t.Context(), c.log, m) },
			} {
				err := run()
				var halt *projections.HaltError
				var chain *events.ChainError
				if !errors.As(err, &halt) || !errors.As(err, &chain) || c.is != nil && !errors.Is(err, c.is) {
					t.Fatalf("Run: %v", err)
				}
				if halt.After.Position != 40 || chain.After.Position != 40 && !errors.Is(err, events.ErrGap) {
					t.Errorf("says it halted elsewhere: %v", err)
				}
				if !strings.Contains(err.Error(), c.says) {
					t.Errorf("does not say %q: %v", c.says, err)
				}
				silent(t, m, c.log, err)
			}
			must(t, projections.CatchUp(t.Context(), of(chained), m))
			is(t, m, chained, 60)
		})
	}
}

// silent checks that m answers nothing, and says why.
func silent(t *testing.T, m *projections.Model, log projections.Source, why error) {
	t.Helper()
	err := m.View(func(projections.View) error {
		t.Error("shows rows")
		return nil
	})
	if !errors.Is(err, projections.ErrUnverified) || why != nil && !errors.As(err, new(*projections.HaltError)) {
		t.Errorf("View: %v", err)
	}
	for _, when := range []projections.When{{}, {At: 10}, {At: 40}, {Since: 40}} {
		a, err := projections.Ask(canceled(t), m, log, when, whole{})
		if err == nil || a != (answer{}) {
			t.Errorf("%v: answers %v, %v", when, a, err)
		}
		if why != nil && !errors.As(err, new(*projections.HaltError)) {
			t.Errorf("%v: does not say why: %v", when, err)
		}
	}
	if s := m.State(); s.Verified || (s.Halted == nil) != (why == nil) {
		t.Errorf("state %+v", s)
	}
}

// A log that is replaced while a model is open is recognised when Run is called again.
func TestP5ReplacedWhileOpen(t *testing.T) {
	m, sound := open(t, tally{}), open(t, tally{})
	must(t, projections.Run(t.Context(), of(chained), 40, m))
	is(t, m, chained, 40)
	other := resealed(chained, projectiontest.ID("ledger", 99))
	err := projections.Run(t.Context(), of(other), 60, m, sound)
	if !errors.As(err, new(*events.ChainError)) {
		t.Fatal(err)
	}
	silent(t, m, of(other), err)
	is(t, sound, other, 60)

	// Nor is a position as of then answered from it before.
	again := open(t, tally{})
	must(t, projections.Run(t.Context(), of(chained), 40, again))
	if a, err := projections.Ask(t.Context(), again, of(other), projections.When{At: 10}, whole{}); !errors.As(err, new(*events.ChainError)) {
		t.Errorf("answers as of @10 of another ledger: %v, %v", a, err)
	}
}

// A log that cannot be read now is not another log: what was verified goes on answering.
func TestP5Unreachable(t *testing.T) {
	errAway := errors.New("the log is away")
	log := of(chained)
	m := open(t, tally{})
	log.fail(errAway)
	if err := projections.Run(t.Context(), log, 40, m); err != nil {
		t.Fatal("at nothing there is nothing to compare:", err)
	}
	is(t, m, chained, 40)
	if err := projections.Run(t.Context(), log, 60, m); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	is(t, m, chained, 40)
	if err := m.Wait(canceled(t), 60); !errors.Is(err, errAway) {
		t.Errorf("does not say why it does not go on: %v", err)
	}
	m = reopen(t, m)
	if err := projections.Run(t.Context(), log, 60, m); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	silent(t, m, log, errAway)
	log.fail(nil)
	must(t, projections.Run(t.Context(), log, 60, m))
	is(t, m, chained, 60)
}

// A model at nothing is verified by any log, the empty one too.
func TestP5Nothing(t *testing.T) {
	m := open(t, tally{})
	silent(t, m, logOf(), nil)
	must(t, projections.CatchUp(t.Context(), logOf(), m))
	if got := view(t, m); got.At != (events.Checkpoint{}) {
		t.Errorf("at %v", got.At)
	}
	must(t, projections.CatchUp(t.Context(), of(chained), m))
	is(t, m, chained, 60)
}
