package ledger

import (
	"crypto/sha256"
	"strconv"

	"github.com/google/uuid"

	"sijil/events"
)

// BatchID is the id of the import of a file: UUID version 8 of the SHA-256 of "sijil batch", the
// ledger's id, the source system, the file's hash and the map's, and, from the second round on, the
// number of the round in decimal. The same file with the same map is the same batch, so an import that
// was cut short goes on where it was; a round is over when its batch is closed, and another begins
// where rows that were bad have become good.
func BatchID(ledger uuid.UUID, system string, file, mapping events.Hash, round int) uuid.UUID {
	h := sha256.New()
	h.Write([]byte("sijil batch"))
	h.Write(ledger[:])
	h.Write([]byte(system))
	h.Write(file[:])
	h.Write(mapping[:])
	if round > 1 {
		h.Write([]byte(strconv.Itoa(round)))
	}
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

// CloseBatch ends the import of a file: everything that is to be recorded is. What was recorded, and
// which warnings were accepted, is known to the ledger. Rejected are the rows that were not recorded,
// those left of the file at most.
type CloseBatch struct {
	Batch    uuid.UUID `json:"batch"`
	Rejected int64     `json:"rejected"`
}

// Verb is close-batch.
func (CloseBatch) Verb() string { return "close-batch" }

// Decide closes.
func (c CloseBatch) Decide(b Books) (d Decision, err error) {
	known := b.batch(c.Batch)
	if known == nil || !known.Open {
		return d, refuse(UnknownBatch, "batch", "the batch %s is not open", c.Batch).hint("import the file again: what was recorded stays")
	}
	rejected := min(c.Rejected, known.InFile-known.Rows)
	e := events.BatchImported{
		ID: c.Batch, Rows: known.InFile, Recorded: known.Rows, Rejected: rejected,
		Already: known.InFile - known.Rows - rejected, Contributions: known.Contributions, Accepted: known.Accepted,
	}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "batch", "%v", err).hint("count the rows of the file again")
	}
	d.Events = []events.Event{e}
	return d, nil
}
