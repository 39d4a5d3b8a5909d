package events

import "github.com/google/uuid"

// InitiativeClosed says that nothing is given to an initiative after a day.
type InitiativeClosed struct {
	ID     uuid.UUID `json:"-"`
	On     Date      `json:"on"` // its last day
	Reason string    `json:"reason,omitzero"`
}

// Kind is initiative.closed.
func (InitiativeClosed) Kind() Kind { return initiativeClosed }

// Subject is the initiative's id.
func (e InitiativeClosed) Subject() string { return e.ID.String() }

// Validate checks the date.
func (e InitiativeClosed) Validate() error {
	_, err := e.On.Span()
	return err
}

var initiativeClosed = declare("initiative.closed", 1,
	idSubject(func(e *InitiativeClosed) *uuid.UUID { return &e.ID }))
