package main

import (
	"io"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every verb says what it does, and shows it: examples begin with the verb, and use flags it has.
func TestHelp(t *testing.T) {
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	for _, c := range a.root().Commands() {
		if c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		if c.Short == "" || c.Example == "" && c.Name() != "version" {
			t.Errorf("%s: without a short description, or an example", c.CommandPath())
		}
		for _, below := range c.Commands() {
			if below.Short == "" {
				t.Errorf("%s: without a short description", below.CommandPath())
			}
		}
		example := strings.ReplaceAll(c.Example, "\\\n", " ")
		for line := range strings.Lines(example) {
			line, _, _ = strings.Cut(line, " # ")
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "sijil" || words[1] != c.Name() {
				t.Errorf("%s: the example %q does not begin with it", c.CommandPath(), line)
				continue
			}
			of, _, err := c.Find(words[2:])
			if err != nil {
				of = c
			}
			for _, w := range words {
				if name, _, _ := strings.Cut(strings.TrimPrefix(w, "--"), "="); strings.HasPrefix(w, "--") && !has(of, name) {
					t.Errorf("%s: the example %q has a flag --%s that there is not", of.CommandPath(), line, name)
				}
			}
		}
	}
}

func has(c *cobra.Command, flag string) bool {
	return c.Flags().Lookup(flag) != nil || c.InheritedFlags().Lookup(flag) != nil || c.Root().PersistentFlags().Lookup(flag) != nil
}
