package events

import (
	"errors"
	"fmt"
	"strconv"
)

// CatalogueAdopted puts the places and types defined since the adoption before it into effect, all
// at once. What they do not mention stays as it was.
type CatalogueAdopted struct {
	Number    uint64 `json:"-"` // 1 for the first
	Effective Date   `json:"effective"`
	Mode      Mode   `json:"mode"`
	// Places and Types are how many are known from now on.
	Places int64 `json:"places"`
	Types  int64 `json:"types"`
	// Digest is the SHA-256 of the whole catalogue in its canonical JSON.
	Digest   Hash     `json:"digest"`
	Reason   string   `json:"reason,omitzero"`
	Restates []string `json:"restates,omitzero"`
}

// Mode says which contributions a change of a dimension moves.
type Mode string

// All of them, or those from the effective date on.
const (
	Restate       Mode = "restate"
	FromEffective Mode = "from_effective"
)

// Kind is catalogue.adopted.
func (CatalogueAdopted) Kind() Kind { return catalogueAdopted }

// Subject is the catalogue's number.
func (e CatalogueAdopted) Subject() string { return strconv.FormatUint(e.Number, 10) }

// Validate checks the date and the mode.
func (e CatalogueAdopted) Validate() error {
	if _, err := e.Effective.Span(); err != nil {
		return err
	}
	if e.Number == 0 {
		return errors.New("catalogue 0")
	}
	return e.Mode.validate()
}

func (m Mode) validate() error {
	if m != Restate && m != FromEffective {
		return fmt.Errorf("mode %q, not restate or from_effective", m)
	}
	return nil
}

var catalogueAdopted = declare("catalogue.adopted", 1,
	numberSubject(func(e *CatalogueAdopted) *uint64 { return &e.Number }))
