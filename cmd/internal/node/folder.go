package node

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// A Folder is what sijil.json says.
type Folder struct {
	Programme string    `json:"programme"`
	Ledger    uuid.UUID `json:"ledger"`
}

// ErrNoLedger says that a folder holds no ledger.
var ErrNoLedger = errors.New("there is no ledger")

// ReadFolder reads a data folder's sijil.json.
func ReadFolder(dir string) (f Folder, err error) {
	b, err := os.ReadFile(filepath.Join(dir, "sijil.json"))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return f, fmt.Errorf("%s: %w", dir, ErrNoLedger)
	case err != nil:
		return f, err
	}
	if err := json.Unmarshal(b, &f, json.RejectUnknownMembers(true)); err != nil {
		return f, fmt.Errorf("%s: %w", filepath.Join(dir, "sijil.json"), err)
	}
	return f, nil
}

// MakeFolder makes a data folder for a programme. Where the folder is one for this programme already,
// it is returned as it is: founding goes on where it was cut short.
func MakeFolder(dir, programme string) (Folder, error) {
	f, err := ReadFolder(dir)
	switch {
	case err == nil && f.Programme == programme:
		return f, nil
	case err == nil:
		return f, fmt.Errorf("%s holds the ledger of programme %s", dir, f.Programme)
	case !errors.Is(err, ErrNoLedger):
		return f, err
	}
	f = Folder{programme, uuid.New()}
	b, err := json.Marshal(f)
	if err != nil {
		return f, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return f, err
	}
	temporary := filepath.Join(dir, "sijil.json.new")
	return f, errors.Join(os.WriteFile(temporary, append(b, '\n'), 0o600), os.Rename(temporary, filepath.Join(dir, "sijil.json")))
}
