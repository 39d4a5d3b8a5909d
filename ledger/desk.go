package ledger

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"sijil/events"
)

// A desk gets ready what a pure decision cannot do itself: persons' ids, keys and seals. What it
// reserves in the vault is kept only if the decision stands.
type desk struct {
	books Books
	vault Vault
	batch VaultBatch
	names *namesakes
	id    uuid.UUID // of the command
	// concerns is the contribution that the command is about, where it is about one.
	concerns uuid.UUID
}

// person is a volunteer as the desk found them.
type person struct {
	id         uuid.UUID
	registered bool
	otherName  bool          // than the one that was given
	reference  events.Sealed // for registering
	name       events.Sealed
}

// person finds or reserves the volunteer that a source system calls reference.
func (d *desk) person(system, reference, name string) (p person, err error) {
	if id, err := events.ParseID(reference); err == nil && d.books.Volunteer(id) {
		return person{id: id, registered: true}, nil
	}
	if Fold(reference) == "" {
		return p, refuse(BadValue, "volunteer", "has neither letters nor digits").hint("give what the source system calls the person")
	}
	if p.id, _, err = d.batch.Volunteer(system, reference); err != nil {
		return p, err
	}
	if p.registered = d.books.Volunteer(p.id); p.registered {
		if name != "" {
			known, err := d.batch.Name(p.id)
			if err != nil {
				return p, err
			}
			p.otherName = known != "" && nearestOf(name, []namesake{newNamesake(known, "known")}) == nil
		}
		return p, nil
	}
	if name != "" {
		if err := d.setName(p.id, name); err != nil {
			return p, err
		}
	}
	if p.reference, err = d.seal(p.id, SealReference, reference); err != nil {
		return p, err
	}
	p.name, err = d.seal(p.id, SealName, name)
	return p, err
}

// reference seals what the source system calls a contribution: under the volunteer's key, or that of
// the system where there is no volunteer.
func (d *desk) reference(volunteer uuid.UUID, system, reference string) (events.Sealed, error) {
	if reference == "" {
		return nil, nil
	}
	key := volunteer
	if key == uuid.Nil {
		var err error
		if key, err = d.batch.SystemKey(system); err != nil {
			return nil, err
		}
	}
	return d.seal(key, SealReference, reference)
}

// note seals a free text under a key of its own.
func (d *desk) note(text string) (events.Sealed, error) {
	if text == "" {
		return nil, nil
	}
	key, err := d.batch.NewKey()
	if err != nil {
		return nil, err
	}
	return d.seal(key, SealNote, text)
}

func (d *desk) seal(key uuid.UUID, purpose, text string) (events.Sealed, error) {
	if text == "" {
		return nil, nil
	}
	s, err := d.batch.Seal(key, purpose, text)
	if err != nil {
		return nil, gone(fmt.Errorf("ledger: seal %s: %w", purpose, err))
	}
	return s, nil
}

// setName remembers a person's name.
func (d *desk) setName(id uuid.UUID, name string) error { return gone(d.batch.SetName(id, name)) }

// gone refuses what is about a person whose key was destroyed.
func gone(err error) error {
	if errors.Is(err, ErrForgotten) {
		return refuse(UnknownVolunteer, "volunteer", "this volunteer was forgotten").hint("name the person by reference, not by the old id")
	}
	return err
}

// session is the id of a roll call that a source system calls name.
func (d *desk) session(system, name string) uuid.UUID {
	if name == "" {
		return uuid.Nil
	}
	if id, err := events.ParseID(name); err == nil {
		return id
	}
	return uuid8(d.vault.MAC("session", system, name))
}

// recordID is the id of the contribution that a source system calls reference, in a generation: 1,
// and one more each time that it was withdrawn and recorded again.
func recordID(v Vault, system, reference string, generation int) uuid.UUID {
	return uuid8(v.MAC("contribution", system, reference, strconv.Itoa(generation)))
}

// latest is the newest generation of a reference that is in the books, 0 where there is none.
func latest(b Books, v Vault, system, reference string) (id uuid.UUID, generation int) {
	for {
		next := recordID(v, system, reference, generation+1)
		if b.contribution(next) == nil {
			return id, generation
		}
		id, generation = next, generation+1
	}
}
