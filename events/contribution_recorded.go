package events

import "github.com/google/uuid"

// ContributionRecorded says that somebody gave time. The contribution's id, the subject, is the id
// of the command that recorded it.
type ContributionRecorded struct {
	ID       uuid.UUID     `json:"-"`
	After    *Contribution `json:"after"`
	Accepted *Accepted     `json:"accepted,omitzero"`
	// Restates lists the closed periods whose figures this event moves.
	Restates []string `json:"restates,omitzero"`
}

// Kind is contribution.recorded.
func (ContributionRecorded) Kind() Kind { return contributionRecorded }

// Subject is the contribution's id.
func (e ContributionRecorded) Subject() string { return e.ID.String() }

// Validate checks the contribution.
func (e ContributionRecorded) Validate() error { return e.After.validate() }

// Change has nothing before.
func (e ContributionRecorded) Change() (uuid.UUID, *Contribution, *Contribution) {
	return e.ID, nil, e.After
}

var contributionRecorded = declare("contribution.recorded", 1,
	idSubject(func(e *ContributionRecorded) *uuid.UUID { return &e.ID }))
