package projections

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"sijil/events"
)

var (
	rowsBucket = []byte("rows")
	metaBucket = []byte("meta")
	nameKey    = []byte("projection")
	atKey      = []byte("checkpoint") // ledger 16 bytes, position 8, hash 32
)

// ErrUnverified says that a model was not compared with its log yet, so it does not answer.
var ErrUnverified = errors.New("not yet compared with the log")

// A Model is a Projection's rows in a bbolt file of their own. Entries are folded in memory and
// become visible and durable, rows and checkpoint together, at [Model.Flush].
//
// Fold, Flush and Rows belong to one goroutine; everything else may be called by many.
type Model struct {
	Projection
	path string
	opts Options

	db   *bolt.DB
	base *txView // what rows lie on: a read transaction, open between flushes
	rows *Rows   // folded, not yet flushed

	mu       sync.Mutex
	at       events.Checkpoint // as last flushed
	verified bool
	halted   error
	moved    chan struct{} // closed and replaced whenever one of the three above changes
}

// Options of a Model. The zero value is right for a read model.
type Options struct {
	// NoSync leaves out fsync: after a loss of power the file may be damaged or behind, and is
	// made anew from the log.
	NoSync bool
	// Cache is how many decoded rows are kept between flushes; 0 means 100,000.
	Cache int
}

// Open opens or creates the model's file. The file is locked; a second Open, by any process, fails
// after a second.
func Open(path string, p Projection, o Options) (*Model, error) {
	if o.Cache == 0 {
		o.Cache = 100_000
	}
	m := &Model{Projection: p, path: path, opts: o, moved: make(chan struct{})}
	if err := m.open(); err != nil {
		return nil, fmt.Errorf("projection %s: %s: %w", p.Name(), path, err)
	}
	return m, nil
}

func (m *Model) open() (err error) {
	if err := os.MkdirAll(filepath.Dir(m.path), 0o700); err != nil {
		return err
	}
	m.db, err = bolt.Open(m.path, 0o600, &bolt.Options{
		Timeout: time.Second, NoSync: m.opts.NoSync, NoFreelistSync: true, FreelistType: bolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return fmt.Errorf("in use by another process, or opened twice: %w", err)
	}
	if errors.Is(err, bolterrors.ErrInvalid) || errors.Is(err, bolterrors.ErrChecksum) || errors.Is(err, bolterrors.ErrVersionMismatch) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, m.db.Close())
		}
	}()
	if err := m.db.Update(m.claim); err != nil {
		return err
	}
	if err := m.rebase(); err != nil {
		return err
	}
	m.rows, m.at = On(m.base), m.base.at
	return nil
}

// claim makes a new file m's, and checks that any other is.
func (m *Model) claim(tx *bolt.Tx) (err error) {
	defer recoverDamage(&err)
	rows, err1 := tx.CreateBucketIfNotExists(rowsBucket)
	meta, err2 := tx.CreateBucketIfNotExists(metaBucket)
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	name, at := meta.Get(nameKey), meta.Get(atKey)
	first, _ := rows.Cursor().First()
	switch {
	case name == nil && at == nil && first == nil:
		return meta.Put(nameKey, guarded(nameKey, []byte(m.Name())))
	case name == nil:
		return &DamageError{m.path, nameKey, errMissing}
	case at == nil && first != nil: // else all would be folded onto it once more
		return &DamageError{m.path, atKey, errMissing}
	case string(unguarded(m.path, nameKey, name)) != m.Name():
		return fmt.Errorf("holds projection %q: use a file of its own", unguarded(m.path, nameKey, name))
	}
	return nil
}

// rebase opens the read transaction that rows lie on.
func (m *Model) rebase() (err error) {
	tx, err := m.db.Begin(false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback()) // a transaction left open would keep the file from closing
		}
	}()
	defer recoverDamage(&err)
	m.base = newTxView(m.path, tx)
	if m.rows != nil {
		m.rows.base = m.base
	}
	return nil
}

// Path is the model's file.
func (m *Model) Path() string { return m.path }

// Close closes the file. What was folded and not flushed is lost, which is harmless: the log has it.
func (m *Model) Close() error {
	return errors.Join(m.base.tx.Rollback(), m.db.Close())
}

// Fold folds entries in memory. On error the model MUST be reopened or [Model.Reset].
func (m *Model) Fold(entries []events.Entry) error {
	for _, e := range entries {
		if e.Position <= m.rows.at.Position {
			continue
		}
		if err := m.rows.Fold(m.Projection, e); err != nil {
			return fmt.Errorf("projection %s: %w", m.Name(), err)
		}
	}
	return nil
}

// Rows are the rows with everything folded so far.
func (m *Model) Rows() *Rows { return m.rows }

