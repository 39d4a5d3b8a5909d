package projectiontest

import (
	"flag"
	"os"
	"strconv"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// Check is rapid.Check with so many checks, forty times as many where SIJIL_LONG is set; a number
// given by -rapid.checks or RAPID_CHECKS goes before both. Tests that call it MUST NOT be parallel.
func Check(t *testing.T, checks int, property func(*rapid.T)) {
	t.Helper()
	if os.Getenv("SIJIL_LONG") != "" {
		checks *= 40
	}
	if n := flag.Lookup("rapid.checks"); !given() {
		was := n.Value.String()
		t.Cleanup(func() { _ = n.Value.Set(was) })
		if err := n.Value.Set(strconv.Itoa(checks)); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, property)
}

// given reports whether somebody said how many checks there are to be.
var given = sync.OnceValue(func() bool {
	said := os.Getenv("RAPID_CHECKS") != ""
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	return said
})
