package events

import (
	"errors"

	"github.com/google/uuid"
)

// InitiativeRevised says that an initiative is described differently. Its contributions follow
// without being touched.
type InitiativeRevised struct {
	ID        uuid.UUID  `json:"-"`
	Before    Initiative `json:"before"`
	After     Initiative `json:"after"`
	Mode      Mode       `json:"mode"`
	Effective Date       `json:"effective,omitzero"` // for FromEffective
	Reason    string     `json:"reason"`
	Restates  []string   `json:"restates,omitzero"`
}

// Kind is initiative.revised.
func (InitiativeRevised) Kind() Kind { return initiativeRevised }

// Subject is the initiative's id.
func (e InitiativeRevised) Subject() string { return e.ID.String() }

// Validate checks both sides, the mode and that there is a reason.
func (e InitiativeRevised) Validate() error {
	switch {
	case e.Reason == "":
		return errors.New("no reason")
	case (e.Mode == FromEffective) != (e.Effective != ""):
		return errors.New("an effective date goes with mode from_effective")
	}
	return errors.Join(e.Before.validate(), e.After.validate(), e.Mode.validate())
}

var initiativeRevised = declare("initiative.revised", 1,
	idSubject(func(e *InitiativeRevised) *uuid.UUID { return &e.ID }))
