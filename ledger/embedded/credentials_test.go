package embedded_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"sijil/ledger/embedded"
	"sijil/ledger/ledgertest"
)

func TestCredentials(t *testing.T) {
	dir := t.TempDir()
	srv := start(t, embedded.Config{Dir: dir})
	entries := ledgertest.Chain(20)
	ledgertest.Fill(t, open(t, srv), entries)

	file := filepath.Join(dir, "server.json")
	for path, want := range map[string]fs.FileMode{file: 0o600, filepath.Join(dir, "jetstream"): 0o700} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %v", path, st.Mode(), err, want)
		}
	}
	if left, _ := filepath.Glob(file + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}

	c, err := embedded.ReadCredentials(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(c.URL, "nats://127.0.0.1:") || c.Programme != ledgertest.Programme || c.Actor != srv.Actor() || c.PID != os.Getpid() {
		t.Errorf("credentials %v, actor %q, pid %d", c, c.Actor, c.PID)
	}
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v", c, c, c)} {
		for user, password := range c.Users {
			if strings.Contains(s, password) {
				t.Errorf("the password of %s is printed: %s", user, s)
			}
		}
	}
	for _, user := range []string{embedded.Ledger, embedded.Projector, embedded.Client} {
		nc, err := c.Connect(user)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		verify(t, openAs(t, nc, user), entries[19].Checkpoint)
	}
	if _, err := c.Connect("root"); err == nil {
		t.Error("connects as a user that is none")
	}
	if _, err := srv.Connect("root"); err == nil {
		t.Error("connects in process as a user that is none")
	}
	c.Users[embedded.Client] = "guess"
	if _, err := c.Connect(embedded.Client); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("connects with a wrong password: %v", err)
	}

	closeServer(t, srv)
	if _, err := embedded.ReadCredentials(dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("after close: %v, want ErrNotRunning", err)
	}
}

// What a killed server left behind does not outlive the next start.
func TestStaleCredentials(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "server.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := embedded.ReadCredentials(dir); err == nil || errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("half a file: %v", err)
	}
	start(t, embedded.Config{Dir: dir, NoListen: true})
	if _, err := embedded.ReadCredentials(dir); !errors.Is(err, embedded.ErrNotRunning) {
		t.Errorf("without a listener: %v, want ErrNotRunning", err)
	}
}
