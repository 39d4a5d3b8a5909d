package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"sijil/events"
	"sijil/ledger"
)

const format = "sijil vault 1"

var (
	metaBucket    = []byte("meta")
	keysBucket    = []byte("keys")
	peopleBucket  = []byte("people")
	namesBucket   = []byte("names")
	systemsBucket = []byte("systems")

	buckets = [][]byte{metaBucket, keysBucket, peopleBucket, namesBucket, systemsBucket}

	formatKey = []byte("format")
	secretKey = []byte("secret")
)

// ErrInUse says that another process, or this one, has the vault open.
var ErrInUse = errors.New("the vault is open elsewhere; stop what runs on this folder, or ask it")

// A Vault is the file of keys. It may be used by many goroutines; its batches each by one.
type Vault struct {
	path   string
	secret [32]byte

	writing sync.Mutex   // held while the file is changed or replaced, and before mu
	mu      sync.RWMutex // of db, which forgetting replaces
	db      *bolt.DB
}

var _ ledger.Vault = (*Vault)(nil)

// Open opens the vault at path, and makes it, with a new secret, where there is none. It is locked
// for other processes until [Vault.Close]; see [ErrInUse].
func Open(path string) (*Vault, error) {
	v := &Vault{path: path}
	if err := v.open(); err != nil {
		return nil, fmt.Errorf("vault %s: %w", path, err)
	}
	return v, nil
}

func (v *Vault) open() (err error) {
	if err := os.MkdirAll(filepath.Dir(v.path), 0o700); err != nil {
		return err
	}
	if v.db, err = openFile(v.path); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, v.db.Close())
		}
	}()
	// What a crash left of forgetting. The lock says that nobody is about it now.
	if err := os.Remove(v.successor()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := v.db.Update(found); err != nil {
		return err
	}
	if err := syncFolder(v.path); err != nil {
		return err
	}
	return v.db.View(func(tx *bolt.Tx) error {
		stored, err := read(tx, metaBucket, formatKey)
		if err != nil {
			return err
		}
		if string(stored) != format {
			return fmt.Errorf("is not a %s: it was written by another version of sijil", format)
		}
		secret, err := read(tx, metaBucket, secretKey)
		if err == nil && len(secret) != len(v.secret) {
			err = damaged(metaBucket, secretKey)
		}
		copy(v.secret[:], secret)
		return err
	})
}

// found makes the buckets and the secret of a file that has nothing at all. A file that has anything
// never gets another secret.
func found(tx *bolt.Tx) error {
	if k, _ := tx.Cursor().First(); k != nil {
		for _, name := range buckets {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("is not a vault: it has no bucket %s", name)
			}
		}
		return nil
	}
	for _, name := range buckets {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	return errors.Join(write(tx, metaBucket, formatKey, []byte(format)), write(tx, metaBucket, secretKey, secret))
}

// openFile opens and locks a bbolt file. While it waited for the lock, forgetting may have put
// another file at path: then it is that one which is opened.
func openFile(path string) (*bolt.DB, error) {
	for {
		var file *os.File
		db, err := bolt.Open(path, 0o600, &bolt.Options{
			Timeout: time.Second,
			OpenFile: func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(name, flag, mode)
				return file, err
			},
		})
		if errors.Is(err, bolterrors.ErrTimeout) {
			return nil, ErrInUse
		}
		if err != nil {
			return nil, err
		}
		locked, err1 := file.Stat()
		there, err2 := os.Stat(path)
		if err1 == nil && err2 == nil && os.SameFile(locked, there) {
			if err := file.Chmod(0o600); err != nil {
				return nil, errors.Join(err, db.Close())
			}
			return db, nil
		}
		if err2 != nil && !errors.Is(err2, os.ErrNotExist) {
			err1 = errors.Join(err1, err2)
		}
		if err := errors.Join(err1, db.Close()); err != nil {
			return nil, err
		}
	}
}

