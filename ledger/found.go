package ledger

import (
	"github.com/google/uuid"

	"sijil/events"
)

// Found begins a ledger: the first command of all.
type Found struct {
	Ledger    uuid.UUID    `json:"ledger"` // random, chosen by whoever founds
	Programme string       `json:"programme"`
	Rules     events.Rules `json:"rules"`
}

// Verb is found.
func (Found) Verb() string { return "found" }

// Decide founds.
func (c Found) Decide(b Books) (d Decision, err error) {
	if b.Founded() {
		name, _ := b.Programme()
		return d, refuse(AlreadyFounded, "", "the programme %s was founded already", name).hint("to change its rules: sijil programme revise; another programme needs another data folder")
	}
	if c.Ledger == uuid.Nil {
		return d, refuse(MissingField, "ledger", "missing").hint("choose a random UUID")
	}
	e := events.ProgrammeFounded{Programme: c.Programme, Rules: c.Rules}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "", "%v", err).hint("correct the rules")
	}
	d.Events = []events.Event{e}
	return d, nil
}

// ReviseProgramme changes the programme's rules.
type ReviseProgramme struct {
	Rules  events.Rules `json:"rules"`
	Reason string       `json:"reason"`
}

// Verb is revise-programme.
func (ReviseProgramme) Verb() string { return "revise-programme" }

func (c ReviseProgramme) prepare(*desk) (Command, error) {
	var t cleaner
	t.text("reason", &c.Reason, maxReason)
	t.required("reason", c.Reason, "say why")
	return c, t.err
}

// Decide revises.
func (c ReviseProgramme) Decide(b Books) (d Decision, err error) {
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	name, before := b.Programme()
	e := events.ProgrammeRevised{Programme: name, Before: before, After: c.Rules, Reason: c.Reason}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "", "%v", err).hint("correct the rules")
	}
	if same(before, c.Rules) {
		return d, refuse(NothingChanges, "", "the rules are these already").hint("nothing is left to do")
	}
	d.Events = []events.Event{e}
	return d, nil
}
