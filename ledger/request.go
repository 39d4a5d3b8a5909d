package ledger

import (
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"sijil/events"
)

// A Command decides, from what is known, which facts follow. It is plain data as received: it goes
// over NATS as JSON, and its canonical JSON is what the command hash is made of.
type Command interface {
	// Verb names the command, wherever it is given: in a subject, in its hash. It never changes.
	Verb() string
	// Decide is pure. It returns what follows, or a *Refusal.
	Decide(Books) (Decision, error)
}

// A Decision is what follows from a command.
type Decision struct {
	Events []events.Event
	// Warnings are the soft limits that it exceeds. They are accepted: a decision with warnings that
	// nobody accepted is a Refusal by NotAccepted.
	Warnings []Warning
	// Notes say how the command was read, where that may surprise.
	Notes []string
}

// A Request is a command as somebody gives it. The same scope and id with the same content is
// recorded once, however often it is sent; with other content it is refused.
type Request struct {
	// Scope is where the id comes from: "cli", "http", a source system.
	Scope string
	// ID is the caller's, within the scope. It is never stored: see events.Cause.
	ID string
	// Actor is an opaque account id from the authenticated session, Method how it was
	// authenticated.
	Actor  string
	Method events.Method
	// Correlation is optional: the batch or request that this belongs to.
	Correlation uuid.UUID
	Command     Command
}

// An Outcome is the answer to one request.
type Outcome struct {
	// ID is the command's id in the ledger; of a Record that is the contribution's.
	ID uuid.UUID
	// First and Last are the positions of its events; in a preview they are where they would be.
	First, Last uint64
	// Already says that it was recorded before, at First.
	Already bool
	// Withdrawn says that what was recorded has been withdrawn since; Generation, of a Record with a
	// reference, for the how manieth time it was recorded then.
	Withdrawn  bool
	Generation int64
	// Decision is what followed, or would follow; nothing where Already.
	Decision
	// Err is a *Refusal where the command is refused.
	Err error
}

// Some commands leave to the desk what a pure decision cannot do itself: ids, seals.
type preparer interface {
	// prepare returns the command, normalised and with what it needs at hand.
	prepare(*desk) (Command, error)
}

// Some commands concern one contribution that is there already.
type concerning interface{ target() Target }

// Some commands hold more than what is recorded once: permissions, where it was read.
type canonical interface {
	// canonical is the command without that.
	canonical() any
}

// fingerprint is the command hash: HMAC of the command's name and canonical JSON.
func fingerprint(v Vault, c Command) (events.Hash, error) {
	var content any = c
	if x, ok := c.(canonical); ok {
		content = x.canonical()
	}
	b, err := json.Marshal(content, json.Deterministic(true))
	if err != nil {
		return events.Hash{}, fmt.Errorf("ledger: %s: %w", c.Verb(), err)
	}
	return v.MAC("command", c.Verb(), string(b)), nil
}

// commandID is what a caller's id is in the ledger: UUID version 8 of an HMAC, since a caller's id
// may be personal data.
func commandID(v Vault, scope, id string) uuid.UUID { return uuid8(v.MAC("command id", scope, id)) }
