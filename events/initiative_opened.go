package events

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// InitiativeOpened says what was begun, of which type and where.
type InitiativeOpened struct {
	ID uuid.UUID `json:"-"`
	Initiative
}

// An Initiative is what contributions are given to.
type Initiative struct {
	// Code is what people call it in files and commands; unique without regard to case,
	// diacritics and hyphens.
	Code     string            `json:"code"`
	Type     string            `json:"type"`
	Places   []string          `json:"places,omitzero"` // codes
	Titles   map[string]string `json:"titles,omitzero"` // by language
	Bodies   []string          `json:"bodies,omitzero"` // who runs it
	Partners []string          `json:"partners,omitzero"`
	Opened   Date              `json:"opened,omitzero"`
}

func (i Initiative) validate() error {
	if i.Code == "" {
		return errors.New("no code")
	}
	if i.Opened != "" {
		if _, err := i.Opened.Span(); err != nil {
			return err
		}
	}
	for _, c := range append([]string{i.Type}, i.Places...) {
		if !ValidCode(c) {
			return fmt.Errorf("%q is not a code", c)
		}
	}
	return nil
}

// Kind is initiative.opened.
func (InitiativeOpened) Kind() Kind { return initiativeOpened }

// Subject is the initiative's id.
func (e InitiativeOpened) Subject() string { return e.ID.String() }

// Validate checks code, type and places.
func (e InitiativeOpened) Validate() error { return e.Initiative.validate() }

var initiativeOpened = declare("initiative.opened", 1,
	idSubject(func(e *InitiativeOpened) *uuid.UUID { return &e.ID }))
