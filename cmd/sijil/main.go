// Command sijil is a participation ledger: it records what volunteers gave as immutable events, and
// answers with totals that can be questioned. See README.md, or sijil help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() { os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// Main runs one command line and returns the exit code: 0 done, 1 failed, 2 not understood.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	return a.main(args)
}

func (a *app) main(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	var quiet quietError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &quiet):
		return 1
	}
	fmt.Fprintln(a.stderr, "sijil:", withChanges(err))
	if h := hintOf(err); h != "" {
		fmt.Fprintln(a.stderr, "hint:", h)
	}
	if isUsage(err) {
		return 2
	}
	return 1
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sijil",
		Short: "A participation ledger for volunteering programmes",
		Long: `sijil (سجل, register) records what volunteers gave as immutable events, and answers
with totals that can be questioned: by region, by type of initiative, by month.

  sijil demo                                            see it at work on generated history
  sijil init --programme green --catalogue morocco      found a ledger in ./sijil-data
  sijil import hours.csv --source hr --map hours.yaml --dry-run
  sijil totals --by region,type`,
		SilenceUsage: true, SilenceErrors: true,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command %q%s", args[0], didYouMean(c, args[0]))
			}
			return c.Help()
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{err, "see " + c.CommandPath() + " --help"}
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().StringVar(&a.data, "data", "sijil-data", "the data folder")
	root.PersistentFlags().BoolVarP(&a.verbose, "verbose", "v", false, "log what happens to standard error")
	root.AddCommand(
		a.initCommand(), a.importCommand(), a.recordCommand(), a.correctCommand(), a.withdrawCommand(), a.initiativeCommand(), a.programmeCommand(),
		a.totalsCommand(), a.eventsCommand(), a.verifyCommand(), a.catalogueCommand(), a.doctorCommand(), a.serveCommand(),
		a.demoCommand(), a.versionCommand(),
	)
	for _, c := range root.Commands() {
		c.Args = named(c)
		for _, below := range c.Commands() {
			below.Args = named(below)
		}
	}
	return root
}

// named makes a wrong number of arguments a usage error that names the command.
func named(c *cobra.Command) cobra.PositionalArgs {
	check := c.Args
	if check == nil {
		check = cobra.NoArgs
		if c.HasSubCommands() {
			check = cobra.ArbitraryArgs
		}
	}
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		err := fmt.Errorf("%s does not take %q", c.CommandPath(), args)
		if len(args) == 0 {
			err = fmt.Errorf("%s needs an argument", c.CommandPath())
		}
		return usageError{err, "usage: " + c.UseLine()}
	}
}

func didYouMean(c *cobra.Command, arg string) string {
	if s := c.SuggestionsFor(arg); len(s) > 0 {
		return "; did you mean " + strings.Join(s, ", ") + "?"
	}
	return "; see sijil help"
}
