package events

import (
	"errors"

	"github.com/google/uuid"
)

// VolunteerUpdated gives a person another name, sealed under the same key.
type VolunteerUpdated struct {
	ID     uuid.UUID `json:"-"`
	Name   Sealed    `json:"name"`
	Reason string    `json:"reason"`
}

// Kind is volunteer.updated.
func (VolunteerUpdated) Kind() Kind { return volunteerUpdated }

// Subject is the volunteer's id.
func (e VolunteerUpdated) Subject() string { return e.ID.String() }

// Validate checks that there are a name and a reason.
func (e VolunteerUpdated) Validate() error {
	if e.Reason == "" || len(e.Name) == 0 {
		return errors.New("no name or no reason")
	}
	return e.Name.validate("name")
}

var volunteerUpdated = declare("volunteer.updated", 1,
	idSubject(func(e *VolunteerUpdated) *uuid.UUID { return &e.ID }))
