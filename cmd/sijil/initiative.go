package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
)

// initiativeCommand keeps initiatives.
func (a *app) initiativeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "initiative",
		Short: "List, open, revise and close initiatives",
		Long:  "An initiative is what contributions are given to. Revising its type or places moves its contributions without touching one.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command initiative %q; there are list, open, revise and close", args[0])
			}
			return c.Help()
		},
		Example: `  sijil initiative list
  sijil initiative open quinoa --type AGR-CRP --place Youssoufia --title fr="Filière quinoa"
  sijil initiative revise quinoa --type AGR-EXP --reason "coaching, not crops"
  sijil initiative close quinoa --on 2020-03-31`,
	}
	var format string
	list := &cobra.Command{
		Use: "list", Short: "List all initiatives", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *node.Session) error {
				when, err := a.now(c.Context(), s, "")
				if err != nil {
					return err
				}
				answer, err := s.Client.Initiatives(c.Context(), when)
				if err != nil {
					return err
				}
				return a.printInitiatives(answer, format)
			})
		},
	}
	formatFlag(list, &format, "table", "json", "csv")

	var open ledger.OpenInitiative
	var opened string
	openC := &cobra.Command{
		Use: "open CODE --type TYPE", Short: "Open an initiative", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			open.Code, open.Opened = args[0], events.Date(opened)
			return a.do(c, "Opened", open)
		},
	}
	openC.Flags().StringVar(&opened, "opened", "", "when it began")
	describe(openC, &open.Type, &open.Places, &open.Titles, &open.Bodies, &open.Partners)

	var revise ledger.ReviseInitiative
	reviseC := &cobra.Command{
		Use: "revise CODE --reason REASON", Short: "Describe an initiative differently; what is not given stays", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			revise.Code = args[0]
			return a.do(c, "Revised", revise)
		},
	}
	reviseC.Flags().StringVar(&revise.Reason, "reason", "", "why")
	describe(reviseC, &revise.Type, &revise.Places, &revise.Titles, &revise.Bodies, &revise.Partners)

	var closing ledger.CloseInitiative
	var on string
	closeC := &cobra.Command{
		Use: "close CODE --on DATE", Short: "Say that nothing is given to it after a day", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			closing.Code, closing.On = args[0], events.Date(on)
			return a.do(c, "Closed", closing)
		},
	}
	closeC.Flags().StringVar(&on, "on", "", "its last day")
	closeC.Flags().StringVar(&closing.Reason, "reason", "", "why")
	c.AddCommand(list, openC, reviseC, closeC)
	return c
}

func describe(c *cobra.Command, typ *string, places *[]string, titles *map[string]string, bodies, partners *[]string) {
	c.Flags().StringVar(typ, "type", "", "its type: code or name")
	c.Flags().StringArrayVar(places, "place", nil, "where: code or name; may be repeated")
	c.Flags().StringToStringVar(titles, "title", nil, "its titles, by language: ar=…,fr=…,en=…")
	c.Flags().StringArrayVar(bodies, "body", nil, "who runs it; may be repeated")
	c.Flags().StringArrayVar(partners, "partner", nil, "a partner; may be repeated")
}

// do gives one command and says what became of it.
func (a *app) do(c *cobra.Command, done string, cmd ledger.Command) error {
	return a.with(c.Context(), func(s *node.Session) error {
		out, err := submit(c.Context(), s, request("", cmd))
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s at @%d.\n", done, out.Last)
		for _, n := range out.Notes {
			fmt.Fprintln(a.stdout, "note:", n)
		}
		return nil
	})
}
