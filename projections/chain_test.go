package projections_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// chained is the history that the tests of P4 and P5 damage.
var chained = projectiontest.Random(1, 60, projectiontest.Small)

// canceled is a context that has ended: what answers with it did not wait.
func canceled(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func replaced(payload []byte, was, is string) []byte {
	if !bytes.Contains(payload, []byte(was)) {
		panic("no " + was + " in " + string(payload))
	}
	return bytes.Replace(payload, []byte(was), []byte(is), 1)
}

// Whatever breaks the chain halts every model: with its place and reason, answering as of the last
// entry before; and once the log is put right they go on.
func TestP4Broken(t *testing.T) {
	kind := func(e events.Entry) string { return e.Event.Kind().String() }
	e20 := chained.Entries[19]
	other := resealed(chained, projectiontest.ID("ledger", 99))
	for _, c := range []struct {
		name   string
		damage func(p [][]byte) [][]byte // p[19] is @20
		lose   uint64
		after  uint64 // where models halt
		got    uint64
		is     error
	}{
		{name: "missing", lose: 20, after: 19, got: 21, is: events.ErrGap},
		{name: "the last is missing", lose: 60, after: 59, got: 0, is: events.ErrGap},
		{name: "the first is missing", lose: 1, after: 0, got: 2, is: events.ErrGap},
		{name: "reordered", damage: func(p [][]byte) [][]byte {
			p[19], p[20] = p[20], p[19]
			return p
		}, after: 19, got: 21, is: events.ErrGap},
		{name: "twice", damage: func(p [][]byte) [][]byte {
			return slices.Insert(p, 20, p[19])[:60]
		}, after: 20, got: 20, is: events.ErrGap},
		{name: "left out, and the rest moved up", damage: func(p [][]byte) [][]byte {
			return append(slices.Delete(p, 19, 20), p[0])
		}, after: 19, got: 21, is: events.ErrGap},
		{name: "another ledger's entry", damage: func(p [][]byte) [][]byte {
			p[19] = other.Entries[19].Raw
			return p
		}, after: 19, got: 20, is: events.ErrAnotherLedger},
		{name: "another ledger from there on", damage: func(p [][]byte) [][]byte {
			return append(p[:19], payloads(other)[19:]...)
		}, after: 19, got: 20, is: events.ErrAnotherLedger},
		{name: "unknown kind", damage: func(p [][]byte) [][]byte {
			p[19] = replaced(p[19], kind(e20), "contribution.imagined.v1")
			return p
		}, after: 19, got: 20, is: events.ErrUnknownKind},
		{name: "unknown version", damage: func(p [][]byte) [][]byte {
			p[19] = replaced(p[19], kind(e20), e20.Event.Kind().Name()+".v99")
			return p
		}, after: 19, got: 20, is: events.ErrUnknownVersion},
		{name: "unknown field", damage: func(p [][]byte) [][]byte {
			p[19] = replaced(p[19], `"data":{`, `"data":{"mood":"good",`)
			return p
		}, after: 19, got: 20, is: events.ErrUnknownField},
		{name: "garbage", damage: func(p [][]byte) [][]byte {
			p[19] = []byte("hello")
			return p
		}, after: 19, got: 20, is: events.ErrMalformed},
		{name: "nothing", damage: func(p [][]byte) [][]byte {
			p[19] = nil
			return p
		}, after: 19, got: 20, is: events.ErrMalformed},
		{name: "not text", damage: func(p [][]byte) [][]byte {
			p[19] = []byte{0xff, 0xfe}
			return p
		}, after: 19, got: 20, is: events.ErrEncoding},
		{name: "the first is garbage", damage: func(p [][]byte) [][]byte {
			p[0] = []byte("hello")
			return p
		}, after: 0, got: 1, is: events.ErrMalformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := payloads(chained)
			if c.damage != nil {
				p = c.damage(p)
			}
			log := logOf(p...)
			log.sizes = func() int { return 7 }
			if c.lose > 0 {
				log.lose(c.lose)
			}
			ahead, behind := open(t, tally{}), open(t, tally{})
			if c.after > 10 { // one has begun already
				must(t, projections.Run(t.Context(), log, 10, ahead))
			}
			err := projections.Run(t.Context(), log, 60, ahead, behind)
			for _, m := range []*projections.Model{ahead, behind} {
				var halt *projections.HaltError
				var chain *events.ChainError
				if !errors.As(m.State().Halted, &halt) || !errors.As(halt, &chain) || !errors.Is(err, halt) {
					t.Fatalf("halted: %v; Run: %v", m.State().Halted, err)
				}
				if halt.Projection != "tally.v1" || halt.After.Position != c.after || halt.After != m.State().Checkpoint {
					t.Errorf("halted at %v, not after @%d: %v", halt.After, c.after, halt)
				}
				if chain.After != halt.After || chain.Got != c.got || !errors.Is(chain, c.is) {
					t.Errorf("says %v, not that @%d came, %v", chain, c.got, c.is)
				}
				is(t, m, chained, c.after)
				must(t, m.Wait(canceled(t), c.after))
				if err := m.Wait(canceled(t), c.after+1); !errors.As(err, new(*projections.HaltError)) {
					t.Errorf("waiting for @%d: %v", c.after+1, err)
				}
			}
			must(t, projections.Run(t.Context(), of(chained), 60, ahead, behind))
			for _, m := range []*projections.Model{ahead, behind} {
				is(t, m, chained, 60)
				if s := m.State(); s.Halted != nil {
					t.Errorf("still halted: %v", s.Halted)
				}
			}
		})
	}
}

