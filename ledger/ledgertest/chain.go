package ledgertest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// Programme is the programme of all that this package makes; a log under test belongs to it.
const Programme = "test"

// Ledger is the id of the ledger of all that this package makes.
var Ledger = uuid.MustParse("5a1d1e00-0000-4000-8000-000000000001")

// founded is when Chain begins; every entry is a second later than the one before.
var founded = time.Date(2018, 3, 1, 9, 0, 0, 0, time.UTC)

// Chain is the first n entries of a ledger: a founding, then places. It is the same every time.
func Chain(n int) []events.Entry { return After(events.Checkpoint{}, n, "chain") }

// After is n entries that follow prev, by an actor; other actors' entries differ in their payloads.
// It panics where an entry cannot be sealed.
func After(prev events.Checkpoint, n int, actor string) []events.Entry {
	prev.Ledger = Ledger
	entries := make([]events.Entry, n)
	for i := range entries {
		position := prev.Position + 1
		var fact events.Event = events.PlaceDefined{
			Code:  fmt.Sprintf("P-%d", position),
			Place: events.Place{Kind: "town", Names: map[string]string{"fr": fmt.Sprintf("Lieu %d", position)}},
		}
		if position == 1 {
			fact = events.ProgrammeFounded{Programme: Programme, Rules: events.Rules{
				Names: map[string]string{"en": "Test"}, Since: "2018", Timezone: "Africa/Casablanca",
				MinutesPerDay: 480, Counts: events.CountsRecorded,
			}}
		}
		id := fmt.Sprintf("%s %d", actor, position)
		e, err := events.Seal(prev, Programme, founded.Add(time.Duration(position)*time.Second), events.Cause{
			Command: uuid.NewSHA1(Ledger, []byte(id)), Hash: events.Sum([]byte(id)), Actor: actor, Method: events.Local,
		}, 1, fact)
		if err != nil {
			panic(err)
		}
		entries[i], prev = e, e.Checkpoint
	}
	return entries
}

// Fill appends entries, however many.
func Fill(t testing.TB, log ledger.Log, entries []events.Entry) {
	t.Helper()
	for len(entries) > 0 {
		n := min(len(entries), MaxAppend)
		if err := log.Append(context.WithoutCancel(t.Context()), entries[:n]); err != nil {
			t.Fatalf("append @%d to @%d: %v", entries[0].Position, entries[n-1].Position, err)
		}
		entries = entries[n:]
	}
}
