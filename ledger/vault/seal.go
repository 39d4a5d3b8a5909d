package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"unicode/utf8"

	"github.com/google/uuid"

	"sijil/events"
)

// ErrTampered says that a sealed text is not what was sealed for this purpose, though its key is
// here: it was altered, or it is that of another purpose or ledger.
var ErrTampered = errors.New("vault: the sealed text was altered or is for another purpose")

var (
	errEmpty    = errors.New("vault: there is no text to seal")
	errEncoding = errors.New("vault: the text to seal is not UTF-8")
)

const info = "sijil sealed text 1"

// A key is 32 random bytes. It encrypts nothing itself; see [derive].
type key [32]byte

type nonce [12]byte

// Where the parts of a sealed text begin; see the package documentation.
const (
	nonceAt      = 16
	commitmentAt = nonceAt + len(nonce{})
	cipherAt     = commitmentAt + sha256.Size
)

func seal(k key, id uuid.UUID, n nonce, purpose, text string) (events.Sealed, error) {
	switch {
	case text == "":
		return nil, errEmpty
	case !utf8.ValidString(text):
		return nil, errEncoding
	}
	aead, commitment, err := derive(k, n[:])
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, events.SealedOverhead+len(text))
	out = append(out, id[:]...)
	out = append(out, n[:]...)
	out = append(out, commitment...)
	return aead.Seal(out, n[:], []byte(text), bound(id, purpose)), nil
}

func unseal(k key, s events.Sealed, purpose string) (string, error) {
	if len(s) <= events.SealedOverhead {
		return "", ErrTampered
	}
	n := s[nonceAt:commitmentAt]
	aead, commitment, err := derive(k, n)
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare(commitment, s[commitmentAt:cipherAt]) != 1 {
		return "", ErrTampered
	}
	text, err := aead.Open(nil, n, s[cipherAt:], bound(s.Key(), purpose))
	if err != nil {
		return "", ErrTampered
	}
	return string(text), nil
}

// derive makes a text's own encryption key, and the commitment to k, from k and the text's nonce.
func derive(k key, n []byte) (cipher.AEAD, []byte, error) {
	both, err := hkdf.Key(sha256.New, k[:], n, info, 64)
	if err != nil {
		return nil, nil, err
	}
	block, err := aes.NewCipher(both[:32])
	if err != nil {
		return nil, nil, err
	}
	aead, err := cipher.NewGCM(block)
	return aead, both[32:], err
}

// bound is what a ciphertext is bound to.
func bound(id uuid.UUID, purpose string) []byte { return append(id[:], purpose...) }

func newKey() (k key) {
	rand.Read(k[:]) // never fails: see crypto/rand
	return k
}

func newNonce() (n nonce) {
	rand.Read(n[:])
	return n
}
