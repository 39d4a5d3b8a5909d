package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	bolt "go.etcd.io/bbolt"
)

// ErrDamaged says that the file does not hold what was written to it. What is damaged is never used;
// the rest is. Nothing can restore it but a copy of the vault.
var ErrDamaged = errors.New("damaged: restore the vault from a copy")

// A DamageError is one value that is not what was written. It is an [ErrDamaged].
type DamageError struct {
	Bucket string
	Key    []byte // the id or MAC it is stored under
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s %x: %v", e.Bucket, e.Key, ErrDamaged)
}

func (e *DamageError) Unwrap() error { return ErrDamaged }

func damaged(bucket, key []byte) error {
	return &DamageError{Bucket: string(bucket), Key: append([]byte(nil), key...)}
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// guarded is value followed by the CRC-32C of key and value.
func guarded(key, value []byte) []byte {
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
	return binary.BigEndian.AppendUint32(append(make([]byte, 0, len(value)+4), value...), sum)
}

// unguarded is the value in what guarded returned, never nil, or a DamageError. It is the file's
// memory, to be copied before the transaction ends.
func unguarded(bucket, key, stored []byte) ([]byte, error) {
	n := len(stored) - 4
	if n < 0 {
		return nil, damaged(bucket, key)
	}
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, stored[:n])
	if binary.BigEndian.Uint32(stored[n:]) != sum {
		return nil, damaged(bucket, key)
	}
	return stored[:n:n], nil
}

// read is a value of the file, nil where there is none.
func read(tx *bolt.Tx, bucket, key []byte) ([]byte, error) {
	stored := tx.Bucket(bucket).Get(key)
	if stored == nil {
		return nil, nil
	}
	return unguarded(bucket, key, stored)
}

func write(tx *bolt.Tx, bucket, key, value []byte) error {
	return tx.Bucket(bucket).Put(key, guarded(key, value))
}

// Check reads the whole file and reports what is damaged: pages, values, and persons without a key.
// Every [DamageError] is in it.
func (v *Vault) Check() error {
	var found []error
	err := v.view(func(tx *bolt.Tx) error {
		for err := range tx.Check() {
			found = append(found, fmt.Errorf("%w: %v", ErrDamaged, err))
		}
		if len(found) > 0 {
			return nil // the buckets cannot be walked safely
		}
		for _, name := range buckets {
			err := tx.Bucket(name).ForEach(func(k, stored []byte) error {
				if _, err := unguarded(name, k, stored); err != nil {
					found = append(found, err)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		keys := tx.Bucket(keysBucket)
		return tx.Bucket(namesBucket).ForEach(func(id, _ []byte) error {
			if keys.Get(id) == nil {
				found = append(found, damaged(keysBucket, id))
			}
			return nil
		})
	})
	return errors.Join(append(found, err)...)
}
