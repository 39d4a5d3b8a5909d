package projections

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// ErrDamaged says that a file does not hold what was written to it. A read model can be rebuilt
// from the log.
var ErrDamaged = errors.New("damaged")

// A DamageError is one value that is not what was written. It is an [ErrDamaged].
type DamageError struct {
	File string
	Key  []byte
	Err  error
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s: damaged at key %x: %v", e.File, e.Key, e.Err)
}

func (e *DamageError) Unwrap() []error { return []error{ErrDamaged, e.Err} }

// recoverDamage turns the panic of a damaged value into an error: a View has no room for errors, and
// damage is rare enough not to burden every read with one.
func recoverDamage(err *error) {
	switch p := recover().(type) {
	case nil:
	case *DamageError:
		*err = p
	default:
		panic(p)
	}
}

var (
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
	errCRC     = errors.New("its checksum differs")
	errMissing = errors.New("it is missing")
)

// guarded is value followed by the CRC-32C of key and value.
func guarded(key, value []byte) []byte {
	sum := crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
	out := make([]byte, 0, len(value)+4)
	return binary.BigEndian.AppendUint32(append(out, value...), sum)
}

// unguarded is the value in what guarded returned. It panics with a DamageError.
func unguarded(file string, key, stored []byte) []byte {
	n := len(stored) - 4
	if n < 0 || binary.BigEndian.Uint32(stored[n:]) != crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, stored[:n]) {
		panic(&DamageError{File: file, Key: append([]byte(nil), key...), Err: errCRC})
	}
	return stored[:n:n]
}
