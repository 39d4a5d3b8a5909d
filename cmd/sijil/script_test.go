package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/rogpeppe/go-internal/testscript"

	"sijil/ledger"
)

// TestMain lets scripts run this test binary as sijil, and as sijil-killed, whose process is killed
// in the middle of recording an import.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sijil": main, "sijil-killed": killed})
}

// killed is sijil until an import has recorded its first rows.
func killed() {
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	a.onRows = func(what string, _ int64) {
		if what == "recording" {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {} // until it is
		}
	}
	os.Exit(a.main(os.Args[1:]))
}

// TestScripts runs testdata/script: what a person types, and what must come of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			personnel, err := filepath.Abs("../../ledger/intake/testdata")
			e.Setenv("PERSONNEL", personnel)
			e.Setenv("TZ", "UTC")
			e.Setenv("AUDITS", audits(t))
			return err
		},
		Condition: func(cond string) (bool, error) {
			if cond == "audits" {
				return audits(t) != "", nil
			}
			return false, fmt.Errorf("there is no condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			// setmatch NAME REGEXP: a variable of what stdout says.
			"setmatch": setMatch,
			// audits FILE CATALOGUE: the real file, and a catalogue of its countries.
			"audits": copyAudits,
			// until REGEXP COMMAND…: the command again and again until its output matches.
			"until": until,
			// rows FILE N: a file of N people who gave half a day each.
			"rows": writeRows,
			// exits CODE COMMAND…: a command that ends with an exit code.
			"exits": exits,
		},
	})
}

// setMatch NAME REGEXP sets a variable to what the first group of REGEXP matches in stdout.
func setMatch(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: setmatch NAME REGEXP")
	}
	m := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(m) != 2 {
		ts.Fatalf("stdout has no match for %s", args[1])
	}
	ts.Setenv(args[0], m[1])
}

// until runs a command up to 200 times; each waits for the ledger, so no time is slept away.
func until(ts *testscript.TestScript, _ bool, args []string) {
	re := regexp.MustCompile(args[0])
	for range 200 {
		if err := ts.Exec(args[1], args[2:]...); err == nil && re.MatchString(ts.ReadFile("stdout")) {
			return
		}
	}
	ts.Fatalf("%s never printed %s", strings.Join(args[1:], " "), args[0])
}

// writeRows writes a file in which N people give half a day each to one initiative.
func writeRows(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	var b strings.Builder
	b.WriteString("id,date,volunteer,initiative,type,place,quantity,unit,basis\n")
	for i := range n {
		fmt.Fprintf(&b, "A-%d,2019-11-23,M%d,quinoa,AGR-CRP,MA-YUS,0.5,days,own_time\n", i+1, i+1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// exits CODE COMMAND ARGS… runs a command that ends with an exit code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%s: %v", args[1], err)
		}
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, not %s", code, args[0])
	}
}

const auditsFile = "../../../shared/data/brand-audits.csv"

// audits is the path of the real volunteers per country and year, "" where it is not there.
func audits(t *testing.T) string {
	path, err := filepath.Abs(auditsFile)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Logf("NOT TESTED on real input: brand-audits.csv is kept outside the project, in shared/data beside it, and is not there: %v", err)
		return ""
	}
	return path
}

// copyAudits writes the real file and a catalogue with a place for each of its countries.
func copyAudits(ts *testscript.TestScript, _ bool, args []string) {
	b, err := os.ReadFile(ts.Getenv("AUDITS"))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	ts.Check(err)
	catalogue := ledger.Catalogue{Types: []ledger.TypeNode{{Code: "PRX"}, {Code: "PRX-ACT", Parent: "PRX"}}}
	seen := map[string]bool{}
	for _, row := range rows[1:] {
		if folded := ledger.Fold(row[0]); !seen[folded] {
			seen[folded] = true
			code := strings.Trim(regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(row[0], "-"), "-")
			catalogue.Places = append(catalogue.Places, ledger.PlaceNode{Code: code, Kind: "country", Names: map[string]string{"en": row[0]}})
		}
	}
	b, err = json.Marshal(catalogue)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b, 0o600))
}
