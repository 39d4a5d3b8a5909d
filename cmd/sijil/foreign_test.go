package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"sijil/cmd/internal/node"
	"sijil/ledger/embedded"
)

// run is one command line on a folder, and what it printed.
func run(t *testing.T, dir string, args ...string) (code int, out string) {
	t.Helper()
	var b bytes.Buffer
	code = Main(append(args, "--data", dir), nil, &b, &b)
	return code, b.String()
}

// Somebody with the ledger's credentials publishes what is not an event: readers halt, doctor says
// where and what to do, a note passes exactly it, and what is folded equals a fold from nothing.
func TestP4ForeignMessage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	catalogue := filepath.Join("testdata", "small.json")
	want := func(code int, has ...string) func(int, string) {
		return func(got int, out string) {
			t.Helper()
			if got != code {
				t.Fatalf("exit code %d, want %d: %s", got, code, out)
			}
			for _, s := range has {
				if !strings.Contains(out, s) {
					t.Fatalf("not said: %q, but\n%s", s, out)
				}
			}
		}
	}
	want(0)(run(t, dir, "init", "--programme", "green", "--catalogue", catalogue))
	record := []string{"record", "--initiative", "garden", "--type", "T", "--place", "A", "--headcount", "3", "--date", "2019", "--new"}
	want(0)(run(t, dir, record...))

	n, err := node.Start(t.Context(), node.Config{Data: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	}()
	intruder, err := n.Server.Connect(embedded.Ledger)
	if err != nil {
		t.Fatal(err)
	}
	defer intruder.Close()
	if _, err := intruder.RequestWithContext(t.Context(), "sijil.green.contribution.recorded", []byte("garbage")); err != nil {
		t.Fatal(err)
	}

	want(1, "@7")(run(t, dir, record...))
	want(1, "halted", "@7")(run(t, dir, "totals"))
	want(1, "WRONG", "totals.v1 halted at @6", "sijil doctor --note-foreign 7")(run(t, dir, "doctor"))
	want(1, "@7")(run(t, dir, "verify"))
	want(1, "not before @5")(run(t, dir, "doctor", "--note-foreign", "5", "--reason", "it looks odd"))

	want(0, "readers pass @7")(run(t, dir, "doctor", "--note-foreign", "7", "--reason", "a test message of the 24th"))
	want(0, "Recorded at @9")(run(t, dir, record...))
	want(0, "as of @9")(run(t, dir, "totals"))
	want(0, "1 messages that the ledger did not write are passed by notes: @7", "totals.v1  equals a fold of the log")(run(t, dir, "verify"))
	want(0, "foreign message of 7 bytes")(run(t, dir, "events"))
}
