package demo

import (
	"sync"
	"time"
)

// A Clock tells the ledger the time: that of the history while it is made, the real one before and
// afterwards. The zero value is ready. It may be asked by many.
type Clock struct {
	mu sync.Mutex
	at time.Time // zero: real
}

// Now is a [ledger.Config]'s Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at.IsZero() {
		return time.Now()
	}
	return c.at
}

// set stops the clock at a time; the zero time lets it go.
func (c *Clock) set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = at
}
