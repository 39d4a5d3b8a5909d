package projections_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sijil/projections"
)

// A file belongs to one Model of one process: another Open fails, and says why.
func TestOpenInUse(t *testing.T) {
	t.Parallel()
	m := open(t, tally{})
	must(t, m.Fold(chained.Entries), m.Flush())
	inUse(t, m.Path())
	must(t, projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}

// So it is when another process has it, until that one ends.
func TestOpenInUseByProcess(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rows")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SIJIL_TEST_HOLD="+file)
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	must(t, err1, err2, cmd.Start())
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "open\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	inUse(t, file)
	must(t, stdin.Close(), cmd.Wait())
	m := openFile(t, file, tally{})
	must(t, projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}

func inUse(t *testing.T, file string) {
	t.Helper()
	m, err := projections.Open(file, tally{}, projections.Options{})
	if err == nil {
		_ = m.Close()
		t.Fatal("opened twice")
	}
	for _, part := range []string{"tally.v1", file, "in use by another process"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("does not say %q: %v", part, err)
		}
	}
}

// holdUntilClosed opens a file, says so, and keeps it until standard input ends.
func holdUntilClosed(file string) error {
	m, err := projections.Open(file, tally{}, projections.Options{})
	if err != nil {
		return err
	}
	if _, err := os.Stdout.WriteString("open\n"); err != nil {
		return err
	}
	for in := bufio.NewReader(os.Stdin); err == nil; {
		_, err = in.ReadByte()
	}
	return m.Close()
}

type renamed struct{ tally }

func (renamed) Name() string { return "tally.v2" }

// Rows of one projection, or version of it, are not taken for those of another.
func TestOpenAnotherProjection(t *testing.T) {
	m := open(t, tally{})
	must(t, m.Fold(chained.Entries), m.Flush(), m.Close())
	_, err := projections.Open(m.Path(), renamed{}, projections.Options{})
	if err == nil {
		t.Fatal("opened")
	}
	for _, part := range []string{"tally.v1", "tally.v2", m.Path()} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("does not say %q: %v", part, err)
		}
	}
	m = openFile(t, m.Path(), tally{}) // and it is let go
	must(t, projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}

// Open makes the folders that are missing, and closing again loses what was not flushed, no more.
func TestOpenAgain(t *testing.T) {
	m := openFile(t, filepath.Join(t.TempDir(), "a", "b", "rows"), tally{})
	must(t, m.Fold(chained.Entries[:20]), m.Flush(), m.Fold(chained.Entries[20:30]))
	m = reopen(t, m)
	if at := m.State().Checkpoint; at != chained.Entries[19].Checkpoint {
		t.Errorf("at %v", at)
	}
	must(t, projections.CatchUp(t.Context(), chained, m))
	is(t, m, chained, 60)
}
