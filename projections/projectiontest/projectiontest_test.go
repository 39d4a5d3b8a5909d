package projectiontest

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections"
)

// counter counts entries by kind: the least a projection can do.
type counter struct{}

func (counter) Name() string { return "counter.v1" }

func (counter) Fold(rows *projections.Rows, e events.Entry) error {
	key := []byte(e.Event.Kind().Name())
	n := uint64(1)
	if b := rows.Get(key); b != nil {
		n += binary.BigEndian.Uint64(b)
	}
	rows.Put(key, binary.BigEndian.AppendUint64(nil, n))
	return nil
}

func TestKit(t *testing.T) { Kit(t, counter{}, Histories(60)) }

// Every history decodes, and follows from beginning to end.
func TestHistories(t *testing.T) {
	histories := Histories(80)
	kinds := map[string]int{}
	Check(t, 150, func(t *rapid.T) {
		var at events.Checkpoint
		h := histories.Draw(t, "history")
		for batch, err := range projections.Follow(t.Context(), h, at, uint64(len(h.Entries))) {
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range batch {
				if err := at.Follow(e); err != nil {
					t.Fatal(err)
				}
				kinds[e.Event.Kind().Name()]++
			}
		}
		if at != h.Entries[len(h.Entries)-1].Checkpoint {
			t.Fatalf("ends at %v", at)
		}
	})
	for _, kind := range events.Kinds() {
		if kinds[kind] == 0 && kind != "foreign.noted" {
			t.Errorf("no history has a %s: teach the writer that kind", kind)
		}
	}
}

// Random is the same for the same seed, and not for another.
func TestRandom(t *testing.T) {
	a, b, c := Random(1, 500, Large), Random(1, 500, Large), Random(2, 500, Large)
	last := len(a.Entries) - 1
	if len(a.Entries) != 500 || a.Entries[last].Hash != b.Entries[last].Hash || a.Entries[last].Hash == c.Entries[last].Hash {
		t.Fatal("a history does not depend on its seed, or not only")
	}
}

// A reader that follows a log shows all that the log has, however many messages come at once.
func TestFollowing(t *testing.T) {
	for _, n := range []int{1, 255, 256, 257, 512, 1000, 1256, 3000} {
		h := Random(3, n, Large)
		m, err := projections.Open(filepath.Join(t.TempDir(), "counter"), counter{}, projections.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- projections.Run(ctx, h, 0, m) }()
		patience, enough := context.WithTimeout(ctx, 20*time.Second)
		if err := m.Wait(patience, uint64(n)); err != nil {
			t.Errorf("%d messages: %v", n, err)
		}
		enough()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}
}
