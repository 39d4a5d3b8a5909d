package service

import (
	"context"
	"errors"

	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
	"sijil/projections/totals"
)

// What a failure is, for programs.
const (
	CodeBadRequest = "bad_request"
	CodeRefused    = "refused"
	CodeBehind     = "behind"  // the read model did not get there in time: ask again
	CodeHalted     = "halted"  // a reader halted: see sijil doctor
	CodeStorage    = "storage" // nothing was recorded; the log takes no messages now
	CodeUnknown    = "unknown" // the outcome is unknown: send the same again
	// CodeUnavailable is the client's own: nobody answers.
	CodeUnavailable = "unavailable"
)

// A Failure is the body of an error.
type Failure struct {
	Code    string             `json:"code"`
	Message string             `json:"message"`
	Hint    string             `json:"hint,omitzero"`
	Refusal *ledger.Refusal    `json:"refusal,omitzero"`
	Query   *totals.QueryError `json:"query,omitzero"`
}

func (f *Failure) Error() string { return f.Message }

// Unwrap gives back what the error was where it was raised.
func (f *Failure) Unwrap() error {
	switch {
	case f.Refusal != nil:
		return f.Refusal
	case f.Query != nil:
		return f.Query
	}
	return nil
}

// failureOf is an error as it goes over the wire.
func failureOf(err error) *Failure {
	var (
		f       *Failure
		refusal *ledger.Refusal
		query   *totals.QueryError
		halt    *projections.HaltError
		chain   *events.ChainError
	)
	switch {
	case errors.As(err, &f):
		return f
	case errors.As(err, &refusal):
		return &Failure{Code: CodeRefused, Message: refusal.Error(), Hint: refusal.Hint, Refusal: refusal}
	case errors.As(err, &query):
		return &Failure{Code: CodeBadRequest, Message: query.Error(), Query: query}
	case errors.As(err, &halt), errors.As(err, &chain):
		return &Failure{Code: CodeHalted, Message: err.Error(), Hint: "see sijil doctor"}
	case errors.Is(err, projections.ErrBehind), errors.Is(err, projections.ErrUnverified):
		return &Failure{Code: CodeBehind, Message: err.Error(), Hint: "ask again"}
	case errors.Is(err, ledger.ErrStorage):
		return &Failure{Code: CodeStorage, Message: err.Error(), Hint: "free disk space, then send the same again"}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return &Failure{Code: CodeUnknown, Message: err.Error(), Hint: "send the same again: it is recorded once"}
	}
	return &Failure{Code: CodeUnknown, Message: err.Error()}
}
