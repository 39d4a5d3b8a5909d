package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"sijil/events"
	"sijil/ledger"
)

var (
	testKey   = key(bytes.Repeat([]byte{0x0b}, 32))
	testID    = uuid.MustParse("6ba7b810-9dad-41d1-80b4-00c04fd430c8")
	testNonce = nonce{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
)

// Key id, nonce and commitment are the same in all vectors.
const vectorHead = "6ba7b8109dad41d180b400c04fd430c8" + "000102030405060708090a0b" +
	"97b644f8456e57018d9187ac6cafe2e9c0947d152ed5c8081d6e75a8d73d7dcf"

// What is sealed is in ledgers for ever: these MUST NOT change.
var vectors = []struct{ purpose, text, sealed string }{
	{ledger.SealName, "Amina Benali", vectorHead + "2e7bb727f9493c80475115664de9ebfcba28a095438b1e0589127b02"},
	{ledger.SealReference, "E-1047", vectorHead + "2a3bef79ac5e551c34cdd34c196cbc0c39b35ee28948"},
	{ledger.SealNote, "شكرا", vectorHead + "b7a207ca40d8a6423848b35631bdb9f1d0786047fa9b6150"},
}

func TestVectors(t *testing.T) {
	for _, v := range vectors {
		got, err := seal(testKey, testID, testNonce, v.purpose, v.text)
		if err != nil {
			t.Fatal(err)
		}
		if h := hex.EncodeToString(got); h != v.sealed {
			t.Errorf("%s %q sealed to\n%s, not\n%s", v.purpose, v.text, h, v.sealed)
		}
		if text, err := unseal(testKey, got, v.purpose); err != nil || text != v.text {
			t.Errorf("opened to %q, %v", text, err)
		}
	}
}

// The format once more from the package documentation, of nothing but HMAC and AES-GCM.
func TestFormat(t *testing.T) {
	sum := func(key []byte, parts ...[]byte) []byte {
		h := hmac.New(sha256.New, key)
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	for _, v := range vectors {
		prk := sum(testNonce[:], testKey[:])
		t1 := sum(prk, []byte("sijil sealed text 1"), []byte{1})
		t2 := sum(prk, t1, []byte("sijil sealed text 1"), []byte{2})
		block, err := aes.NewCipher(t1)
		if err != nil {
			t.Fatal(err)
		}
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			t.Fatal(err)
		}
		want := bytes.Join([][]byte{testID[:], testNonce[:], t2,
			gcm.Seal(nil, testNonce[:], []byte(v.text), append(testID[:], v.purpose...))}, nil)
		got, err := seal(testKey, testID, testNonce, v.purpose, v.text)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s %q: %x, %v, not %x", v.purpose, v.text, got, err, want)
		}
	}
}

// As openssl dgst -mac HMAC makes them.
func TestMACVectors(t *testing.T) {
	secret := [32]byte(testKey)
	for _, v := range []struct {
		purpose string
		parts   []string
		want    string
	}{
		{"command", []string{"cli", "1"}, "ee9879eea7002b9666f470bedfe62fecc650602b8f8ea40363a9e53ec0f8ab8b"},
		{"volunteer", nil, "5ba2b509b12e8cf93eddb6ed41bae04defde86ff2529c7193c6eaf72b206e17f"},
		{"", []string{""}, "7d45cd196b867c549292d780f29405beb927bc26b8124416b82457d94776e4f4"},
	} {
		got := mac(secret, v.purpose, v.parts...)
		if h := hex.EncodeToString(got[:]); h != v.want {
			t.Errorf("MAC(%q, %q) = %s, not %s", v.purpose, v.parts, h, v.want)
		}
	}
}

// No two lists of parts have the same MAC.
func TestMACSeparates(t *testing.T) {
	seen := map[events.Hash][]string{}
	for _, parts := range [][]string{
		{""}, {"", ""}, {"a"}, {"a", ""}, {"", "a"}, {"a", "b"}, {"ab"}, {"a", "b", ""}, {"\x00"},
		{"a\x00\x00\x00\x00\x00\x00\x00\x01b"},
	} {
		m := mac([32]byte{}, parts[0], parts[1:]...)
		if other := seen[m]; other != nil {
			t.Errorf("%q and %q have the same MAC", parts, other)
		}
		seen[m] = parts
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, id, purpose, text := anyKey(t), anyID(t), rapid.String().Draw(t, "purpose"), anyText(t)
		s, err := seal(k, id, newNonce(), purpose, text)
		if err != nil {
			t.Fatal(err)
		}
		if len(s) != events.SealedOverhead+len(text) || s.Key() != id {
			t.Fatalf("%d bytes under %v", len(s), s.Key())
		}
		if got, err := unseal(k, s, purpose); err != nil || got != text {
			t.Fatalf("%q, %v", got, err)
		}
		if _, err := unseal(k, s, purpose+"x"); !errors.Is(err, ErrTampered) {
			t.Fatalf("opened for another purpose: %v", err)
		}
	})
}

// Every bit counts, and so does every byte that is missing or too many.
func TestTampered(t *testing.T) {
	s, err := seal(testKey, testID, testNonce, ledger.SealName, "Amina Benali")
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(s) * 8 {
		bad := bytes.Clone(s)
		bad[bit/8] ^= 1 << (bit % 8)
		if text, err := unseal(testKey, bad, ledger.SealName); !errors.Is(err, ErrTampered) || text != "" {
			t.Errorf("bit %d: %q, %v", bit, text, err)
		}
	}
	for n := range len(s) {
		if _, err := unseal(testKey, s[:n], ledger.SealName); !errors.Is(err, ErrTampered) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := unseal(testKey, append(bytes.Clone(s), 0), ledger.SealName); !errors.Is(err, ErrTampered) {
		t.Errorf("a byte more: %v", err)
	}
}

// Two keys never open one text, even if its ciphertext is right under the second: the commitment is
// to one of them.
func TestCommitment(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, other := anyKey(t), anyKey(t)
		if k == other {
			t.Skip("the same key")
		}
		n := newNonce()
		a, err1 := seal(k, testID, n, ledger.SealNote, "a")
		b, err2 := seal(other, testID, n, ledger.SealNote, "b")
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if _, err := unseal(other, a, ledger.SealNote); !errors.Is(err, ErrTampered) {
			t.Fatalf("another key opens it: %v", err)
		}
		// What an attacker who knows both keys can do best: a commitment to one, a ciphertext of the other.
		mixed := append(bytes.Clone(a[:cipherAt]), b[cipherAt:]...)
		for _, k := range []key{k, other} {
			if _, err := unseal(k, mixed, ledger.SealNote); !errors.Is(err, ErrTampered) {
				t.Fatalf("a ciphertext without its commitment opens: %v", err)
			}
		}
	})
}

func TestNotSealed(t *testing.T) {
	for text, want := range map[string]error{"": errEmpty, "\xff": errEncoding} {
		if _, err := seal(testKey, testID, testNonce, ledger.SealNote, text); err != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func anyKey(t *rapid.T) (k key) {
	copy(k[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key"))
	return k
}

func anyID(t *rapid.T) (id uuid.UUID) {
	copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
	return id
}

func anyText(t *rapid.T) string {
	return rapid.String().Filter(func(s string) bool { return s != "" }).Draw(t, "text")
}
