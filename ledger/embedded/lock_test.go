package embedded_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sijil/ledger/embedded"
	"sijil/ledger/ledgertest"
)

// holdEnv names the folder that a copy of this test binary holds until it is killed.
const holdEnv = "SIJIL_TEST_HOLD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(holdEnv); dir != "" {
		hold(dir)
	}
	os.Exit(m.Run())
}

func hold(dir string) {
	_, err := embedded.Start(context.Background(), embedded.Config{Dir: dir, Programme: ledgertest.Programme})
	var locked *embedded.LockedError
	switch {
	case errors.As(err, &locked):
		fmt.Println("locked by", locked.PID)
		os.Exit(0)
	case err != nil:
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin) // until killed
}

// another starts another process on a folder, and returns its first line.
func another(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), holdEnv+"="+dir)
	cmd.Stderr = os.Stderr
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

func TestLock(t *testing.T) {
	dir := t.TempDir()
	release, err := embedded.Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, try := range []func() error{
		func() error { _, err := embedded.Lock(dir); return err },
		func() error {
			_, err := embedded.Start(t.Context(), embedded.Config{Dir: dir, Programme: ledgertest.Programme})
			return err
		},
	} {
		var locked *embedded.LockedError
		if err := try(); !errors.Is(err, embedded.ErrLocked) || !errors.As(err, &locked) || locked.PID != os.Getpid() {
			t.Errorf("%v, want ErrLocked by process %d", err, os.Getpid())
		}
	}
	cmd, says := another(t, dir)
	if err := cmd.Wait(); err != nil || says != fmt.Sprint("locked by ", os.Getpid()) {
		t.Errorf("another process: %q, %v", says, err)
	}
	// Who holds the lock may start the server under it.
	closeServer(t, start(t, embedded.Config{Dir: dir, NoListen: true, Locked: true}))
	if _, err := embedded.Lock(dir); !errors.Is(err, embedded.ErrLocked) {
		t.Errorf("closing a server under the caller's lock gives it back: %v", err)
	}
	release()
	closeServer(t, start(t, embedded.Config{Dir: dir, NoListen: true}))
	if release, err = embedded.Lock(dir); err != nil {
		t.Errorf("closing a server does not give the lock back: %v", err)
	} else {
		release()
	}
}

func TestLockOfAKilledProcess(t *testing.T) {
	dir := t.TempDir()
	cmd, says := another(t, dir)
	if says != "held" {
		t.Fatalf("the other process says %q", says)
	}
	var locked *embedded.LockedError
	if _, err := embedded.Lock(dir); !errors.As(err, &locked) || locked.PID != cmd.Process.Pid {
		t.Errorf("%v, want locked by process %d", err, cmd.Process.Pid)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if c, err := embedded.ReadCredentials(dir); err != nil || c.PID != cmd.Process.Pid {
		t.Errorf("left behind: %v, %v", c, err)
	}
	start(t, embedded.Config{Dir: dir, NoListen: true})
}
