package ledger

import (
	"errors"
	"fmt"
	"strings"
)

// A Rule names why a command is refused. It is an error itself, so that callers ask
// errors.Is(err, ledger.UnknownPlace).
type Rule string

// The rules.
const (
	NotFounded        Rule = "not_founded"
	AlreadyFounded    Rule = "already_founded"
	MissingField      Rule = "missing_field"
	BadText           Rule = "bad_text"
	BadValue          Rule = "bad_value"
	UnknownPlace      Rule = "unknown_place"
	AmbiguousPlace    Rule = "ambiguous_place"
	RetiredPlace      Rule = "retired_place"
	UnknownType       Rule = "unknown_type"
	AmbiguousType     Rule = "ambiguous_type"
	RetiredType       Rule = "retired_type"
	UnknownInitiative Rule = "unknown_initiative"
	InitiativeExists  Rule = "initiative_exists"
	InitiativeClosed  Rule = "initiative_closed"
	UnknownVolunteer  Rule = "unknown_volunteer"
	WhoGave           Rule = "volunteer_or_headcount"
	BadDate           Rule = "bad_date"
	BeforeProgramme   Rule = "before_programme"
	InFuture          Rule = "in_future"
	CrossesYear       Rule = "crosses_year"
	BadQuantity       Rule = "bad_quantity"
	TooMuchTime       Rule = "too_much_time"
	UnknownRecord     Rule = "unknown_contribution"
	WithdrawnRecord   Rule = "withdrawn_contribution"
	NothingChanges    Rule = "nothing_changes"
	Differs           Rule = "recorded_differently"
	ReusedID          Rule = "reused_id"
	NotAccepted       Rule = "warnings_not_accepted"
	UnknownBatch      Rule = "unknown_batch"
	CodeInUse         Rule = "code_in_use"
	BadCatalogue      Rule = "bad_catalogue"
	NotForeign        Rule = "not_foreign"
	TooLarge          Rule = "too_large"
)

func (r Rule) Error() string { return strings.ReplaceAll(string(r), "_", " ") }

// ErrRefused is what every refusal is: nothing was recorded, and the same command will be refused
// again unless something else changes.
var ErrRefused = errors.New("refused")

// A Refusal says which rule a command breaks, in which field, and what to do. It is [ErrRefused]
// and its Rule.
type Refusal struct {
	Rule    Rule   `json:"rule"`
	Field   string `json:"field,omitzero"` // as in a map: place, date, quantity …
	Message string `json:"message"`
	Hint    string `json:"hint,omitzero"`
	// Candidates are what the value may have meant, nearest first.
	Candidates []string `json:"candidates,omitzero"`
	// Warnings are what NotAccepted is about.
	Warnings []Warning `json:"warnings,omitzero"`
	// Changes are before → after for Differs.
	Changes []FieldChange `json:"changes,omitzero"`
}

// A FieldChange is one field of a contribution before and after, as people write it.
type FieldChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// A Warning is a soft limit that a command exceeds.
type Warning struct {
	Rule    string `json:"rule"` // hours_per_day, days_per_contribution, times_the_median
	Field   string `json:"field"`
	Message string `json:"message"`
}

func (r *Refusal) Error() string {
	s := r.Message
	if r.Field != "" {
		s = r.Field + ": " + s
	}
	return s
}

// Unwrap makes a Refusal its rule and ErrRefused.
func (r *Refusal) Unwrap() []error { return []error{ErrRefused, r.Rule} }

func refuse(rule Rule, field, format string, args ...any) *Refusal {
	return &Refusal{Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (r *Refusal) hint(format string, args ...any) *Refusal {
	r.Hint = fmt.Sprintf(format, args...)
	return r
}

func (r *Refusal) candidates(c []string) *Refusal {
	r.Candidates = c
	return r
}
