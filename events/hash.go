package events

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// Hash is a SHA-256 (or HMAC-SHA-256). As text it is base64url without padding, 43 characters.
type Hash [sha256.Size]byte

// Sum hashes payload bytes as they are.
func Sum(payload []byte) Hash { return sha256.Sum256(payload) }

// Nothing is the hash before the first entry: SHA-256 of no bytes.
var Nothing = Sum(nil)

// Base64url, and no trailing bits that would let two texts mean one hash.
var base64url = base64.RawURLEncoding.Strict()

// errLineBreak is for what the decoder of the standard library passes over in silence.
var errLineBreak = errors.New("a line break in base64url")

// String is the hash in base64url.
func (h Hash) String() string { return base64url.EncodeToString(h[:]) }

// IsZero reports that there is no hash.
func (h Hash) IsZero() bool { return h == Hash{} }

// AppendText appends the hash in base64url.
func (h Hash) AppendText(b []byte) ([]byte, error) { return base64url.AppendEncode(b, h[:]), nil }

// MarshalText is the hash in base64url.
func (h Hash) MarshalText() ([]byte, error) { return h.AppendText(nil) }

// UnmarshalText reads 43 characters of base64url.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != base64url.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has 43 characters of base64url, not %d", len(b))
	}
	n, err := base64url.Decode(h[:], b)
	if err == nil && n != len(h) {
		err = errLineBreak
	}
	return err
}

// ParseHash reads 43 characters of base64url.
func ParseHash(s string) (h Hash, err error) { err = h.UnmarshalText([]byte(s)); return h, err }