// Pending is how many entries are folded and not flushed.
func (m *Model) Pending() uint64 { return m.rows.at.Position - m.base.at.Position }

// Reset forgets what was folded and not flushed.
func (m *Model) Reset() { m.rows = On(m.base) }

// Flush commits what was folded, rows and checkpoint in one transaction. After an error the file is
// as it was, and so is the model.
func (m *Model) Flush() (err error) {
	if m.Pending() == 0 {
		return nil
	}
	defer recoverDamage(&err)
	// The file cannot grow while this goroutine holds a read transaction.
	if err := m.base.tx.Rollback(); err != nil {
		m.Reset()
		return fmt.Errorf("projection %s: %w", m.Name(), err)
	}
	err = m.db.Update(func(tx *bolt.Tx) error {
		b := tx.Bucket(rowsBucket)
		for _, k := range m.rows.changed() {
			key, w := []byte(k), m.rows.rows[k]
			var err error
			if w.raw = w.bytes(); w.raw == nil {
				err = b.Delete(key)
			} else {
				err = b.Put(key, guarded(key, w.raw))
			}
			if err != nil {
				return err
			}
		}
		return tx.Bucket(metaBucket).Put(atKey, guarded(atKey, encodeCheckpoint(m.rows.at)))
	})
	if err2 := m.rebase(); err != nil || err2 != nil {
		m.Reset()
		return fmt.Errorf("projection %s: %w", m.Name(), errors.Join(err, err2))
	}
	m.rows.settle(m.opts.Cache)
	m.set(func() { m.at = m.rows.at })
	return nil
}

func (m *Model) set(change func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change()
	close(m.moved)
	m.moved = make(chan struct{})
}

// View runs fn on the rows as last flushed. fn MUST NOT keep the view.
func (m *Model) View(fn func(View) error) (err error) {
	if s := m.State(); !s.Verified {
		return fmt.Errorf("projection %s: %w", m.Name(), errors.Join(ErrUnverified, s.Halted))
	}
	defer recoverDamage(&err)
	return m.db.View(func(tx *bolt.Tx) error { return fn(newTxView(m.path, tx)) })
}

// A State is where a model is.
type State struct {
	Checkpoint events.Checkpoint // as last flushed
	Verified   bool              // compared with the log
	Halted     error             // why it does not go on; nil while it does
}

// State is where m is.
func (m *Model) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return State{m.at, m.verified, m.halted}
}

// Wait blocks until m answers as of position or later, has halted before it (then with its reason),
// or ctx ends (then with [ErrBehind]).
func (m *Model) Wait(ctx context.Context, position uint64) error {
	for {
		m.mu.Lock()
		s, moved := State{m.at, m.verified, m.halted}, m.moved
		m.mu.Unlock()
		switch {
		case s.Verified && s.Checkpoint.Position >= position:
			return nil
		case s.Halted != nil:
			return s.Halted
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return fmt.Errorf("projection %s: %w: at @%d, asked for @%d", m.Name(), ErrBehind, s.Checkpoint.Position, position)
		}
	}
}

// Moved is closed when m has moved on, halted or resumed since the call.
func (m *Model) Moved() <-chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.moved
}

// ErrBehind says that a model did not reach the position asked for in time.
var ErrBehind = errors.New("behind")

// A txView is the rows of a file within one transaction.
type txView struct {
	file string
	tx   *bolt.Tx
	rows *bolt.Bucket
	at   events.Checkpoint
}

func newTxView(file string, tx *bolt.Tx) *txView {
	v := &txView{file: file, tx: tx, rows: tx.Bucket(rowsBucket)}
	if b := tx.Bucket(metaBucket).Get(atKey); b != nil {
		v.at = decodeCheckpoint(unguarded(file, atKey, b))
	}
	return v
}

func (v *txView) Checkpoint() events.Checkpoint { return v.at }

func (v *txView) Get(key []byte) []byte {
	if b := v.rows.Get(key); b != nil {
		return unguarded(v.file, key, b)
	}
	return nil
}

func (v *txView) Scan(prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := v.rows.Cursor()
		for k, b := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, b = c.Next() {
			if !yield(k, unguarded(v.file, k, b)) {
				return
			}
		}
	}
}

func encodeCheckpoint(c events.Checkpoint) []byte {
	b := append([]byte(nil), c.Ledger[:]...)
	b = binary.BigEndian.AppendUint64(b, c.Position)
	return append(b, c.Hash[:]...)
}

func decodeCheckpoint(b []byte) (c events.Checkpoint) {
	if len(b) == 56 {
		copy(c.Ledger[:], b)
		c.Position = binary.BigEndian.Uint64(b[16:])
		copy(c.Hash[:], b[24:])
	}
	return c
}
