package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
)

// programmeCommand shows and revises the programme's rules.
func (a *app) programmeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "programme",
		Short: "Show and revise the programme's rules",
		Long: `The rules say what the programme counts, and how. A limit is soft: exceeding it is a warning that
somebody has to accept; 0 means that there is no such limit. Minutes that were recorded stay; how many
make a day applies to all of them from then on.`,
		Example: `  sijil programme
  sijil programme revise --minutes-per-day 420 --reason "seven hours since the new agreement"
  sijil programme revise --limit-hours 10 --reason "decided by the committee on 3 March"`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command programme %q; there is revise", args[0])
			}
			return a.with(c.Context(), func(s *node.Session) error { return a.printRules(c.Context(), s) })
		},
	}
	var r events.Rules
	var since, counts, reason string
	revise := &cobra.Command{
		Use: "revise --reason REASON", Short: "Revise the rules; what is not given stays", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if reason == "" {
				return usage("--reason is needed")
			}
			return a.with(c.Context(), func(s *node.Session) error {
				books, err := s.Client.Books(c.Context(), uuid.Nil)
				if err != nil {
					return err
				}
				rules := books.Rules
				for flag, set := range map[string]func(){
					"since":           func() { rules.Since = events.Date(since) },
					"counts":          func() { rules.Counts = events.Counts(counts) },
					"timezone":        func() { rules.Timezone = r.Timezone },
					"minutes-per-day": func() { rules.MinutesPerDay = r.MinutesPerDay },
					"name":            func() { rules.Names = r.Names },
					"limit-hours":     func() { rules.Limits.HoursPerDay = r.Limits.HoursPerDay },
					"limit-days":      func() { rules.Limits.DaysPerContribution = r.Limits.DaysPerContribution },
					"limit-median":    func() { rules.Limits.MedianFactor = r.Limits.MedianFactor },
				} {
					if c.Flags().Changed(flag) {
						set()
					}
				}
				out, err := submit(c.Context(), s, request("", ledger.ReviseProgramme{Rules: rules, Reason: reason}))
				if err != nil {
					return err
				}
				fmt.Fprintf(a.stdout, "Revised at @%d.\n", out.Last)
				return nil
			})
		},
	}
	f := revise.Flags()
	f.StringVar(&reason, "reason", "", "why")
	f.StringVar(&since, "since", "", "when the programme began")
	f.StringVar(&counts, "counts", "", "which contributions count: recorded, or approved by somebody else")
	f.StringVar(&r.Timezone, "timezone", "", "where its dates are local")
	f.Int64Var(&r.MinutesPerDay, "minutes-per-day", 0, "how many minutes make a volunteer day")
	f.StringToStringVar(&r.Names, "name", nil, "its name for people, by language: ar=…,fr=…,en=…")
	f.Int64Var(&r.Limits.HoursPerDay, "limit-hours", 0, "hours of one person on one day")
	f.Int64Var(&r.Limits.DaysPerContribution, "limit-days", 0, "volunteer days of one person in one contribution")
	f.Int64Var(&r.Limits.MedianFactor, "limit-median", 0, "times the median of its initiative")
	c.AddCommand(revise)
	return c
}

func (a *app) printRules(ctx context.Context, s *node.Session) error {
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return err
	}
	r := books.Rules
	fmt.Fprintf(a.stdout, "programme        %s\nledger           %s\n", books.Programme, books.Ledger)
	for _, lang := range []string{"ar", "fr", "en"} {
		if r.Names[lang] != "" {
			fmt.Fprintf(a.stdout, "name (%s)        %s\n", lang, r.Names[lang])
		}
	}
	fmt.Fprintf(a.stdout, "since            %s\ntime zone        %s\nminutes per day  %d\ncounts           %s\n", r.Since, r.Timezone, r.MinutesPerDay, r.Counts)
	fmt.Fprintf(a.stdout, "limits           %d hours a day, %d days a contribution, %d times the median (0: none)\n",
		r.Limits.HoursPerDay, r.Limits.DaysPerContribution, r.Limits.MedianFactor)
	fmt.Fprintf(a.stdout, "as of            @%d\n", books.Position)
	return nil
}
