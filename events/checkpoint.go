package events

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// A Checkpoint names one point of one ledger: what a reader has, and what comes next must follow.
// The zero Checkpoint is before the first event of any ledger.
type Checkpoint struct {
	Ledger   uuid.UUID // as chosen at founding
	Position uint64    // of the last entry, 1 for the first
	Hash     Hash      // of the payload at Position
}

// String is "@20413 <hash>", the form that `sijil verify --head` prints and checks.
func (c Checkpoint) String() string { return fmt.Sprintf("@%d %s", c.Position, c.hash()) }

func (c Checkpoint) hash() Hash {
	if c.Position == 0 {
		return Nothing
	}
	return c.Hash
}

// What a chain can suffer. Every [ChainError] is one of these.
var (
	ErrGap           = errors.New("gap or reordering")
	ErrAltered       = errors.New("an entry before this one was altered")
	ErrAnotherLedger = errors.New("another ledger")
)

// Follow reports whether e is the entry right after c, and moves c there. It is the only chain
// check there is. On error c stays where it was.
func (c *Checkpoint) Follow(e Entry) error {
	switch {
	case c.Position > 0 && e.Ledger != c.Ledger:
		return &ChainError{*c, e.Position, ErrAnotherLedger}
	case e.Position != c.Position+1:
		return &ChainError{*c, e.Position, ErrGap}
	case e.Prev != c.hash():
		return &ChainError{*c, e.Position, ErrAltered}
	}
	*c = e.Checkpoint
	return nil
}

// A ChainError says where the log stopped being the log it was.
type ChainError struct {
	After Checkpoint // the last entry that is right
	Got   uint64     // the position of what came instead
	Err   error      // ErrGap, ErrAltered, ErrAnotherLedger, or why it cannot be read
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("events: chain broken after @%d: got @%d: %v", e.After.Position, e.Got, e.Err)
}

func (e *ChainError) Unwrap() error { return e.Err }
