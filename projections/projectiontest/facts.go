package projectiontest

import (
	"github.com/google/uuid"

	"sijil/events"
)

// Facts is the history of some facts, each of a command of its own, some hours after the one before.
// It panics where one contradicts itself.
func Facts(facts ...events.Event) History {
	w := newWriter(Small, func(n int) int { return n - 1 })
	for _, fact := range facts {
		var batch uuid.UUID
		if f, ok := fact.(inBatch); ok {
			batch, fact = f.batch, f.Event
		}
		w.sayIn(batch, fact)
	}
	return History{w.out}
}

// In is a fact that is recorded in a batch.
func In(batch uuid.UUID, fact events.Event) events.Event { return inBatch{fact, batch} }

type inBatch struct {
	events.Event
	batch uuid.UUID
}

// ID is a UUID for the nth thing of a kind.
func ID(kind string, n int) uuid.UUID { return nth(kind, uint64(n)) }
