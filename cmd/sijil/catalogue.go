package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/ledger"
)

// catalogueCommand keeps places and types.
func (a *app) catalogueCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "catalogue",
		Short: "Export, compare and adopt places and types",
		Long: `A catalogue is a JSON file:

  {"places": [{"code": "MA-07", "kind": "region", "names": {"ar": "…", "fr": "…", "en": "…"}},
              {"code": "MA-YUS", "kind": "province", "parents": ["MA-07"], "names": {…}, "aliases": ["…"]}],
   "types":  [{"code": "AGR", "names": {…}},
              {"code": "AGR-CRP", "parent": "AGR", "names": {…}, "time_counts": "volunteering"}]}

A place without parents is a region, one below a region a province; a place may have several parents.
A type without a parent is a theme; time_counts is volunteering or attendance. A code in use is not
dropped: "retired": true takes no new contributions, "mapped_to": CODE lets another stand for it.`,
		Example: `  sijil catalogue export > catalogue.json
  sijil catalogue diff catalogue.json
  sijil catalogue adopt catalogue.json --reason "two towns added"`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("there is no command catalogue %q; there are export, diff and adopt", args[0])
			}
			return c.Help()
		},
	}
	export := &cobra.Command{
		Use: "export", Short: "Print the catalogue in effect", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.with(c.Context(), func(s *node.Session) error {
				books, err := s.Client.Books(c.Context(), uuid.Nil)
				if err != nil {
					return err
				}
				b, err := books.Catalogue.JSON()
				if err != nil {
					return err
				}
				_, err = a.stdout.Write(b)
				return err
			})
		},
	}
	diff := &cobra.Command{
		Use: "diff FILE", Short: "Compare a file with the catalogue in effect", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			after, err := readCatalogue(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *node.Session) error {
				books, err := s.Client.Books(c.Context(), uuid.Nil)
				if err != nil {
					return err
				}
				return a.printChanges(books.Catalogue, after)
			})
		},
	}
	var reason string
	adopt := &cobra.Command{
		Use: "adopt FILE", Short: "Put a file into effect, for all contributions", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			after, err := readCatalogue(args[0])
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *node.Session) error {
				n, err := a.adopt(c.Context(), s, after, reason)
				if err != nil {
					return err
				}
				if n == 0 {
					fmt.Fprintln(a.stdout, "The catalogue in effect is this one already.")
					return nil
				}
				fmt.Fprintf(a.stdout, "Adopted: %d places and types changed.\n", n)
				return nil
			})
		},
	}
	adopt.Flags().StringVar(&reason, "reason", "", "why")
	c.AddCommand(export, diff, adopt)
	return c
}

func (a *app) printChanges(before, after ledger.Catalogue) error {
	changes, err := ledger.DiffCatalogues(before, after)
	if err != nil {
		return err
	}
	for _, n := range changes {
		fmt.Fprintf(a.stdout, "%-7s %s %s\n", n.Change, n.What, n.Code)
		if n.Change == "changed" {
			fmt.Fprintf(a.stdout, "        before %s\n        after  %s\n", n.Before, n.After)
		}
	}
	if len(changes) == 0 {
		fmt.Fprintln(a.stdout, "No difference.")
	}
	return nil
}

// adopt puts a catalogue into effect and returns how many places and types changed.
func (a *app) adopt(ctx context.Context, s *node.Session, after ledger.Catalogue, reason string) (changed int, err error) {
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return 0, err
	}
	changes, err := ledger.DiffCatalogues(books.Catalogue, after)
	if err != nil {
		return 0, err
	}
	plan, err := ledger.AdoptPlan(books.Catalogue, after, reason)
	if err != nil {
		return 0, err
	}
	for _, c := range plan {
		if _, err := submit(ctx, s, request("", c)); err != nil {
			return 0, err
		}
	}
	return len(changes), nil
}
