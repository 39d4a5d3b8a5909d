package ledger

import (
	"crypto/sha256"

	"github.com/google/uuid"

	"sijil/events"
)

// BatchID is the id of the import of a file: UUID version 8 of the SHA-256 of "sijil batch", the
// ledger's id, the source system, the file's hash and the map's. The same file with the same map is
// the same batch, so an import that was cut short goes on where it was.
func BatchID(ledger uuid.UUID, system string, file, mapping events.Hash) uuid.UUID {
	h := sha256.New()
	h.Write([]byte("sijil batch"))
	h.Write(ledger[:])
	h.Write([]byte(system))
	h.Write(file[:])
	h.Write(mapping[:])
	return uuid8([32]byte(h.Sum(nil)))
}

// OpenBatch begins the import of a file.
type OpenBatch struct {
	Batch  uuid.UUID   `json:"batch"`
	System string      `json:"system"`
	File   events.Hash `json:"file"`
	Map    events.Hash `json:"map"`
	Rows   int64       `json:"rows"`
}

// Verb is open-batch.
func (OpenBatch) Verb() string { return "open-batch" }

// Decide opens.
func (c OpenBatch) Decide(b Books) (d Decision, err error) {
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	if b.batch(c.Batch) != nil {
		return d, refuse(UnknownBatch, "batch", "the batch %s was opened already", c.Batch).hint("go on with its rows, or close it")
	}
	e := events.BatchOpened{ID: c.Batch, System: c.System, File: c.File, Map: c.Map, Rows: c.Rows}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "", "%v", err).hint("name the source system and the file")
	}
	d.Events = []events.Event{e}
	return d, nil
}

// CloseBatch ends the import of a file: everything that is to be recorded is. What was recorded is
// counted by the ledger.
type CloseBatch struct {
	Batch    uuid.UUID        `json:"batch"`
	Rejected int64            `json:"rejected"`
	Accepted *events.Accepted `json:"accepted,omitzero"`
}

// Verb is close-batch.
func (CloseBatch) Verb() string { return "close-batch" }

// Decide closes.
func (c CloseBatch) Decide(b Books) (d Decision, err error) {
	known := b.batch(c.Batch)
	if known == nil || !known.Open {
		return d, refuse(UnknownBatch, "batch", "the batch %s is not open", c.Batch).hint("import the file again: what was recorded stays")
	}
	e := events.BatchImported{
		ID: c.Batch, Rows: known.InFile, Recorded: known.Rows, Rejected: c.Rejected,
		Already: known.InFile - known.Rows - c.Rejected, Contributions: known.Contributions, Accepted: c.Accepted,
	}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "batch", "%v", err).hint("count the rows of the file again")
	}
	d.Events = []events.Event{e}
	return d, nil
}
