package main

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger"
)

// recordCommand records one contribution.
func (a *app) recordCommand() *cobra.Command {
	var r ledger.Record
	var id, format string
	var date, role, unit, per, basis string
	var dry bool
	c := &cobra.Command{
		Use:   "record --initiative CODE --date DATE (--volunteer REF | --headcount N) …",
		Short: "Record one contribution",
		Long: `Record what one volunteer, or a group without names, gave to an initiative.

The date is as precise as it is known: 2019-11-23, 2019-11, 2019, or 2019-11-04/2019-11-15. Without a
quantity the contribution counts as participation, its time as unknown.`,
		Example: `  sijil record --initiative quinoa --type AGR-CRP --place Youssoufia --new \
      --source hr --volunteer M1234 --name "Amina Berrada" \
      --date 2019-11-23 --quantity 1 --unit days --basis paid_work_time
  sijil record --initiative quinoa --headcount 60 --date 2019-11-23 --quantity 0.5 --unit days --per person`,
		RunE: func(c *cobra.Command, _ []string) error {
			r.Date, r.Role, r.Unit, r.Per, r.Basis = events.Date(date), events.Role(role), events.Unit(unit), events.Per(per), events.Basis(basis)
			if r.System == "" {
				r.System = "cli"
			}
			return a.with(c.Context(), func(s *node.Session) error {
				req := request(id, r)
				if !dry {
					out, err := submit(c.Context(), s, req)
					return a.said("Recorded", out, err, format)
				}
				out, err := s.Client.Preview(c.Context(), "", true, req)
				if err != nil {
					return err
				}
				return a.said("Would be recorded", out[0], out[0].Err(), format)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&r.System, "source", "", "the system that references and volunteers are of (default cli)")
	f.StringVar(&r.Reference, "ref", "", "what that system calls this contribution; the same again is recorded once")
	f.StringVar(&id, "id", "", "an id for this command; the same again is recorded once (default random)")
	f.StringVar(&r.Volunteer, "volunteer", "", "what the source calls the person, or the person's id")
	f.StringVar(&r.Name, "name", "", "the person's name; kept sealed")
	f.Int64Var(&r.Headcount, "headcount", 0, "how many people, where they have no names")
	f.StringVar(&r.Initiative, "initiative", "", "the initiative's code")
	f.StringVar(&r.Title, "title", "", "the title of a new initiative")
	f.StringVar(&r.Type, "type", "", "the type of a new initiative: code or name")
	f.StringVar(&r.Place, "place", "", "the most specific place known: code or name (default the initiative's)")
	f.StringVar(&r.PlaceLevel, "place-level", "", "what kind of place is meant, where several share a name")
	f.StringVar(&date, "date", "", "when")
	f.StringVar(&role, "role", "", "volunteering or attendance (default by type)")
	f.StringVar(&r.Quantity, "quantity", "", "how much time, as a decimal number")
	f.StringVar(&unit, "unit", "", "minutes, hours or days")
	f.StringVar(&per, "per", "", "person or group (default person)")
	f.StringVar(&basis, "basis", "", "paid_work_time, paid_leave, own_time or unknown (default unknown)")
	f.StringVar(&r.Affiliation, "affiliation", "", "employer, site or department")
	f.StringVar(&r.Session, "session", "", "what the source calls the roll call")
	f.StringVar(&r.Note, "note", "", "free text; kept sealed")
	f.BoolVar(&r.New, "new", false, "allow a new volunteer and a new initiative")
	f.Int64Var(&r.Again, "again", 0, "record the very same once more, after it was withdrawn: 2 for the second time")
	f.StringVar(&r.Accept, "accept-warnings", "", "why a soft limit may be exceeded")
	f.BoolVar(&dry, "dry-run", false, "say what would happen, and record nothing")
	formatFlag(c, &format, "table", "json")
	return c
}

// said prints what became of one command.
func (a *app) said(done string, o service.Outcome, err error, format string) error {
	if err != nil {
		return err
	}
	if format == "json" {
		b, err := json.Marshal(o, json.Deterministic(true))
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\n", b)
		}
		return err
	}
	id := o.Subject
	if id == uuid.Nil {
		id = o.ID
	}
	switch {
	case o.Already && o.Withdrawn:
		fmt.Fprintf(a.stdout, "%s was recorded at @%d, and withdrawn since.\n", o.ID, o.First)
		if o.Generation > 0 {
			fmt.Fprintf(a.stdout, "To record it once more: --again %d\n", o.Generation+1)
		}
	case o.Already:
		fmt.Fprintf(a.stdout, "%s is recorded already, at @%d.\n", o.ID, o.First)
	case o.First == o.Last:
		fmt.Fprintf(a.stdout, "%s at @%d: %s\n", done, o.First, id)
	default:
		fmt.Fprintf(a.stdout, "%s at @%d to @%d: %s\n", done, o.First, o.Last, id)
	}
	for _, n := range o.Notes {
		fmt.Fprintln(a.stdout, "note:", n)
	}
	for _, w := range o.Warnings {
		fmt.Fprintln(a.stdout, "accepted:", w.Message)
	}
	for _, n := range o.Novelties {
		fmt.Fprintln(a.stdout, noveltyText(n))
	}
	return nil
}

func noveltyText(n ledger.Novelty) string {
	s := fmt.Sprintf("new %s: %s", n.Kind, n.Name)
	if len(n.Nearest) > 0 {
		s += " (like " + strings.Join(n.Nearest, ", ") + ")"
	}
	return s
}
