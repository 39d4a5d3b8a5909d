package service

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
)

// verbs lists every command that can be given over NATS. Beside them there are bulk and preview, of
// many commands of any verb, and note-foreign.
var verbs = func() map[string]func(jsontext.Value) (ledger.Command, error) {
	m := map[string]func(jsontext.Value) (ledger.Command, error){}
	command[ledger.Found](m)
	command[ledger.ReviseProgramme](m)
	command[ledger.Define](m)
	command[ledger.Adopt](m)
	command[ledger.OpenInitiative](m)
	command[ledger.ReviseInitiative](m)
	command[ledger.CloseInitiative](m)
	command[ledger.RenameVolunteer](m)
	command[ledger.Record](m)
	command[ledger.Correct](m)
	command[ledger.Withdraw](m)
	command[ledger.OpenBatch](m)
	command[ledger.CloseBatch](m)
	return m
}()

const (
	verbBulk        = "bulk"
	verbPreview     = "preview"
	verbNoteForeign = "note-foreign"
)

func command[C ledger.Command](verbs map[string]func(jsontext.Value) (ledger.Command, error)) {
	var none C
	verbs[none.Verb()] = func(body jsontext.Value) (ledger.Command, error) {
		var c C
		err := json.Unmarshal(body, &c, json.RejectUnknownMembers(true))
		return c, err
	}
}

// A Call is one command on the wire. The actor is in the subject.
type Call struct {
	Verb        string         `json:"verb,omitzero"` // only in a list
	Scope       string         `json:"scope"`
	ID          string         `json:"id,omitzero"`
	Correlation uuid.UUID      `json:"correlation,omitzero"`
	Command     jsontext.Value `json:"command"`
}

func callOf(r ledger.Request) (Call, error) {
	b, err := json.Marshal(r.Command)
	return Call{Verb: r.Command.Verb(), Scope: r.Scope, ID: r.ID, Correlation: r.Correlation, Command: b}, err
}

func (c Call) request(actor string) (ledger.Request, error) {
	r := ledger.Request{Scope: c.Scope, ID: c.ID, Actor: actor, Method: methodOf(actor), Correlation: c.Correlation}
	read := verbs[c.Verb]
	if read == nil {
		return r, &Failure{Code: CodeBadRequest, Message: fmt.Sprintf("there is no command %q", c.Verb), Hint: fmt.Sprint("one of ", slices.Sorted(maps.Keys(verbs)))}
	}
	var err error
	if r.Command, err = read(c.Command); err != nil {
		return r, &Failure{Code: CodeBadRequest, Message: fmt.Sprintf("%s: %v", c.Verb, err)}
	}
	return r, nil
}

// A Bulk is many commands, up to maxBulk bytes, with one answer each.
type Bulk struct {
	Calls []Call `json:"calls"`
	// Session, for a preview: calls of one session build on each other. Novelties asks for what
	// would be new. End forgets the session.
	Session   string `json:"session,omitzero"`
	Novelties bool   `json:"novelties,omitzero"`
	End       bool   `json:"end,omitzero"`
}

// A Note asks to pass a foreign message.
type Note struct {
	ID       string `json:"id"`
	Position uint64 `json:"position"`
	Reason   string `json:"reason"`
}

// An Outcome is what became of one command.
type Outcome struct {
	ID        uuid.UUID `json:"id"`
	First     uint64    `json:"first,omitzero"`
	Last      uint64    `json:"last,omitzero"`
	Already   bool      `json:"already,omitzero"`
	Withdrawn bool      `json:"withdrawn,omitzero"`
	// Generation is for the how manieth time it was recorded, where it is Withdrawn.
	Generation int64            `json:"generation,omitzero"`
	Warnings   []ledger.Warning `json:"warnings,omitzero"`
	Notes      []string         `json:"notes,omitzero"`
	Refusal    *ledger.Refusal  `json:"refusal,omitzero"`
	// Subject is the contribution that it is about, Contribution what is recorded of it, or would be.
	Subject      uuid.UUID            `json:"subject,omitzero"`
	Contribution *events.Contribution `json:"contribution,omitzero"`
	Novelties    []ledger.Novelty     `json:"novelties,omitzero"`
}

func outcomeOf(o ledger.Outcome) Outcome {
	out := Outcome{ID: o.ID, First: o.First, Last: o.Last, Already: o.Already, Withdrawn: o.Withdrawn, Generation: o.Generation, Warnings: o.Warnings, Notes: o.Notes}
	out.Refusal, _ = o.Err.(*ledger.Refusal)
	for _, e := range o.Events {
		if c, ok := e.(events.Contributory); ok {
			out.Subject, _, out.Contribution = c.Change()
		}
	}
	return out
}

// Err is the refusal as an error, or nil.
func (o Outcome) Err() error {
	if o.Refusal == nil {
		return nil
	}
	return o.Refusal
}
