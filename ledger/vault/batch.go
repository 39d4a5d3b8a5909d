package vault

import (
	"errors"
	"fmt"
	"maps"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"

	"sijil/events"
	"sijil/ledger"
)

var (
	// ErrOvertaken says that another batch registered the same person, or made the same system's
	// key, and was committed first. Nothing of this one is stored: begin again. It is a
	// [ledger.ErrConflict], so the ledger does.
	ErrOvertaken = fmt.Errorf("another batch registered the same person first: %w", ledger.ErrConflict)

	errNested    = errors.New("vault: only the outermost batch is committed; keep this one")
	errReference = errors.New("vault: the reference has no letters and no digits")
)

// batch holds what is new, in memory. It belongs to one goroutine.
type batch struct {
	vault  *Vault
	parent *batch
	news
}

type news struct {
	people  map[events.Hash]uuid.UUID // by MAC
	systems map[events.Hash]uuid.UUID // by MAC
	names   map[uuid.UUID]string      // of new persons and, where it changes, of known ones
	keys    map[uuid.UUID]key
}

func nothingNew() news {
	return news{map[events.Hash]uuid.UUID{}, map[events.Hash]uuid.UUID{}, map[uuid.UUID]string{}, map[uuid.UUID]key{}}
}

// Begin starts a batch. One at a time is meant to be committed: of two that reserve the same person
// the later gets [ErrOvertaken].
func (v *Vault) Begin() ledger.VaultBatch { return &batch{vault: v, news: nothingNew()} }

// Begin starts a batch within b.
func (b *batch) Begin() ledger.VaultBatch {
	return &batch{vault: b.vault, parent: b, news: nothingNew()}
}

// Keep moves everything in b to its parent. The outermost batch is not kept but committed.
func (b *batch) Keep() {
	if b.parent == nil {
		panic("vault: Keep of the outermost batch")
	}
	maps.Copy(b.parent.people, b.people)
	maps.Copy(b.parent.systems, b.systems)
	maps.Copy(b.parent.names, b.names)
	maps.Copy(b.parent.keys, b.keys)
	b.news = nothingNew()
}

// Volunteer finds or reserves a person. known says that the person is in the file: one that this
// batch or a parent reserved is not known yet, however often it is asked for.
func (b *batch) Volunteer(system, reference string) (id uuid.UUID, known bool, err error) {
	folded := ledger.Fold(reference)
	if folded == "" {
		return uuid.Nil, false, errReference
	}
	mac := b.vault.MAC("volunteer", system, folded)
	for at := b; at != nil; at = at.parent {
		if id, ok := at.people[mac]; ok {
			return id, false, nil
		}
	}
	id, known, err = b.vault.lookup(peopleBucket, mac)
	if err != nil || known {
		return id, known, err
	}
	if id, err = b.NewKey(); err != nil {
		return uuid.Nil, false, err
	}
	b.people[mac], b.names[id] = id, ""
	return id, false, nil
}

// SetName remembers a name. ErrForgotten: nobody has that id.
func (b *batch) Name(id uuid.UUID) (string, error) {
	for at := b; at != nil; at = at.parent {
		if name, ok := at.names[id]; ok {
			return name, nil
		}
	}
	name, _, err := b.vault.name(id)
	return name, err
}

func (b *batch) SetName(id uuid.UUID, name string) error {
	for at := b; at != nil; at = at.parent {
		if _, ok := at.names[id]; ok {
			b.names[id] = name
			return nil
		}
	}
	was, ok, err := b.vault.name(id)
	switch {
	case err != nil:
		return err
	case !ok:
		return ledger.ErrForgotten
	case was != name:
		b.names[id] = name
	}
	return nil
}

// NewKey makes a key.
func (b *batch) NewKey() (uuid.UUID, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, err
	}
	b.keys[id] = newKey()
	return id, nil
}

// SystemKey finds or makes the key of a source system.
func (b *batch) SystemKey(system string) (uuid.UUID, error) {
	mac := b.vault.MAC("system", system)
	for at := b; at != nil; at = at.parent {
		if id, ok := at.systems[mac]; ok {
			return id, nil
		}
	}
	id, known, err := b.vault.lookup(systemsBucket, mac)
	if err != nil || known {
		return id, err
	}
	if id, err = b.NewKey(); err == nil {
		b.systems[mac] = id
	}
	return id, err
}

// Seal encrypts text. ErrForgotten: there is no such key.
func (b *batch) Seal(id uuid.UUID, purpose, text string) (events.Sealed, error) {
	for at := b; at != nil; at = at.parent {
		if k, ok := at.keys[id]; ok {
			return seal(k, id, newNonce(), purpose, text)
		}
	}
	k, err := b.vault.key(id)
	if err != nil {
		return nil, err
	}
	return seal(k, id, newNonce(), purpose, text)
}

// Commit stores everything in one transaction and syncs it. With nothing new it touches nothing. On
// error nothing is stored, and b is as before.
func (b *batch) Commit() error {
	if b.parent != nil {
		return errNested
	}
	if len(b.keys) == 0 && len(b.names) == 0 {
		return nil
	}
	if err := b.vault.update(b.store); err != nil {
		return fmt.Errorf("vault: commit: %w", err)
	}
	b.news = nothingNew()
	return nil
}

func (b *batch) store(tx *bolt.Tx) error {
	for mac, id := range b.people {
		if tx.Bucket(peopleBucket).Get(mac[:]) != nil {
			return ErrOvertaken
		}
		if err := write(tx, peopleBucket, mac[:], id[:]); err != nil {
			return err
		}
	}
	for mac, id := range b.systems {
		if tx.Bucket(systemsBucket).Get(mac[:]) != nil {
			return ErrOvertaken
		}
		if err := write(tx, systemsBucket, mac[:], id[:]); err != nil {
			return err
		}
	}
	for id, k := range b.keys {
		if err := write(tx, keysBucket, id[:], k[:]); err != nil {
			return err
		}
	}
	for id, name := range b.names {
		if tx.Bucket(keysBucket).Get(id[:]) == nil {
			return ledger.ErrForgotten // since SetName
		}
		if err := write(tx, namesBucket, id[:], []byte(name)); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) update(fn func(*bolt.Tx) error) error {
	v.writing.Lock()
	defer v.writing.Unlock()
	return v.db.Update(fn) // v.db changes under writing only
}
