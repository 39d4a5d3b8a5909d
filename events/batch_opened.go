package events

import (
	"errors"

	"github.com/google/uuid"
)

// BatchOpened says that a file begins to be imported. Its rows follow, each with the batch as
// correlationid; until [BatchImported] the figures that they touch are marked as unfinished.
type BatchOpened struct {
	ID     uuid.UUID `json:"-"`
	System string    `json:"system"` // the source system
	File   Hash      `json:"file"`   // SHA-256 of the file
	Map    Hash      `json:"map"`    // SHA-256 of the map it is read with
	Rows   int64     `json:"rows"`   // rows in the file
}

// Kind is batch.opened.
func (BatchOpened) Kind() Kind { return batchOpened }

// Subject is the batch's id.
func (e BatchOpened) Subject() string { return e.ID.String() }

// Validate checks that the source and the file are named.
func (e BatchOpened) Validate() error {
	if e.System == "" || e.File.IsZero() || e.Rows < 0 {
		return errors.New("no system, no file or negative rows")
	}
	return nil
}

var batchOpened = declare("batch.opened", 1,
	idSubject(func(e *BatchOpened) *uuid.UUID { return &e.ID }))