// An entry that was altered and still reads well is noticed by the one after it. The model has folded
// it then, and does not answer once the log is put right: it must be rebuilt.
func TestP4Altered(t *testing.T) {
	p := payloads(chained)
	p[19] = replaced(p[19], `"actor":"tester"`, `"actor":"taster"`)
	m := open(t, tally{})
	err := projections.Run(t.Context(), logOf(p...), 60, m)
	var halt *projections.HaltError
	var chain *events.ChainError
	if !errors.As(err, &halt) || !errors.As(err, &chain) || halt.After.Position != 20 || chain.Got != 21 || !errors.Is(err, events.ErrAltered) {
		t.Fatalf("altered: %v", err)
	}
	if at := view(t, m).At; at.Position != 20 {
		t.Errorf("answers as of %v", at)
	}
	if err := projections.Run(t.Context(), of(chained), 60, m); !errors.As(err, &chain) || chain.Got != 20 {
		t.Errorf("with the right log: %v", err)
	}
	if err := m.View(func(projections.View) error { return nil }); !errors.Is(err, projections.ErrUnverified) {
		t.Errorf("answers from what was altered: %v", err)
	}
}

// One changed bit anywhere in a payload ends Follow at that entry or right after it.
func TestP4EveryByte(t *testing.T) {
	h := chained.Prefix(12)
	original := h.Entries[4].Raw
	for i := range original {
		bits := []int{rand.IntN(8)}
		if os.Getenv("SIJIL_LONG") != "" {
			bits = []int{0, 1, 2, 3, 4, 5, 6, 7}
		}
		for _, bit := range bits {
			p := payloads(h)
			p[4] = bytes.Clone(original)
			p[4][i] ^= 1 << bit
			got, err := collect(t, logOf(p...), events.Checkpoint{}, 12)
			var chain *events.ChainError
			if !errors.As(err, &chain) || len(got) < 4 || len(got) > 5 || chain.After.Position != uint64(len(got)) {
				t.Fatalf("bit %d of byte %d changed: %d entries, then %v", bit, i, len(got), err)
			}
		}
	}
}

// A projection that cannot fold an entry halts alone, right before it, with all before it committed,
// however much of that was pending; and goes on once it can.
func TestP4FoldFails(t *testing.T) {
	for _, kind := range []string{"programme.founded", "catalogue.adopted", "contribution.recorded", "contribution.corrected"} {
		t.Run(kind, func(t *testing.T) {
			first := uint64(slices.IndexFunc(chained.Entries, func(e events.Entry) bool { return e.Event.Kind().Name() == kind }))
			if first+1 == 0 {
				t.Fatal("the history has none")
			}
			for _, size := range []int{1, 3, 1000} {
				log := of(chained)
				log.sizes = func() int { return size }
				refuses := kind
				a, b, c := open(t, tally{}), open(t, tally{&refuses}), open(t, tally{})
				err := projections.Run(t.Context(), log, 60, a, b, c)
				var halt *projections.HaltError
				if !errors.As(err, &halt) || !errors.Is(err, errRefused) || halt.After.Position != first {
					t.Fatalf("batches of %d: %v, not after @%d", size, err, first)
				}
				if n := strings.Count(err.Error(), errRefused.Error()); n != 1 {
					t.Errorf("says it %d times: %v", n, err)
				}
				if errors.As(err, new(*events.ChainError)) {
					t.Errorf("a chain that is whole is called broken: %v", err)
				}
				is(t, a, chained, 60)
				is(t, b, chained, first)
				is(t, c, chained, 60)
				if a.State().Halted != nil || b.State().Halted == nil {
					t.Errorf("halted: %v and %v", a.State().Halted, b.State().Halted)
				}
				if err := b.Wait(canceled(t), 60); !errors.Is(err, errRefused) {
					t.Errorf("waiting for what does not come: %v", err)
				}
				refuses = ""
				must(t, projections.Run(t.Context(), log, 60, a, b, c))
				is(t, b, chained, 60)
			}
		})
	}
}
