package events

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// strict is how everything on the wire is read: version 2 semantics (no duplicate names, exact
// case, valid UTF-8), no unknown members, and UUIDs in their one canonical form.
var strict = json.JoinOptions(
	json.RejectUnknownMembers(true),
	json.WithUnmarshalers(json.UnmarshalFromFunc(readUUID)),
)

func readUUID(d *jsontext.Decoder, id *uuid.UUID) error {
	tok, err := d.ReadToken()
	if err != nil {
		return err
	}
	if tok.Kind() != '"' {
		return errors.New("a UUID is a string")
	}
	*id, err = ParseID(tok.String())
	return err
}

// ParseID reads a UUID in its canonical form: 36 lower-case characters.
func ParseID(s string) (uuid.UUID, error) {
	if len(s) != 36 {
		return uuid.Nil, fmt.Errorf("%q is not a UUID of 36 characters", s)
	}
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'F' {
			return uuid.Nil, fmt.Errorf("%q is not in lower case", s)
		}
	}
	return uuid.Parse(s)
}

// classify says which of the package's errors a failed unmarshal of b into a fresh target is.
func classify(err error, b []byte, target any) error {
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return fmt.Errorf("%w: %v", ErrDuplicateName, err)
	case errors.Is(err, json.ErrUnknownName):
		// Read again without regard to case: if that name is known then, only its case was wrong.
		folded := json.Unmarshal(b, target, strict, json.MatchCaseInsensitiveNames(true))
		if !errors.Is(folded, json.ErrUnknownName) {
			return fmt.Errorf("%w: %v", ErrFoldedName, err)
		}
		return fmt.Errorf("%w: %v", ErrUnknownField, err)
	default:
		return fmt.Errorf("%w: %v", ErrMalformed, err)
	}
}

// hasNull reports whether any value in valid JSON is null. Reading a null into a Go value leaves
// it zero without an error, and so would say "absent" in a second way.
func hasNull(b []byte) bool {
	if !bytes.Contains(b, []byte("null")) {
		return false // nearly always
	}
	d := jsontext.NewDecoder(bytes.NewReader(b))
	for {
		switch tok, err := d.ReadToken(); {
		case err != nil:
			return false // the end
		case tok.Kind() == 'n':
			return true
		}
	}
}