// syncFolder makes the name of the file at path durable.
func syncFolder(path string) error {
	f, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Close unlocks the file. It waits for what is under way; batches that are not committed are dropped.
func (v *Vault) Close() error {
	v.writing.Lock()
	defer v.writing.Unlock()
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.db.Close()
}

// MAC is HMAC-SHA-256 of purpose and parts under the vault's secret; see the package documentation.
func (v *Vault) MAC(purpose string, parts ...string) events.Hash {
	return mac(v.secret, purpose, parts...)
}

func mac(secret [32]byte, purpose string, parts ...string) (out events.Hash) {
	b := lengthPrefixed(nil, purpose)
	for _, p := range parts {
		b = lengthPrefixed(b, p)
	}
	h := hmac.New(sha256.New, secret[:])
	h.Write(b)
	h.Sum(out[:0])
	return out
}

func lengthPrefixed(b []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
}

// Open returns a sealed text. [ledger.ErrForgotten]: its key was destroyed or never was here.
// [ErrTampered]: it was altered, or sealed for another purpose. [ErrDamaged]: its key cannot be used.
func (v *Vault) Open(s events.Sealed, purpose string) (string, error) {
	if len(s) <= events.SealedOverhead {
		return "", ErrTampered
	}
	k, err := v.key(s.Key())
	if err != nil {
		return "", err
	}
	return unseal(k, s, purpose)
}

// Volunteers yields every person that is not forgotten, by id, with the name, "" where there is none.
// Damaged ones are left out; [Vault.Check] reports them. The caller may take its time and use the
// vault meanwhile: no lock is held, and what is committed or forgotten by then is in it or not. A
// closed vault has nobody.
func (v *Vault) Volunteers() iter.Seq2[uuid.UUID, string] {
	return func(yield func(uuid.UUID, string) bool) {
		var from []byte
		for more := true; more; {
			var page []person
			page, from, more = v.volunteers(from, 1000)
			for _, p := range page {
				if !yield(p.id, p.name) {
					return
				}
			}
		}
	}
}

type person struct {
	id   uuid.UUID
	name string
}

// volunteers are the persons in the next size entries, and where the next page begins.
func (v *Vault) volunteers(from []byte, size int) (page []person, next []byte, more bool) {
	err := v.view(func(tx *bolt.Tx) error {
		c := tx.Bucket(namesBucket).Cursor()
		k, stored := c.Seek(from)
		for ; k != nil && size > 0; k, stored = c.Next() {
			size--
			if name, err := unguarded(namesBucket, k, stored); err == nil && len(k) == len(uuid.UUID{}) {
				page = append(page, person{uuid.UUID(k), string(name)})
			}
		}
		next = bytes.Clone(k)
		return nil
	})
	return page, next, err == nil && next != nil
}

// key is a key in the file.
func (v *Vault) key(id uuid.UUID) (k key, err error) {
	err = v.view(func(tx *bolt.Tx) error {
		stored, err := read(tx, keysBucket, id[:])
		switch {
		case err != nil:
			return err
		case stored == nil:
			return ledger.ErrForgotten
		case len(stored) != len(k):
			return damaged(keysBucket, id[:])
		}
		copy(k[:], stored)
		return nil
	})
	return k, err
}

// lookup is the id that a bucket has for a MAC.
func (v *Vault) lookup(bucket []byte, at events.Hash) (id uuid.UUID, ok bool, err error) {
	err = v.view(func(tx *bolt.Tx) error {
		stored, err := read(tx, bucket, at[:])
		if err != nil || stored == nil {
			return err
		}
		if len(stored) != len(id) {
			return damaged(bucket, at[:])
		}
		id, ok = uuid.UUID(stored), true
		return nil
	})
	return id, ok, err
}

// name is the name of a person in the file.
func (v *Vault) name(id uuid.UUID) (name string, ok bool, err error) {
	err = v.view(func(tx *bolt.Tx) error {
		stored, err := read(tx, namesBucket, id[:])
		name, ok = string(stored), stored != nil
		return err
	})
	return name, ok, err
}

func (v *Vault) view(fn func(*bolt.Tx) error) error {
	v.mu.RLock()
	defer v.mu.RUnlock()
	if err := v.db.View(fn); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	return nil
}
