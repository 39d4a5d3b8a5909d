package vault

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"sijil/events"
	"sijil/ledger"
)

// open opens a vault, which is checked and closed when the test ends.
func open(t testing.TB, path string) *Vault {
	t.Helper()
	v, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Check(); err != nil && !errors.Is(err, bolterrors.ErrDatabaseNotOpen) {
			t.Errorf("check: %v", err)
		}
		if err := v.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return v
}

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "data", "vault") }

func volunteer(t testing.TB, b ledger.VaultBatch, system, reference string, wantKnown bool) uuid.UUID {
	t.Helper()
	id, known, err := b.Volunteer(system, reference)
	if err != nil || known != wantKnown {
		t.Fatalf("Volunteer(%q, %q): known %v, %v", system, reference, known, err)
	}
	return id
}

func sealed(t testing.TB, b ledger.VaultBatch, key uuid.UUID, purpose, text string) events.Sealed {
	t.Helper()
	s, err := b.Seal(key, purpose, text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// reads fails the test unless s opens to text, or with want.
func reads(t testing.TB, v *Vault, s events.Sealed, purpose, text string, want error) {
	t.Helper()
	if got, err := v.Open(s, purpose); got != text || !errors.Is(err, want) {
		t.Errorf("opened to %q, %v; not %q, %v", got, err, text, want)
	}
}

func TestReopen(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	b := v.Begin()
	amina := volunteer(t, b, "hr", "E-1047", false)
	ok(t, b.SetName(amina, "Amina Benali"))
	ref := sealed(t, b, amina, ledger.SealReference, "E-1047")
	note, err := b.NewKey()
	ok(t, err)
	text := sealed(t, b, note, ledger.SealNote, "three of us")
	system, err := b.SystemKey("hr")
	ok(t, err)
	group := sealed(t, b, system, ledger.SealReference, "G-1")
	reads(t, v, ref, ledger.SealReference, "", ledger.ErrForgotten) // not committed
	ok(t, b.Commit())
	mac := v.MAC("command", "cli", "1")
	ok(t, v.Close())
	if _, err := v.Open(ref, ledger.SealReference); err == nil {
		t.Error("a closed vault opens texts")
	}

	v = open(t, path)
	reads(t, v, ref, ledger.SealReference, "E-1047", nil)
	reads(t, v, text, ledger.SealNote, "three of us", nil)
	reads(t, v, group, ledger.SealReference, "G-1", nil)
	reads(t, v, ref, ledger.SealName, "", ErrTampered)
	if got := v.MAC("command", "cli", "1"); got != mac {
		t.Error("another secret")
	}
	b = v.Begin()
	if got := volunteer(t, b, "hr", "e 1047", true); got != amina {
		t.Error("another spelling is another person")
	}
	volunteer(t, b, "pay", "E-1047", false) // another system is another person
	if got, err := b.SystemKey("hr"); got != system || err != nil {
		t.Errorf("another system key: %v", err)
	}
	if got := maps.Collect(v.Volunteers()); len(got) != 1 || got[amina] != "Amina Benali" {
		t.Errorf("%d volunteers, or another name", len(got))
	}
	if amina.Version() != 4 || system.Version() != 4 || note.Version() != 4 {
		t.Error("ids are not random")
	}
}

func TestTwoVaultsDiffer(t *testing.T) {
	a, b := open(t, newPath(t)), open(t, newPath(t))
	if a.MAC("x") == b.MAC("x") {
		t.Error("two vaults have the same secret")
	}
	batch := a.Begin()
	k, err := batch.NewKey()
	ok(t, err)
	s := sealed(t, batch, k, ledger.SealNote, "hello")
	ok(t, batch.Commit())
	reads(t, b, s, ledger.SealNote, "", ledger.ErrForgotten)
}

func TestPermissions(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		ok(t, err)
		return info.Mode().Perm()
	}
	if m := mode(path); m != 0o600 {
		t.Errorf("file has %o", m)
	}
	if m := mode(filepath.Dir(path)); m != 0o700 {
		t.Errorf("folder has %o", m)
	}
	ok(t, v.Forget(uuid.New()))
	if m := mode(path); m != 0o600 {
		t.Errorf("after forgetting the file has %o", m)
	}
	ok(t, v.Close())
	ok(t, os.Chmod(path, 0o644))
	open(t, path)
	if m := mode(path); m != 0o600 {
		t.Errorf("opened again the file has %o", m)
	}
}

func TestInUse(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	if _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("second open: %v", err)
	}
	ok(t, v.Forget(uuid.New())) // the lock goes over to the new file
	if _, err := Open(path); !errors.Is(err, ErrInUse) {
		t.Errorf("second open after forgetting: %v", err)
	}
}

