package projections_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"sijil/projections"
	"sijil/projections/projectiontest"
)

// The test binary is also the process that is killed, and the one that holds a file.
func TestMain(m *testing.M) {
	for variable, do := range map[string]func(string) error{
		"SIJIL_TEST_FOLD": foldUntilKilled,
		"SIJIL_TEST_HOLD": holdUntilClosed,
	} {
		if file := os.Getenv(variable); file != "" {
			if err := do(file); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			return
		}
	}
	os.Exit(m.Run())
}

// crashLog is what the process that is killed folds.
var crashLog = sync.OnceValue(func() projectiontest.History { return projectiontest.Random(7, 3_000, projectiontest.Large) })

// foldUntilKilled folds crashLog into a file, and says on standard output how far it can be seen.
func foldUntilKilled(file string) error {
	m, err := projections.Open(file, tally{}, projections.Options{Cache: 100})
	if err != nil {
		return err
	}
	fmt.Println(m.State().Checkpoint.Position)
	log := of(crashLog())
	log.sizes = func() int { return 1 + rand.IntN(80) }
	if err := projections.Run(context.Background(), watched{log, m}, uint64(len(crashLog().Entries)), m); err != nil {
		return err
	}
	return m.Close()
}

// A watched log waits, after some of its batches, until a model shows them, and says so.
type watched struct {
	*logged
	m *projections.Model
}

// Read implements [projections.Source].
func (w watched) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		for batch, err := range w.logged.Read(ctx, after, to) {
			if !yield(batch, err) {
				return
			}
			if err != nil || to == after+1 || rand.IntN(3) == 0 {
				continue
			}
			last := batch[len(batch)-1].Position
			if w.m.Wait(ctx, last) != nil {
				return
			}
			fmt.Println(last)
		}
	}
}

// Whenever the process is killed, the file is the fold of a prefix that has at least what could be
// seen, and folding goes on from there.
func TestP3Killed(t *testing.T) {
	rounds := 10
	if os.Getenv("SIJIL_LONG") != "" {
		rounds = 300
	}
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("SIJIL_SEED"); s != "" {
		var err error
		seed, err = strconv.ParseUint(s, 10, 64)
		must(t, err)
	}
	t.Logf("SIJIL_SEED=%d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	end := uint64(len(crashLog().Entries))
	file, n := filepath.Join(t.TempDir(), "rows"), 0
	var killed, within int
	for range rounds {
		seen := killAfter(t, file, 1+dice.IntN(25))
		m := openFile(t, file, tally{})
		at := m.Rows().Checkpoint().Position
		if at < seen {
			t.Fatalf("the file is at @%d, and @%d could be seen before the kill", at, seen)
		}
		if got, want := answerTo(m.Rows()), answerOf(t, crashLog().Prefix(at)); got != want {
			t.Fatalf("the file at %v is not the fold of a prefix", got.At)
		}
		if at > 0 && at < end {
			within++
		}
		killed++
		must(t, m.Close())
		if at == end { // the next begins anew
			n++
			file = filepath.Join(t.TempDir(), fmt.Sprint("rows", n))
		}
	}
	t.Logf("%d kills, %d of them on the way", killed, within)
	if within == 0 {
		t.Error("no kill came on the way: let the process that is killed fold more")
	}
	m := openFile(t, file, tally{})
	must(t, projections.CatchUp(t.Context(), crashLog(), m))
	is(t, m, crashLog(), end)
}

func answerTo(v projections.View) answer {
	a, _ := whole{}.Answer(v)
	return a
}

// killAfter folds into file in another process, kills it when it has said so many lines, and returns
// the last position that it said.
func killAfter(t *testing.T, file string, lines int) (seen uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "SIJIL_TEST_FOLD="+file)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	for r := bufio.NewScanner(out); r.Scan(); lines-- {
		if seen, err = strconv.ParseUint(r.Text(), 10, 64); err != nil {
			t.Fatal(err)
		}
		if lines == 1 {
			must(t, cmd.Process.Kill())
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && (!errors.As(err, &exit) || exit.Exited()) {
		t.Fatalf("the process that folds: %v\n%s", err, stderr.String())
	}
	return seen
}

// Where a commit fails, the model is as it was, and goes on once there is room.
func TestP3DiskFull(t *testing.T) {
	h := projectiontest.Random(3, 3000, projectiontest.Large)
	m := open(t, tally{})
	must(t, m.Fold(h.Entries[:50]), m.Flush())
	must(t, projections.CatchUp(t.Context(), h.Prefix(50), m)) // verified: it answers

	projections.SetMaxSize(m, 1)
	must(t, m.Fold(h.Entries[50:]))
	if err := m.Flush(); err == nil {
		t.Fatal("flushed into a file that cannot grow")
	} else if !strings.HasPrefix(err.Error(), "projection tally.v1: ") {
		t.Errorf("does not say which projection: %v", err)
	}
	is(t, m, h, 50)
	if got := answerTo(m.Rows()); got != answerOf(t, h.Prefix(50)) || m.Pending() != 0 {
		t.Errorf("rows in memory are at %v, %d pending", got.At, m.Pending())
	}

	// Run halts the model whose file is full, and the other goes on.
	other := open(t, tally{})
	err := projections.Run(t.Context(), h, 3000, m, other)
	var halt *projections.HaltError
	if !errors.As(err, &halt) || halt.After.Position != 50 || m.State().Halted == nil {
		t.Fatalf("with a full file: %v", err)
	}
	is(t, m, h, 50)
	is(t, other, h, 3000)

	projections.SetMaxSize(m, 0)
	must(t, projections.Run(t.Context(), h, 3000, m))
	is(t, m, h, 3000)
	m = reopen(t, m)
	must(t, projections.CatchUp(t.Context(), h, m))
	is(t, m, h, 3000)
}

// A model whose file is closed under it says so, and keeps its place.
func TestP3FileClosed(t *testing.T) {
	h := projectiontest.Random(3, 60, projectiontest.Small)
	m := open(t, tally{})
	must(t, projections.Run(t.Context(), h, 30, m), m.Fold(h.Entries[30:]), m.Close())
	if err := m.Flush(); err == nil {
		t.Error("committed into a closed file")
	}
	if err := m.View(func(projections.View) error { return nil }); err == nil {
		t.Error("answered from a closed file")
	}
	if at := m.State().Checkpoint.Position; at != 30 || m.Pending() != 0 {
		t.Errorf("at @%d with %d pending after a commit that failed", at, m.Pending())
	}
}
