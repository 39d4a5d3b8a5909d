package events

import (
	"errors"
	"strconv"
)

// ForeignNoted says that the message at a position was not written by the ledger. Readers halt at
// such a message, and pass it when a later note names its position and its exact bytes.
type ForeignNoted struct {
	Position uint64 `json:"-"`
	SHA256   Hash   `json:"sha256"` // of the foreign payload
	Reason   string `json:"reason"`
}

// Kind is foreign.noted.
func (ForeignNoted) Kind() Kind { return foreignNoted }

// Subject is the position of the foreign message.
func (e ForeignNoted) Subject() string { return strconv.FormatUint(e.Position, 10) }

// Validate checks that there are a position and a reason.
func (e ForeignNoted) Validate() error {
	if e.Position == 0 || e.Reason == "" {
		return errors.New("no position or no reason")
	}
	return nil
}

var foreignNoted = declare("foreign.noted", 1,
	numberSubject(func(e *ForeignNoted) *uint64 { return &e.Position }))
