package events

import (
	"errors"

	"github.com/google/uuid"
)

// BatchImported says that a file was imported whole. Rows are the rows of the file; those recorded
// by this batch, those that stood in the ledger already, and those rejected. Contributions are how
// many were recorded: more than the rows where a row names several volunteers.
type BatchImported struct {
	ID            uuid.UUID `json:"-"`
	Rows          int64     `json:"rows"`
	Recorded      int64     `json:"recorded"`
	Already       int64     `json:"already,omitzero"`
	Rejected      int64     `json:"rejected,omitzero"`
	Contributions int64     `json:"contributions"`
	// Accepted says which warnings were accepted, and why.
	Accepted *Accepted `json:"accepted,omitzero"`
}

// Kind is batch.imported.
func (BatchImported) Kind() Kind { return batchImported }

// Subject is the batch's id.
func (e BatchImported) Subject() string { return e.ID.String() }

// Validate checks that the numbers add up.
func (e BatchImported) Validate() error {
	if min(e.Recorded, e.Already, e.Rejected, e.Contributions) < 0 || e.Rows != e.Recorded+e.Already+e.Rejected {
		return errors.New("the rows recorded, already there and rejected do not add up to the rows")
	}
	return nil
}

var batchImported = declare("batch.imported", 1,
	idSubject(func(e *BatchImported) *uuid.UUID { return &e.ID }))
