package events

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // a ledger reads the same on a machine without time zones
)

// ProgrammeFounded is the first event of a ledger. The ledger's id is in the envelope's source.
type ProgrammeFounded struct {
	Programme string `json:"-"`
	Rules
}

// Rules are what a programme decides about its own figures.
type Rules struct {
	// Names of the programme by language, such as "ar", "fr", "en".
	Names map[string]string `json:"names,omitzero"`
	// Since is when the programme began, as precisely as it is known; nothing is recorded before.
	Since Date `json:"since,omitzero"`
	// Timezone is an IANA name; dates of contributions are local to it.
	Timezone string `json:"timezone"`
	// MinutesPerDay is how many minutes make a volunteer day.
	MinutesPerDay int64  `json:"minutesperday"`
	Counts        Counts `json:"counts"`
	Limits        Limits `json:"limits"`
}

// Counts says which contributions count.
type Counts string

// A programme counts what is recorded, or only what somebody else approved.
const (
	CountsRecorded Counts = "recorded"
	CountsApproved Counts = "approved"
)

// Limits are soft: exceeding one is a warning that somebody has to accept. 0 means no such limit.
type Limits struct {
	// HoursPerDay is for one person and day, across contributions.
	HoursPerDay int64 `json:"hoursperday,omitzero"`
	// DaysPerContribution is volunteer days for one person in one contribution.
	DaysPerContribution int64 `json:"dayspercontribution,omitzero"`
	// MedianFactor is how many times the median of its initiative a contribution may be.
	MedianFactor int64 `json:"medianfactor,omitzero"`
}

func (r Rules) validate() error {
	if _, err := time.LoadLocation(r.Timezone); err != nil || r.Timezone == "" || r.Timezone == "Local" {
		return fmt.Errorf("timezone %q is not an IANA name like Africa/Casablanca", r.Timezone)
	}
	if r.Since != "" {
		if _, err := r.Since.Span(); err != nil {
			return err
		}
	}
	switch {
	case r.MinutesPerDay < 1 || r.MinutesPerDay > 1440:
		return fmt.Errorf("%d minutes per day, not 1 to 1440", r.MinutesPerDay)
	case r.Counts != CountsRecorded && r.Counts != CountsApproved:
		return fmt.Errorf("counts %q, not recorded or approved", r.Counts)
	case r.Limits.HoursPerDay < 0 || r.Limits.DaysPerContribution < 0 || r.Limits.MedianFactor < 0:
		return errors.New("a negative limit")
	}
	return nil
}

// Kind is programme.founded.
func (ProgrammeFounded) Kind() Kind { return programmeFounded }

// Subject is the programme.
func (e ProgrammeFounded) Subject() string { return e.Programme }

// Validate checks the rules.
func (e ProgrammeFounded) Validate() error {
	if !ValidToken(e.Programme) {
		return fmt.Errorf("programme %q is not 1 to 63 characters of a-z 0-9 - _", e.Programme)
	}
	return e.Rules.validate()
}

var programmeFounded = declare("programme.founded", 1,
	codeSubject(func(e *ProgrammeFounded) *string { return &e.Programme }))
