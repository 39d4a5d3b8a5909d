package demo

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sijil/events"
	"sijil/ledger"
)

func TestLive(t *testing.T) {
	p := New(1)
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		calls := 0
		err := p.Live(ctx, time.Second, func(_ context.Context, reqs ...ledger.Request) ([]ledger.Outcome, error) {
			if calls++; calls == 50 {
				stop()
				return nil, ctx.Err()
			}
			today := events.DayOf(time.Now().In(zone()).Date()).Date()
			for _, r := range reqs {
				if c, ok := r.Command.(ledger.Record); ok && c.Date != today {
					t.Errorf("a contribution of %s on %s", c.Date, today)
				}
			}
			return make([]ledger.Outcome, len(reqs)), nil
		})
		if err != nil || calls != 50 {
			t.Errorf("%d calls, %v", calls, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		broken := errors.New("no ledger")
		err := p.Live(t.Context(), time.Second, func(context.Context, ...ledger.Request) ([]ledger.Outcome, error) { return nil, broken })
		if !errors.Is(err, broken) {
			t.Errorf("%v, want what submit said", err)
		}
	})
}

// TestNewPeopleComeLive: a day on which everybody has given already is not the end.
func TestNewPeopleComeLive(t *testing.T) {
	p := New(1)
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	given := map[string]bool{}
	before := len(p.plan.people)
	for range 3000 {
		for _, r := range p.Next(now) {
			if c, ok := r.Command.(ledger.Record); ok {
				if given[c.Volunteer] {
					t.Fatalf("%s gives twice on one day", c.Volunteer)
				}
				given[c.Volunteer] = true
			}
		}
	}
	if len(p.plan.people) <= before {
		t.Errorf("%d people, as before", before)
	}
}

func TestClock(t *testing.T) {
	var c Clock
	if now := c.Now(); time.Since(now) > time.Minute || time.Since(now) < 0 {
		t.Errorf("the zero clock says %s", now)
	}
	at := time.Date(2018, 3, 5, 9, 0, 0, 0, time.UTC)
	c.set(at)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			if now := c.Now(); !now.Equal(at) && !now.Equal(at.Add(time.Hour)) {
				t.Errorf("it is %s", now)
			}
		})
	}
	c.set(at.Add(time.Hour))
	readers.Wait()
	c.set(time.Time{})
	if now := c.Now(); time.Since(now) > time.Minute {
		t.Errorf("the clock was let go and says %s", now)
	}
}