// Whoever waits for the lock while the file is replaced MUST get the new one.
func TestOpenWhileForgetting(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	b := v.Begin()
	id := volunteer(t, b, "hr", "1", false)
	ok(t, b.Commit())
	opened := make(chan *Vault)
	for range 4 {
		go func() {
			for {
				w, err := Open(path)
				if errors.Is(err, ErrInUse) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				opened <- w
				return
			}
		}()
	}
	ok(t, v.Forget(id))
	ok(t, v.Close())
	for range 4 {
		w := <-opened
		if w == nil {
			continue
		}
		if _, known, err := w.Begin().Volunteer("hr", "1"); known || err != nil {
			t.Errorf("the old file was opened: known %v, %v", known, err)
		}
		ok(t, w.Close())
	}
}

func TestNotAVault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "totals")
	db, err := bolt.Open(path, 0o600, nil)
	ok(t, err)
	ok(t, db.Update(func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("rows")); return err }))
	ok(t, db.Close())
	before, err := os.ReadFile(path)
	ok(t, err)
	if _, err := Open(path); err == nil {
		t.Error("opened something else")
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("changed something else")
	}
}

func TestForget(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	b := v.Begin()
	ids := map[string]uuid.UUID{}
	refs := map[string]events.Sealed{}
	for i := range 300 {
		r := fmt.Sprintf("E-%d", i)
		ids[r] = volunteer(t, b, "hr", r, false)
		ok(t, b.SetName(ids[r], "name of "+r+"."))
		refs[r] = sealed(t, b, ids[r], ledger.SealReference, r)
	}
	system, err := b.SystemKey("hr")
	ok(t, err)
	note, err := b.NewKey()
	ok(t, err)
	ok(t, b.Commit())
	ok(t, b.SetName(ids["E-7"], "another name of E-7."))
	ok(t, b.Commit()) // pages of the first are free now, and hold it still

	id := ids["E-7"]
	secrets := map[string][]byte{}
	add := func(what string, k key, err error) { ok(t, err); secrets[what] = bytes.Clone(k[:]) }
	k, err := v.key(id)
	add("key", k, err)
	k, err = v.key(note)
	add("note's key", k, err)
	k, err = v.key(system)
	add("system's key", k, err)
	mac := v.MAC("volunteer", "hr", ledger.Fold("E-7"))
	secrets["way to the person"] = mac[:]
	secrets["name"] = []byte("name of E-7.")
	holds := func(want bool) {
		t.Helper()
		file, err := os.ReadFile(path)
		ok(t, err)
		for what, s := range secrets {
			if bytes.Contains(file, s) != want {
				t.Errorf("the file holds the %s: %v", what, !want)
			}
		}
	}
	holds(true) // that is, the test can see them

	if err := v.DestroyKey(id); err == nil {
		t.Error("a person's key is not a note's")
	}
	ok(t, v.Forget(id))
	ok(t, v.DestroyKey(note))
	ok(t, v.DestroyKey(system))
	holds(false)
	if _, err := os.Stat(v.successor()); !errors.Is(err, os.ErrNotExist) {
		t.Error("the copy was left there")
	}
	ok(t, v.Forget(id)) // may be repeated
	ok(t, v.Forget(uuid.New()))

	check := func(v *Vault) {
		t.Helper()
		for r, s := range refs {
			if r == "E-7" {
				reads(t, v, s, ledger.SealReference, "", ledger.ErrForgotten)
			} else {
				reads(t, v, s, ledger.SealReference, r, nil)
			}
		}
		if n := len(maps.Collect(v.Volunteers())); n != 299 {
			t.Errorf("%d volunteers", n)
		}
	}
	check(v)
	ok(t, v.Close())
	v = open(t, path)
	check(v)

	b = v.Begin()
	if again := volunteer(t, b, "hr", "E-7", false); again == id {
		t.Error("the same person again")
	}
	if again, err := b.SystemKey("hr"); again == system || err != nil {
		t.Errorf("the same system key again, %v", err)
	}
	if _, err := b.Seal(id, ledger.SealName, "x"); !errors.Is(err, ledger.ErrForgotten) {
		t.Errorf("sealed under a destroyed key: %v", err)
	}
	if err := b.SetName(id, "x"); !errors.Is(err, ledger.ErrForgotten) {
		t.Errorf("named who is forgotten: %v", err)
	}
	ok(t, b.Commit())
}

