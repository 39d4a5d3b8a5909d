package events

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
)

// Sealed is a text that only the vault can open: a name, a reference, a note. On the wire it is
// base64url without padding of
//
//	16 bytes   id of the key, which is kept outside the log
//	12 bytes   nonce
//	32 bytes   commitment to the key
//	n+16 bytes AES-256-GCM ciphertext and tag of the text in UTF-8
//
// How the parts are made is specified in ledger/vault. Destroying the key forgets the text, while
// these bytes, and so every hash, stay.
type Sealed []byte

// SealedOverhead is how many bytes sealing adds to a text.
const SealedOverhead = 16 + 12 + 32 + 16

// Key is the id of the key that opens s.
func (s Sealed) Key() (id uuid.UUID) {
	copy(id[:], s)
	return id
}

// MarshalText is s in base64url.
func (s Sealed) MarshalText() ([]byte, error) { return base64url.AppendEncode(nil, s), nil }

// UnmarshalText reads base64url.
func (s *Sealed) UnmarshalText(b []byte) error {
	out, err := base64url.AppendDecode(nil, b)
	if err != nil {
		return err
	}
	if base64url.EncodedLen(len(out)) != len(b) {
		return errLineBreak
	}
	if len(out) <= SealedOverhead {
		return fmt.Errorf("sealed text has more than %d bytes, not %d", SealedOverhead, len(out))
	}
	*s = out
	return nil
}

// IsZero reports that there is no text.
func (s Sealed) IsZero() bool { return len(s) == 0 }

func (s Sealed) validate(what string) error {
	if len(s) > 0 && (len(s) <= SealedOverhead || s.Key() == uuid.Nil) {
		return errors.New(what + " is not sealed")
	}
	return nil
}
