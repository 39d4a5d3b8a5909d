package embedded_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sijil/events"
	"sijil/ledger/embedded"
	"sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
	"sijil/projections"
)

// start starts a server on a folder; it ends with the test at the latest.
func start(t *testing.T, c embedded.Config) *embedded.Server {
	t.Helper()
	c.Programme = ledgertest.Programme
	if c.MinFree == 0 {
		c.MinFree = 1
	}
	srv, err := embedded.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeServer(t, srv) })
	return srv
}

func closeServer(t *testing.T, srv *embedded.Server) {
	t.Helper()
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
}

// open opens or creates the programme's log as the ledger.
func open(t *testing.T, srv *embedded.Server) *jetstream.Log {
	t.Helper()
	nc, err := srv.Connect(embedded.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := embedded.JetStream(nc, embedded.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	log, err := jetstream.Create(patient(t), js, jetstream.Config{Programme: ledgertest.Programme})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// patient is a context that outlasts whatever has to come.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// verify checks that a log verifies from its beginning to a checkpoint, and ends there.
func verify(t *testing.T, log projections.Source, want events.Checkpoint) {
	t.Helper()
	ctx := patient(t)
	end, err := log.End(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var at events.Checkpoint
	for batch, err := range projections.Follow(ctx, log, at, end) {
		if err != nil {
			t.Fatal(err)
		}
		at = batch[len(batch)-1].Checkpoint
	}
	if at != want {
		t.Errorf("the log verifies to %v, want %v", at, want)
	}
}

func TestCloseAndStartAgain(t *testing.T) {
	dir := t.TempDir()
	entries := ledgertest.Chain(1500)
	srv := start(t, embedded.Config{Dir: dir, NoListen: true})
	ledgertest.Fill(t, open(t, srv), entries[:1200])
	closeServer(t, srv)

	srv = start(t, embedded.Config{Dir: dir, NoListen: true})
	log := open(t, srv)
	verify(t, log, entries[1199].Checkpoint)
	ledgertest.Fill(t, log, entries[1200:])
	verify(t, log, entries[1499].Checkpoint)
}

// What was acknowledged is on disk: the store, copied while the server runs on, has it all. Together
// with SyncAlways that is what is left after a loss of power.
func TestP1CopyOfARunningStore(t *testing.T) {
	dir, copied := t.TempDir(), t.TempDir()
	entries := ledgertest.Chain(700)
	log := open(t, start(t, embedded.Config{Dir: dir, NoListen: true}))
	ledgertest.Fill(t, log, entries[:400])
	for i := 400; i < 420; i++ {
		ledgertest.Fill(t, log, entries[i:i+1])
	}
	ledgertest.Fill(t, log, entries[420:])
	if err := copyFolder(filepath.Join(copied, "jetstream"), filepath.Join(dir, "jetstream")); err != nil {
		t.Fatal(err)
	}
	verify(t, open(t, start(t, embedded.Config{Dir: copied, NoListen: true})), entries[699].Checkpoint)
}

// copyFolder copies a folder whose files may come and go.
func copyFolder(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err == nil {
			target := filepath.Join(to, strings.TrimPrefix(path, from))
			if d.IsDir() {
				return os.MkdirAll(target, 0o700)
			}
			var b []byte
			if b, err = os.ReadFile(path); err == nil {
				return os.WriteFile(target, b, 0o600)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	})
}

func TestRestart(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir()})
	before, err := embedded.ReadCredentials(srv.Dir())
	if err != nil {
		t.Fatal(err)
	}
	entries := ledgertest.Chain(30)
	log := open(t, srv)
	ledgertest.Fill(t, log, entries[:10])
	if err := srv.Restart(patient(t)); err != nil {
		t.Fatal(err)
	}
	after, err := embedded.ReadCredentials(srv.Dir())
	if err != nil || after.URL != before.URL || after.Users[embedded.Client] != before.Users[embedded.Client] {
		t.Errorf("credentials changed: %v, %v → %v", err, before, after)
	}
	verify(t, log, entries[9].Checkpoint) // over the same connection, once it is back

	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := srv.Restart(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("restart under an ended context: %v", err)
	}
	if err := srv.Health(t.Context()); !errors.Is(err, embedded.ErrUnhealthy) {
		t.Errorf("health of a stopped server: %v", err)
	}
	if err := srv.Restart(patient(t)); err != nil {
		t.Fatal(err)
	}
	if err := srv.Health(t.Context()); err != nil {
		t.Errorf("health after a restart: %v", err)
	}
	verify(t, log, entries[9].Checkpoint)
	ledgertest.Fill(t, log, entries[10:])
	verify(t, log, entries[29].Checkpoint)
}

func TestHealth(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true})
	open(t, srv)
	if err := srv.Health(t.Context()); err != nil {
		t.Error(err)
	}
	closeServer(t, srv)
	if err := srv.Health(t.Context()); err == nil {
		t.Error("a closed server is healthy")
	}
	if err := srv.Restart(t.Context()); err == nil {
		t.Error("a closed server restarts")
	}
	closeServer(t, srv) // twice is once

	full := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true, MinFree: 1 << 60})
	if err := full.Health(t.Context()); !errors.Is(err, embedded.ErrSpace) || errors.Is(err, embedded.ErrUnhealthy) {
		t.Errorf("health with an exabyte to stay free: %v, want ErrSpace alone", err)
	}
}

func TestStartRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		cfg  embedded.Config
	}{
		{"no folder", embedded.Config{Programme: "p"}},
		{"no programme", embedded.Config{Dir: t.TempDir()}},
		{"a programme of two tokens", embedded.Config{Dir: t.TempDir(), Programme: "a.b"}},
		{"a wildcard", embedded.Config{Dir: t.TempDir(), Programme: "*"}},
		{"an actor of two tokens", embedded.Config{Dir: t.TempDir(), Programme: "p", Actor: "a.>"}},
		{"a file for a folder", embedded.Config{Dir: file, Programme: "p"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if srv, err := embedded.Start(t.Context(), c.cfg); err == nil {
				closeServer(t, srv)
				t.Error("starts")
			}
		})
	}
}

// A server that does not start says why, and gives the folder back.
func TestStartFails(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if srv, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, Programme: "p"}); err == nil {
		closeServer(t, srv)
		t.Fatal("starts on a store that is a file")
	}
	if err := os.Remove(filepath.Join(dir, "jetstream")); err != nil {
		t.Fatal(err)
	}
	start(t, embedded.Config{Dir: dir, NoListen: true})
}

func TestServerLogsGoToTheLogger(t *testing.T) {
	var b bytes.Buffer
	srv := start(t, embedded.Config{
		Dir: t.TempDir(), NoListen: true,
		Logger: slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	open(t, srv)
	closeServer(t, srv)
	if !strings.Contains(b.String(), "level=DEBUG") || strings.Contains(b.String(), "level=WARN") {
		t.Errorf("logged:\n%s", b.String())
	}
}