// What cannot be written leaves everything as it was.
func TestForgetFails(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	b := v.Begin()
	id := volunteer(t, b, "hr", "1", false)
	s := sealed(t, b, id, ledger.SealReference, "1")
	ok(t, b.Commit())
	ok(t, os.MkdirAll(filepath.Join(v.successor(), "in the way"), 0o700))
	if err := v.Forget(id); err == nil {
		t.Error("forgotten")
	}
	reads(t, v, s, ledger.SealReference, "1", nil)
	ok(t, os.RemoveAll(v.successor()))
	ok(t, v.Forget(id))
	reads(t, v, s, ledger.SealReference, "", ledger.ErrForgotten)
}

// A crash while the copy was written leaves it there; it holds keys, so it goes.
func TestLeftover(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	left := v.successor()
	ok(t, v.Close())
	ok(t, os.WriteFile(left, []byte("half"), 0o600))
	open(t, path)
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("left: %v", err)
	}
}

// More than one transaction's worth is copied whole.
func TestForgetMany(t *testing.T) {
	v := open(t, newPath(t))
	b := v.Begin()
	id := volunteer(t, b, "hr", "1", false)
	keys := map[uuid.UUID]events.Sealed{}
	for range 25_000 {
		k, err := b.NewKey()
		ok(t, err)
		if len(keys) < 1000 {
			keys[k] = sealed(t, b, k, ledger.SealNote, "note")
		}
	}
	ok(t, b.Commit())
	ok(t, v.Forget(id))
	for _, s := range keys {
		reads(t, v, s, ledger.SealNote, "note", nil)
	}
	ok(t, v.view(func(tx *bolt.Tx) error {
		if n := tx.Bucket(keysBucket).Stats().KeyN; n != 25_000 {
			t.Errorf("%d keys", n)
		}
		return nil
	}))
}

func TestVolunteersPages(t *testing.T) {
	v := open(t, newPath(t))
	for _, n := range []int{0, 1, 998, 1, 1, 1500} { // around the size of a page
		b := v.Begin()
		for range n {
			volunteer(t, b, "hr", uuid.NewString(), false)
		}
		ok(t, b.Commit())
		var ids []uuid.UUID
		for id := range v.Volunteers() {
			if len(ids) > 0 && bytes.Compare(ids[len(ids)-1][:], id[:]) >= 0 {
				t.Fatal("not by id")
			}
			ids = append(ids, id)
		}
		want := 0
		ok(t, v.view(func(tx *bolt.Tx) error { want = tx.Bucket(namesBucket).Stats().KeyN; return nil }))
		if len(ids) != want {
			t.Errorf("%d of %d", len(ids), want)
		}
	}
	n := 0
	for id := range v.Volunteers() {
		if n++; n == 3 {
			break
		}
		ok(t, v.Forget(id)) // no lock is held
	}
}

