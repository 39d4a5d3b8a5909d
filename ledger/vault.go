package ledger

import (
	"errors"
	"iter"

	"github.com/google/uuid"

	"sijil/events"
)

// A Vault keeps outside the log what must not be in it: the keys that names, references and notes
// are sealed with, the way from a caller's reference to a person's random id, and the secret that
// command ids and hashes are made with. ledger/vault keeps it in a file.
type Vault interface {
	// MAC is HMAC-SHA-256 under the vault's secret of a purpose and parts, each length-prefixed,
	// so that no two lists of parts are confused.
	MAC(purpose string, parts ...string) events.Hash
	// Open returns a sealed text. purpose MUST be that of sealing. ErrForgotten: its key was
	// destroyed or never was here.
	Open(s events.Sealed, purpose string) (string, error)
	// Volunteers yields the persons that are served, with their names, "" where there is none.
	Volunteers() iter.Seq2[uuid.UUID, string]
	// Begin starts a batch of new persons and keys.
	Begin() VaultBatch
}

// A VaultBatch holds new persons and keys until they are committed or dropped.
type VaultBatch interface {
	// Volunteer is the id of the person that a source system calls reference, and whether it was
	// known before this batch or its parents; where it was not, a random id with a key of its own
	// is reserved.
	Volunteer(system, reference string) (id uuid.UUID, known bool, err error)
	// SetName remembers a person's name, for telling people apart.
	SetName(id uuid.UUID, name string) error
	// Name is the name of a person of the vault, of this batch or of its parents, "" where there is
	// none.
	Name(id uuid.UUID) (string, error)
	// NewKey makes a key for one free text.
	NewKey() (uuid.UUID, error)
	// SystemKey is the key for the references of groups in a source system.
	SystemKey(system string) (uuid.UUID, error)
	// Seal encrypts text under a key of the vault, of this batch or of its parents.
	Seal(key uuid.UUID, purpose, text string) (events.Sealed, error)
	// Begin starts a batch within this one, Keep moves it into the one it was begun in. A batch
	// that is not kept is dropped.
	Begin() VaultBatch
	Keep()
	// Commit makes the outermost batch durable. It MUST return before anything sealed in it is
	// appended to the log. [ErrConflict]: another batch reserved the same person and was committed
	// first; nothing of this one is stored, and it is to be made again.
	Commit() error
}

// ErrForgotten says that a sealed text cannot be opened any more.
var ErrForgotten = errors.New("forgotten")

// What texts are sealed for. A text sealed for one purpose does not open for another.
const (
	SealReference = "reference"
	SealName      = "name"
	SealNote      = "note"
)
