package ledger

import (
	"github.com/google/uuid"

	"sijil/events"
)

// RenameVolunteer gives a person another name: a spelling put right, a name changed.
type RenameVolunteer struct {
	System    string `json:"system,omitzero"`
	Volunteer string `json:"volunteer"` // reference or id
	Name      string `json:"name"`
	Reason    string `json:"reason"`

	id     uuid.UUID
	sealed events.Sealed
}

// Verb is rename-volunteer.
func (RenameVolunteer) Verb() string { return "rename-volunteer" }

func (c RenameVolunteer) prepare(d *desk) (Command, error) {
	var t cleaner
	t.text("volunteer", &c.Volunteer, maxName)
	t.text("name", &c.Name, maxName)
	t.text("reason", &c.Reason, maxReason)
	t.required("volunteer", c.Volunteer, "name the volunteer")
	t.required("name", c.Name, "give the name")
	t.required("reason", c.Reason, "say why, without naming a person")
	if t.err != nil {
		return nil, t.err
	}
	p, err := d.person(c.System, c.Volunteer, "")
	if err != nil || !p.registered {
		return c, err // Decide refuses
	}
	if err := d.setName(p.id, c.Name); err != nil {
		return nil, err
	}
	c.id = p.id
	c.sealed, err = d.seal(p.id, SealName, c.Name)
	return c, err
}

// Decide renames.
func (c RenameVolunteer) Decide(b Books) (d Decision, err error) {
	if c.id == uuid.Nil {
		return d, refuse(UnknownVolunteer, "volunteer", "this volunteer is not registered").hint("check the source system and the reference")
	}
	d.Events = []events.Event{events.VolunteerUpdated{ID: c.id, Name: c.sealed, Reason: c.Reason}}
	return d, nil
}
