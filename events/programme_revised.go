package events

import "errors"

// ProgrammeRevised says that a programme decides differently about its figures from now on, the
// earlier ones included.
type ProgrammeRevised struct {
	Programme string   `json:"-"`
	Before    Rules    `json:"before"`
	After     Rules    `json:"after"`
	Reason    string   `json:"reason"`
	Restates  []string `json:"restates,omitzero"`
}

// Kind is programme.revised.
func (ProgrammeRevised) Kind() Kind { return programmeRevised }

// Subject is the programme.
func (e ProgrammeRevised) Subject() string { return e.Programme }

// Validate checks both sides and that there is a reason.
func (e ProgrammeRevised) Validate() error {
	if e.Reason == "" {
		return errors.New("no reason")
	}
	return errors.Join(e.Before.validate(), e.After.validate())
}

var programmeRevised = declare("programme.revised", 1,
	codeSubject(func(e *ProgrammeRevised) *string { return &e.Programme }))
