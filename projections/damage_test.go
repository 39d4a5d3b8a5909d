package projections_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"sijil/projections"
)

// damaged is a model's file, closed, at @40 of chained.
func damaged(t *testing.T) string {
	t.Helper()
	m := open(t, tally{})
	must(t, projections.Run(t.Context(), chained, 40, m), m.Close())
	return m.Path()
}

// inFile changes a file of rows behind the model's back: what change returns is stored at key, without
// a new checksum; nil deletes it.
func inFile(t *testing.T, file, bucket, key string, change func(stored []byte) []byte) {
	t.Helper()
	db, err := bolt.Open(file, 0o600, &bolt.Options{Timeout: time.Second, NoSync: true})
	must(t, err)
	must(t, db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		stored := bytes.Clone(b.Get([]byte(key)))
		if stored == nil {
			t.Fatalf("no %q in the bucket %s", key, bucket)
		}
		if stored = change(stored); stored == nil {
			return b.Delete([]byte(key))
		}
		return b.Put([]byte(key), stored)
	}), db.Close())
}

// damagedKey is a row that further entries change.
const damagedKey = "kcontribution.recorded"

// However a stored value is changed, it is recognised: by Get, by Scan, by a question, by a fold; and
// the rest goes on.
func TestDamagedRow(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"one bit of the value":    func(b []byte) []byte { b[rand.IntN(8)] ^= 1 << rand.IntN(8); return b },
		"one bit of the checksum": func(b []byte) []byte { b[8+rand.IntN(4)] ^= 1 << rand.IntN(8); return b },
		"cut":                     func(b []byte) []byte { return b[:len(b)-1] },
		"shorter than a checksum": func(b []byte) []byte { return b[:3] },
		"empty":                   func([]byte) []byte { return []byte{} },
		"longer":                  func(b []byte) []byte { return append(b, 0) },
		"all zero":                func(b []byte) []byte { return make([]byte, len(b)) },
	} {
		t.Run(name, func(t *testing.T) {
			file := damaged(t)
			inFile(t, file, "rows", damagedKey, change)
			damagedAt(t, file, damagedKey)
		})
	}
}

// A row that holds the value of another is recognised: the checksum is of the key too.
func TestDamagedSwap(t *testing.T) {
	file := damaged(t)
	var other []byte
	inFile(t, file, "rows", "kprogramme.founded", func(b []byte) []byte {
		other = bytes.Clone(b)
		return b
	})
	inFile(t, file, "rows", damagedKey, func([]byte) []byte { return other })
	damagedAt(t, file, damagedKey)
}

func damagedAt(t *testing.T, file, key string) {
	t.Helper()
	m, sound := openFile(t, file, tally{}), open(t, tally{})
	must(t, projections.Run(t.Context(), chained, 40, m))
	check := func(how string, err error) {
		t.Helper()
		var damage *projections.DamageError
		if !errors.Is(err, projections.ErrDamaged) || !errors.As(err, &damage) || string(damage.Key) != key || damage.File != file {
			t.Errorf("%s: %v", how, err)
		}
	}
	check("Get", m.View(func(v projections.View) error {
		t.Errorf("Get: %x", v.Get([]byte(key)))
		return nil
	}))
	check("Scan", m.View(func(v projections.View) error {
		for range v.Scan(nil) {
		}
		t.Error("Scan: came to its end")
		return nil
	}))
	must(t, m.View(func(v projections.View) error { // what is not damaged is answered
		if len(v.Get([]byte("last"))) != 8 {
			t.Error("another row is not there")
		}
		return nil
	}))
	_, err := projections.Ask(t.Context(), m, chained, projections.When{}, whole{})
	check("Ask", err)
	check("Fold", m.Fold(chained.Entries[40:]))
	m.Reset()
	check("Run", projections.Run(t.Context(), chained, 60, m, sound))
	if s := m.State(); s.Halted == nil || s.Checkpoint.Position < 40 || s.Checkpoint.Position == 60 {
		t.Errorf("the damaged model is at @%d, halted: %v", s.Checkpoint.Position, s.Halted)
	}
	is(t, sound, chained, 60)
}

// A checkpoint or name that is not what was written is noticed at Open; a file whose checkpoint is
// gone is not folded over again.
func TestDamagedMeta(t *testing.T) {
	file := damaged(t)
	whole, err := os.ReadFile(file)
	must(t, err)
	for _, key := range []string{"checkpoint", "projection"} {
		var size int
		inFile(t, file, "meta", key, func(b []byte) []byte { size = len(b); return b })
		for i := range size {
			must(t, os.WriteFile(file, whole, 0o600))
			inFile(t, file, "meta", key, func(b []byte) []byte { b[i] ^= 1 << rand.IntN(8); return b })
			unopened(t, file, key)
		}
		must(t, os.WriteFile(file, whole, 0o600))
		inFile(t, file, "meta", key, func([]byte) []byte { return []byte{} })
		unopened(t, file, key)
		must(t, os.WriteFile(file, whole, 0o600))
		inFile(t, file, "meta", key, func([]byte) []byte { return nil })
		unopened(t, file, key)
	}
	must(t, os.WriteFile(file, whole, 0o600))
	m := openFile(t, file, tally{})
	must(t, projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}

func unopened(t *testing.T, file, key string) {
	t.Helper()
	m, err := projections.Open(file, tally{}, projections.Options{NoSync: true})
	if err == nil {
		_ = m.Close()
		t.Fatalf("%s: opened at %v", key, m.State().Checkpoint)
	}
	var damage *projections.DamageError
	if !errors.Is(err, projections.ErrDamaged) || !errors.As(err, &damage) || string(damage.Key) != key || !strings.Contains(err.Error(), file) {
		t.Errorf("%s: %v", key, err)
	}
}

// What is no file of rows is not opened, and stays as it is.
func TestOpenSomethingElse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows")
	text := bytes.Repeat([]byte("not rows at all\n"), 1000)
	must(t, os.WriteFile(file, text, 0o600))
	if _, err := projections.Open(file, tally{}, projections.Options{}); err == nil {
		t.Error("opened")
	}
	if now, err := os.ReadFile(file); err != nil || !bytes.Equal(now, text) {
		t.Errorf("changed it: %v", err)
	}
}
