package events

import (
	"errors"

	"github.com/google/uuid"
)

// ContributionCorrected says that a contribution was wrong, and how. One event, never a reversal
// and a replacement that could part.
type ContributionCorrected struct {
	ID       uuid.UUID     `json:"-"`
	Before   *Contribution `json:"before"`
	After    *Contribution `json:"after"`
	Reason   string        `json:"reason"`
	Evidence []Evidence    `json:"evidence,omitzero"`
	Accepted *Accepted     `json:"accepted,omitzero"`
	Restates []string      `json:"restates,omitzero"`
}

// Kind is contribution.corrected.
func (ContributionCorrected) Kind() Kind { return contributionCorrected }

// Subject is the contribution's id.
func (e ContributionCorrected) Subject() string { return e.ID.String() }

// Validate checks both sides and that there is a reason.
func (e ContributionCorrected) Validate() error {
	if e.Reason == "" {
		return errors.New("no reason")
	}
	return errors.Join(e.Before.validate(), e.After.validate())
}

// Change has both sides.
func (e ContributionCorrected) Change() (uuid.UUID, *Contribution, *Contribution) {
	return e.ID, e.Before, e.After
}

var contributionCorrected = declare("contribution.corrected", 1,
	idSubject(func(e *ContributionCorrected) *uuid.UUID { return &e.ID }))
