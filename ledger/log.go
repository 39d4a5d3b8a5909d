package ledger

import (
	"context"
	"errors"

	"sijil/events"
	"sijil/projections"
)

// A Log is what the ledger needs of its storage: messages at positions 1, 2, 3 …, each durable once
// and never changed. ledger/jetstream is one, ledger/ledgertest another; both pass the conformance
// kit of ledger/ledgertest.
type Log interface {
	projections.Source
	// Append stores the payloads of entries at their positions, all or none, right after the
	// log's last message. nil means that they are durable, where the disk honours fsync.
	//
	// An [ErrConflict] means that this call stored nothing: the log's last message is another. An
	// [ErrStorage] means that this call stored nothing and that the log takes no messages now.
	// After any other error the outcome is unknown: the entries may be stored, or still become so.
	// Appending the very same entries again is safe, and finds out: nil or ErrConflict; then the
	// log tells whose entries are at those positions.
	Append(ctx context.Context, entries []events.Entry) error
}

var (
	// ErrConflict says that the log's end is not where it was expected.
	ErrConflict = errors.New("somebody else appended first")
	// ErrStorage says that the log takes no messages: no space, no quorum, a failed disk.
	ErrStorage = errors.New("the log cannot store")
)
