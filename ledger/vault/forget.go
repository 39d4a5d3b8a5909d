package vault

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
)

// Forget destroys a person's key and name and the way from a reference to the person: what was sealed
// under the key never opens again, and the same reference becomes another person. When it returns
// nil, none of it is in the file any more. It may be repeated, and is nothing new for an id that is
// not here.
func (v *Vault) Forget(id uuid.UUID) error {
	if err := v.erase(id); err != nil {
		return fmt.Errorf("vault: forget: %w", err)
	}
	return nil
}

// DestroyKey destroys the key of a note, or that of a source system, which gets a new one when it is
// needed again. Of a person it destroys nothing: that is what [Vault.Forget] is for.
func (v *Vault) DestroyKey(id uuid.UUID) error {
	_, person, err := v.name(id)
	if err != nil {
		return err
	}
	if person {
		return errors.New("vault: it is a person's key: forget the person")
	}
	if err := v.erase(id); err != nil {
		return fmt.Errorf("vault: destroy key: %w", err)
	}
	return nil
}

// erase puts a file without id in the place of the file; see the package documentation.
func (v *Vault) erase(id uuid.UUID) (err error) {
	v.writing.Lock()
	defer v.writing.Unlock()

	next := v.successor()
	if err := os.Remove(next); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	// The new file is locked from the beginning, and its lock goes with it when it is renamed.
	db, err := openFile(next)
	if err != nil {
		return err
	}
	err = v.db.View(func(from *bolt.Tx) error { return copyWithout(id, db, from) })
	if err == nil {
		err = os.Rename(next, v.path)
	}
	if err != nil {
		return errors.Join(err, db.Close(), os.Remove(next))
	}
	v.mu.Lock()
	was := v.db
	v.db = db
	v.mu.Unlock()
	return errors.Join(syncFolder(v.path), was.Close())
}

// successor is where the next file is written.
func (v *Vault) successor() string { return v.path + ".new" }

// copyWithout copies and syncs everything but the key and name of id and what leads to it. What is damaged
// is copied as it is: it stays as loud as it was.
func copyWithout(id uuid.UUID, to *bolt.DB, from *bolt.Tx) error {
	const perTx = 10_000 // puts, to bound the memory
	to.NoSync = true     // until the end
	defer func() { to.NoSync = false }()
	tx, err := to.Begin(true)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // of nothing, after Commit
	puts := 0
	for _, name := range buckets {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
		err := from.Bucket(name).ForEach(func(k, stored []byte) error {
			if concerns(id, name, k, stored) {
				return nil
			}
			if puts++; puts%perTx == 0 {
				if err := tx.Commit(); err != nil {
					return err
				}
				if tx, err = to.Begin(true); err != nil {
					return err
				}
			}
			b := tx.Bucket(name)
			b.FillPercent = 0.9 // they come in order
			return b.Put(k, stored)
		})
		if err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	return to.Sync()
}

// concerns reports whether an entry is the key or name of id, or leads to it.
func concerns(id uuid.UUID, bucket, k, stored []byte) bool {
	switch string(bucket) {
	case "keys", "names":
		return bytes.Equal(k, id[:])
	case "people", "systems":
		return bytes.HasPrefix(stored, id[:])
	}
	return false
}