func TestDamage(t *testing.T) {
	path := newPath(t)
	v := open(t, path)
	b := v.Begin()
	amina, karim := volunteer(t, b, "hr", "1", false), volunteer(t, b, "hr", "2", false)
	ok(t, b.SetName(amina, "Amina Benali"))
	ok(t, b.SetName(karim, "Karim Idrissi"))
	sa, sk := sealed(t, b, amina, ledger.SealReference, "1"), sealed(t, b, karim, ledger.SealReference, "2")
	ok(t, b.Commit())
	k, err := v.key(amina)
	ok(t, err)
	mac := v.MAC("volunteer", "hr", "1")
	secret := v.secret
	ok(t, v.Close())
	good, err := os.ReadFile(path)
	ok(t, err)

	flip := func(what []byte, by int) {
		t.Helper()
		bad := bytes.Clone(good)
		i := bytes.LastIndex(bad, what)
		if i < 0 {
			t.Fatal("not in the file")
		}
		for ; i >= 0; i = bytes.LastIndex(bad[:i], what) { // freed pages too
			bad[i+by] ^= 4
		}
		ok(t, os.WriteFile(path, bad, 0o600))
	}
	opened := func() *Vault {
		t.Helper()
		v, err := Open(path)
		ok(t, err)
		if err := v.Check(); !errors.Is(err, ErrDamaged) {
			t.Errorf("check: %v", err)
		}
		return v
	}
	for by := range k { // each byte of the key
		flip(k[:], by)
		v := opened()
		reads(t, v, sa, ledger.SealReference, "", ErrDamaged)
		reads(t, v, sk, ledger.SealReference, "2", nil)
		if _, err := v.Begin().Seal(amina, ledger.SealName, "x"); !errors.Is(err, ErrDamaged) {
			t.Errorf("sealed under a damaged key: %v", err)
		}
		if by == 0 {
			ok(t, v.Forget(karim)) // damage is copied, not lost
			reads(t, v, sa, ledger.SealReference, "", ErrDamaged)
		}
		ok(t, v.Close())
	}

	flip(mac[:], 32) // the first byte of the id
	v = opened()
	var damage *DamageError
	if _, _, err := v.Begin().Volunteer("hr", "1"); !errors.As(err, &damage) || !bytes.Equal(damage.Key, mac[:]) {
		t.Errorf("a damaged way to a person: %v", err)
	}
	volunteer(t, v.Begin(), "hr", "2", true)
	ok(t, v.Close())

	flip([]byte("Amina Benali"), 3)
	v = opened()
	if got := maps.Collect(v.Volunteers()); len(got) != 1 || got[karim] != "Karim Idrissi" {
		t.Errorf("volunteers beside a damaged name: %d", len(got))
	}
	if err := v.Begin().SetName(amina, "Amina B."); !errors.Is(err, ErrDamaged) {
		t.Errorf("SetName over a damaged one: %v", err)
	}
	ok(t, v.Close())

	flip(secret[:], 31)
	if _, err := Open(path); !errors.Is(err, ErrDamaged) {
		t.Errorf("a damaged secret: %v", err)
	}
	ok(t, os.WriteFile(path, good, 0o600))
	open(t, path)
}

func TestConcurrently(t *testing.T) {
	v := open(t, newPath(t))
	var commits sync.Mutex // one batch at a time, as a ledger has it
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 12 {
				commits.Lock()
				b := v.Begin()
				id, _, err := b.Volunteer("hr", fmt.Sprintf("%d-%d", g, i))
				if err == nil {
					err = b.SetName(id, "somebody")
				}
				var s events.Sealed
				if err == nil {
					s, err = b.Seal(id, ledger.SealReference, "r")
				}
				if err == nil {
					err = b.Commit()
				}
				commits.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				reads(t, v, s, ledger.SealReference, "r", nil)
				for range v.Volunteers() {
				}
				v.MAC("x", "y")
				if i%4 == 3 {
					if err := v.Forget(id); err != nil {
						t.Error(err)
					}
					reads(t, v, s, ledger.SealReference, "", ledger.ErrForgotten)
				}
			}
		})
	}
	all.Wait()
	if n := len(maps.Collect(v.Volunteers())); n != 8*9 {
		t.Errorf("%d volunteers", n)
	}
}

// Errors MUST NOT tell what the vault is there to hide.
func TestErrorsAreSilent(t *testing.T) {
	v := open(t, newPath(t))
	b := v.Begin()
	for _, err := range []error{
		b.SetName(uuid.New(), "Amina"),
		func() error { _, _, err := b.Volunteer("Amina", "-'- "); return err }(),
		func() error { _, err := b.Seal(uuid.New(), "Amina", "Amina"); return err }(),
		func() error { _, err := b.Seal(uuid.New(), ledger.SealNote, "Amina\xff"); return err }(),
		func() error { _, err := v.Open(bytes.Repeat([]byte("Amina"), 30), "Amina"); return err }(),
	} {
		if err == nil || bytes.Contains([]byte(err.Error()), []byte("Amina")) {
			t.Errorf("%v", err)
		}
	}
}
