package events

import (
	"errors"

	"github.com/google/uuid"
)

// VolunteerRegistered says that a person is known from now on, under a random id. Reference and
// name are sealed under the person's own key.
type VolunteerRegistered struct {
	ID uuid.UUID `json:"-"`
	// System is the source system that the reference belongs to.
	System    string `json:"system,omitzero"`
	Reference Sealed `json:"reference,omitzero"`
	Name      Sealed `json:"name,omitzero"`
}

// Kind is volunteer.registered.
func (VolunteerRegistered) Kind() Kind { return volunteerRegistered }

// Subject is the volunteer's id.
func (e VolunteerRegistered) Subject() string { return e.ID.String() }

// Validate checks the sealed texts.
func (e VolunteerRegistered) Validate() error {
	if e.ID == uuid.Nil {
		return errors.New("no id")
	}
	return errors.Join(e.Reference.validate("reference"), e.Name.validate("name"))
}

var volunteerRegistered = declare("volunteer.registered", 1,
	idSubject(func(e *VolunteerRegistered) *uuid.UUID { return &e.ID }))
