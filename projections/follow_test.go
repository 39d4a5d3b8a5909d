package projections_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// However a log is cut into batches, and wherever Follow begins and ends, it yields what lies between.
func TestFollowAnySplit(t *testing.T) {
	h := projectiontest.Random(2, 700, projectiontest.Small) // more than one chunk of the decoders
	projectiontest.Check(t, 100, func(rt *rapid.T) {
		log := of(h)
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{0, 1, 2, 3, 17, 255, 256, 257, 700}), 1, 10).Draw(rt, "sizes")
		n := 0
		log.sizes = func() int {
			n++
			if n > 50 { // however many are empty, it comes to an end
				return 100
			}
			return sizes[n%len(sizes)]
		}
		after := rapid.IntRange(0, 700).Draw(rt, "after")
		to := rapid.IntRange(1, 700).Draw(rt, "to")
		var at events.Checkpoint
		if after > 0 {
			at = h.Entries[after-1].Checkpoint
		}
		got, err := collect(t, log, at, uint64(to))
		if err != nil {
			rt.Fatal(err)
		}
		want := h.Entries[min(after, to):to]
		if !slices.EqualFunc(got, want, func(a, b events.Entry) bool {
			return a.Checkpoint == b.Checkpoint && string(a.Raw) == string(b.Raw) && a.Event != nil
		}) {
			rt.Fatalf("%d entries after @%d up to @%d, not %d", len(got), after, to, len(want))
		}
	})
}

// Follow does not compare the checkpoint it begins at, but what comes next must follow it.
func TestFollowFromElsewhere(t *testing.T) {
	at := chained.Entries[9].Checkpoint
	at.Hash = events.Sum([]byte("else"))
	if got, err := collect(t, chained, at, 60); !errors.Is(err, events.ErrAltered) || len(got) > 0 {
		t.Errorf("%d entries, then %v", len(got), err)
	}
}

// At the end of the log Follow waits, yields what comes when it comes, and ends with its context.
func TestFollowTail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := of(chained.Prefix(5))
		ctx, cancel := context.WithCancel(t.Context())
		var got []events.Entry
		var last error
		ended := false
		go func() {
			for batch, err := range projections.Follow(ctx, log, events.Checkpoint{}, 0) {
				got, last = append(got, batch...), err
			}
			ended = true
		}()
		for n := 5; n <= 8; n++ {
			synctest.Wait()
			if len(got) != n || last != nil || ended {
				t.Fatalf("%d entries of %d, %v, ended %v", len(got), n, last, ended)
			}
			log.add(chained.Entries[n].Raw)
		}
		synctest.Wait()
		cancel()
		synctest.Wait()
		if len(got) != 9 || !errors.Is(last, context.Canceled) || !ended {
			t.Fatalf("%d entries, %v, ended %v", len(got), last, ended)
		}
	})
}

// A Follow that is given up, at any batch, leaves nothing running. (What is left would keep the bubble
// of synctest from ending.)
func TestFollowGivenUp(t *testing.T) {
	h := projectiontest.Random(2, 600, projectiontest.Small)
	for _, to := range []uint64{0, 600} {
		for stop := range 5 { // of six batches
			synctest.Test(t, func(t *testing.T) {
				log := of(h)
				log.sizes = func() int { return 100 }
				n := 0
				for range projections.Follow(t.Context(), log, events.Checkpoint{}, to) {
					if n++; n > stop {
						break
					}
				}
				synctest.Wait()
			})
		}
	}
}

// A context that ends before or within a bounded Follow ends it with its error, not as a gap.
func TestFollowCanceled(t *testing.T) {
	h := projectiontest.Random(2, 2000, projectiontest.Small)
	for batches := range 3 {
		log := of(h)
		log.sizes = func() int { return 10 }
		ctx, cancel := context.WithCancel(t.Context())
		if batches == 0 {
			cancel()
		}
		var last error
		for _, last = range projections.Follow(ctx, log, events.Checkpoint{}, 2000) {
			if batches--; batches == 0 {
				cancel()
			}
		}
		if !errors.Is(last, context.Canceled) || errors.As(last, new(*events.ChainError)) {
			t.Errorf("ends with %v", last)
		}
		cancel()
	}
}

// An error of the source comes after all that was read before it, and as it is.
func TestFollowSourceFails(t *testing.T) {
	errAway := errors.New("the log is away")
	m := open(t, tally{})
	err := projections.Run(t.Context(), failing{of(chained), 25, errAway}, 60, m)
	if !errors.Is(err, errAway) || errors.As(err, new(*events.ChainError)) {
		t.Fatal(err)
	}
	is(t, m, chained, 25)
	must(t, projections.Run(t.Context(), chained, 60, m))
	is(t, m, chained, 60)
}

// Get gives one message, or says that it is missing.
func TestGet(t *testing.T) {
	log := of(chained).lose(30)
	if m, err := projections.Get(t.Context(), log, 29); err != nil || string(m.Payload) != string(chained.Entries[28].Raw) {
		t.Errorf("@29: %v", err)
	}
	for _, position := range []uint64{30, 61, 1000} {
		var chain *events.ChainError
		if _, err := projections.Get(t.Context(), log, position); !errors.As(err, &chain) || chain.After.Position != position-1 || !errors.Is(err, events.ErrGap) {
			t.Errorf("@%d: %v", position, err)
		}
	}
}
