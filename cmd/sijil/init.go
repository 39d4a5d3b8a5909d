package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/morocco"
	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
)

// initCommand founds a ledger.
func (a *app) initCommand() *cobra.Command {
	var f struct {
		programme, catalogue, since, counts, timezone string
		minutesPerDay                                 int64
		names                                         map[string]string
	}
	c := &cobra.Command{
		Use:   "init --programme NAME --catalogue FILE",
		Short: "Found a ledger in the data folder",
		Long: `Found the ledger of a programme in the data folder.

The catalogue is a JSON file of places and types of initiatives (see sijil catalogue --help), or
"morocco", the built-in one: its regions, provinces and a few towns and sites, and the types of
initiatives of a community programme.

Started again after it was cut short, init goes on where it was.`,
		Example: `  sijil init --programme act4community --catalogue morocco --since 2018
  sijil init --programme green-days --catalogue places.json --counts approved --timezone Europe/Paris`,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.programme == "" || f.catalogue == "" {
				return usageError{fmt.Errorf("--programme and --catalogue are needed"), "sijil init --programme green-days --catalogue morocco"}
			}
			catalogue, err := readCatalogue(f.catalogue)
			if err != nil {
				return err
			}
			rules := events.Rules{
				Names: f.names, Since: events.Date(f.since), Timezone: f.timezone, MinutesPerDay: f.minutesPerDay, Counts: events.Counts(f.counts),
				Limits: events.Limits{HoursPerDay: 12, DaysPerContribution: 5, MedianFactor: 10},
			}
			found := ledger.Found{Programme: f.programme, Rules: rules}
			if err := (events.ProgrammeFounded{Programme: f.programme, Rules: rules}).Validate(); err != nil {
				return usage("%v", err)
			}
			folder, err := node.MakeFolder(a.data, f.programme)
			if err != nil {
				return err
			}
			found.Ledger = folder.Ledger
			return a.with(c.Context(), func(s *node.Session) error { return a.init(c.Context(), s, found, catalogue) })
		},
	}
	c.Flags().StringVar(&f.programme, "programme", "", "its name: 1 to 63 characters of a-z 0-9 - _")
	c.Flags().StringVar(&f.catalogue, "catalogue", "", `a file of places and types, or "morocco"`)
	c.Flags().StringVar(&f.since, "since", "", "when the programme began: 2018, 2018-03 or 2018-03-01")
	c.Flags().StringVar(&f.counts, "counts", "recorded", "which contributions count: recorded, or approved by somebody else")
	c.Flags().Int64Var(&f.minutesPerDay, "minutes-per-day", 480, "how many minutes make a volunteer day")
	c.Flags().StringVar(&f.timezone, "timezone", "Africa/Casablanca", "where its dates are local")
	c.Flags().StringToStringVar(&f.names, "name", nil, "its name for people, by language: ar=…,fr=…,en=…")
	return c
}

func (a *app) init(ctx context.Context, s *node.Session, found ledger.Found, catalogue ledger.Catalogue) error {
	out, err := submit(ctx, s, ledger.Request{Scope: "init", ID: "found", Command: found})
	if errors.Is(err, ledger.ReusedID) {
		return fmt.Errorf("%s holds the ledger of %s already, founded with other rules", a.data, found.Programme)
	}
	if err != nil {
		return err
	}
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return err
	}
	if out.Already && len(books.Catalogue.Places)+len(books.Catalogue.Types) > 0 {
		fmt.Fprintf(a.stdout, "The ledger of %s is here already, in %s.\n", found.Programme, a.data)
		if changes, err := ledger.DiffCatalogues(books.Catalogue, catalogue); err != nil || len(changes) > 0 {
			fmt.Fprintln(a.stdout, "Its catalogue is another one, and stays: see sijil catalogue diff, then adopt.")
		}
		return nil
	}
	if _, err := a.adopt(ctx, s, catalogue, "founding"); err != nil {
		return err
	}
	if books, err = s.Client.Books(ctx, uuid.Nil); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Founded the ledger of %s in %s: %d places, %d types, at @%d.\n",
		found.Programme, a.data, len(books.Catalogue.Places), len(books.Catalogue.Types), books.Position)
	fmt.Fprintln(a.stdout, "Next: sijil import FILE --source SYSTEM --dry-run, or sijil record --help.")
	return nil
}

// readCatalogue reads a catalogue file, or the built-in one.
func readCatalogue(name string) (ledger.Catalogue, error) {
	if name == "morocco" {
		return morocco.Catalogue(), nil
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return ledger.Catalogue{}, usageError{err, `name a file of places and types (see sijil catalogue --help), or the built-in catalogue "morocco"`}
	}
	if err != nil {
		return ledger.Catalogue{}, err
	}
	c, err := ledger.ParseCatalogue(b)
	if err != nil {
		return c, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}
