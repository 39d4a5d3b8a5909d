package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
)

// correctCommand replaces what a contribution says.
func (a *app) correctCommand() *cobra.Command {
	var set []string
	var evidence []string
	var cmd ledger.Correct
	var id, format string
	var dry bool
	c := &cobra.Command{
		Use:   "correct (ID | --source SYSTEM --ref REF) --set FIELD=VALUE … --reason REASON",
		Short: "Correct one contribution",
		Long: "Correct what a contribution says. What it said before stays in the ledger, with the reason.\n\nFields: " +
			strings.Join(ledger.Fields, ", ") + `. An empty value takes the value away.

A reason is kept in clear, for whoever asks why a figure changed: it must not name a person.`,
		Example: `  sijil correct 018f6e1c-… --set quantity=8 --set unit=hours --reason "days were typed for hours"
  sijil correct --source hr --ref 2019-0412 --set place=MA-REH --reason "wrong site"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if cmd.Target, err = targetOf(args, cmd.Target); err != nil {
				return err
			}
			cmd.Set = map[string]string{}
			for _, kv := range set {
				k, v, ok := strings.Cut(kv, "=")
				if !ok {
					return usage("--set %s: write FIELD=VALUE", kv)
				}
				cmd.Set[k] = v
			}
			if len(cmd.Set) == 0 || cmd.Reason == "" {
				return usage("--set and --reason are needed")
			}
			if cmd.Evidence, err = evidenceOf(evidence); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *node.Session) error {
				req := request(id, cmd)
				if !dry {
					out, err := submit(c.Context(), s, req)
					return a.said("Corrected", out, err, format)
				}
				out, err := s.Client.Preview(c.Context(), "", true, req)
				if err != nil {
					return err
				}
				return a.said("Would be corrected", out[0], out[0].Err(), format)
			})
		},
	}
	c.Flags().StringArrayVar(&set, "set", nil, "FIELD=VALUE; may be repeated")
	c.Flags().BoolVar(&cmd.New, "new", false, "allow a new volunteer")
	c.Flags().StringVar(&cmd.Accept, "accept-warnings", "", "why a soft limit may be exceeded")
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would happen, and record nothing")
	changeFlags(c, &cmd.Target, &cmd.Reason, &evidence, &id)
	formatFlag(c, &format, "table", "json")
	return c
}

// withdrawCommand takes a contribution back.
func (a *app) withdrawCommand() *cobra.Command {
	var evidence []string
	var cmd ledger.Withdraw
	var id, format string
	c := &cobra.Command{
		Use:   "withdraw (ID | --source SYSTEM --ref REF) --reason REASON",
		Short: "Withdraw one contribution",
		Long:  "Withdraw a contribution that never should have counted. It stays in the ledger, with the reason.",
		Example: `  sijil withdraw 018f6e1c-… --reason "recorded twice"
  sijil withdraw --source hr --ref 2019-0412 --reason "did not take place"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) (err error) {
			if cmd.Target, err = targetOf(args, cmd.Target); err != nil {
				return err
			}
			if cmd.Reason == "" {
				return usage("--reason is needed")
			}
			if cmd.Evidence, err = evidenceOf(evidence); err != nil {
				return err
			}
			return a.with(c.Context(), func(s *node.Session) error {
				out, err := submit(c.Context(), s, request(id, cmd))
				return a.said("Withdrawn", out, err, format)
			})
		},
	}
	changeFlags(c, &cmd.Target, &cmd.Reason, &evidence, &id)
	formatFlag(c, &format, "table", "json")
	return c
}

func changeFlags(c *cobra.Command, t *ledger.Target, reason *string, evidence *[]string, id *string) {
	c.Flags().StringVar(&t.System, "source", "", "the source system that --ref is of")
	c.Flags().StringVar(&t.Reference, "ref", "", "what the source system calls the contribution")
	c.Flags().StringVar(reason, "reason", "", "why, without naming a person")
	c.Flags().StringArrayVar(evidence, "evidence", nil, "KIND:LOCATOR[#SHA256 in base64url]; may be repeated")
	c.Flags().StringVar(id, "id", "", "an id for this command; the same again is recorded once (default random)")
}

func targetOf(args []string, t ledger.Target) (ledger.Target, error) {
	switch {
	case len(args) == 1 && t.Reference == "":
		id, err := events.ParseID(args[0])
		if err != nil {
			return t, usage("%v; or name the contribution by --source and --ref", err)
		}
		t.Contribution = id
	case len(args) == 1 || t.Reference == "" || t.System == "":
		return t, usage("name the contribution by its id, or by --source and --ref")
	}
	return t, nil
}

func evidenceOf(list []string) (out []events.Evidence, err error) {
	for _, s := range list {
		kind, rest, ok := strings.Cut(s, ":")
		if !ok {
			return nil, usage("--evidence %s: write KIND:LOCATOR or KIND:LOCATOR#SHA256", s)
		}
		e := events.Evidence{Kind: kind}
		var sum string
		if e.Locator, sum, ok = strings.Cut(rest, "#"); ok {
			if e.SHA256, err = events.ParseHash(sum); err != nil {
				return nil, usage("--evidence %s: %v", s, fmt.Errorf("the part after # is not a SHA-256: %w", err))
			}
		}
		out = append(out, e)
	}
	return out, nil
}
