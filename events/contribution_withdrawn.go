package events

import (
	"errors"

	"github.com/google/uuid"
)

// ContributionWithdrawn says that a contribution never should have counted.
type ContributionWithdrawn struct {
	ID       uuid.UUID     `json:"-"`
	Before   *Contribution `json:"before"`
	Reason   string        `json:"reason"`
	Evidence []Evidence    `json:"evidence,omitzero"`
	Restates []string      `json:"restates,omitzero"`
}

// Kind is contribution.withdrawn.
func (ContributionWithdrawn) Kind() Kind { return contributionWithdrawn }

// Subject is the contribution's id.
func (e ContributionWithdrawn) Subject() string { return e.ID.String() }

// Validate checks what is withdrawn and that there is a reason.
func (e ContributionWithdrawn) Validate() error {
	if e.Reason == "" {
		return errors.New("no reason")
	}
	return e.Before.validate()
}

// Change has nothing after.
func (e ContributionWithdrawn) Change() (uuid.UUID, *Contribution, *Contribution) {
	return e.ID, e.Before, nil
}

var contributionWithdrawn = declare("contribution.withdrawn", 1,
	idSubject(func(e *ContributionWithdrawn) *uuid.UUID { return &e.ID }))
