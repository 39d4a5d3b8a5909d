package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/projections"
)

// eventsCommand reads the log.
func (a *app) eventsCommand() *cobra.Command {
	var kinds []string
	var since, until, format string
	var follow bool
	c := &cobra.Command{
		Use:   "events [--kind KIND,…] [--since @N|DATE] [--until @N|DATE] [--follow]",
		Short: "Read the log: every event, verified, in order",
		Long: "Read the log. Every event is decoded strictly and checked against the hash chain on the way.\n" +
			"Sealed texts are shown as sealed.\n\nKinds: " + strings.Join(events.Kinds(), ", ") + ".",
		Example: `  sijil events --kind contribution.corrected,contribution.withdrawn
  sijil events --since @20413 --format jsonl
  sijil events --since 2019-12-31 --follow`,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, k := range kinds {
				if !events.KnownKind(k) {
					return usageError{fmt.Errorf("there is no kind %q", k), "one of " + strings.Join(events.Kinds(), ", ")}
				}
			}
			if follow && until != "" {
				return usage("--follow goes on; --until ends")
			}
			return a.with(c.Context(), func(s *node.Session) error {
				return a.readLog(c.Context(), s, kinds, since, until, follow, format)
			})
		},
	}
	c.Flags().StringSliceVar(&kinds, "kind", nil, "only these kinds, separated by commas")
	c.Flags().StringVar(&since, "since", "", "only what was recorded after a position, or after the end of a date")
	c.Flags().StringVar(&until, "until", "", "only what was recorded up to a position, or the end of a date")
	c.Flags().BoolVar(&follow, "follow", false, "go on with what is recorded from now on")
	formatFlag(c, &format, "table", "jsonl")
	return c
}

func (a *app) readLog(ctx context.Context, s *node.Session, kinds []string, since, until string, follow bool, format string) (err error) {
	var from, to uint64
	if since != "" {
		if from, err = position(ctx, s, since); err != nil {
			return err
		}
	}
	if until != "" {
		to, err = position(ctx, s, until)
	} else if !follow {
		to, err = s.Log.End(ctx)
	}
	if err != nil || to == 0 && !follow || to != 0 && to <= from {
		return err
	}
	at, err := checkpoint(ctx, s.Log, from)
	if err != nil {
		return err
	}
	for batch, err := range projections.Follow(ctx, s.Log, at, to) {
		if follow && errors.Is(err, context.Canceled) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range batch {
			if len(kinds) > 0 && (e.Event == nil || !slices.Contains(kinds, e.Event.Kind().Name())) {
				continue
			}
			if format == "jsonl" {
				_, err = fmt.Fprintf(a.stdout, "%s\n", e.Raw)
			} else {
				_, err = fmt.Fprintln(a.stdout, eventLine(e))
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// checkpoint is the log's own at a position: where a reader begins that has nothing to compare with.
func checkpoint(ctx context.Context, src projections.Source, position uint64) (events.Checkpoint, error) {
	if position == 0 {
		return events.Checkpoint{}, nil
	}
	m, err := projections.Get(ctx, src, position)
	if err != nil {
		return events.Checkpoint{}, err
	}
	at := events.Checkpoint{Position: position, Hash: events.Sum(m.Payload)}
	for p := position; p > 0; p-- { // foreign messages do not say whose ledger it is
		if e, err := events.Decode(m.Payload); err == nil {
			at.Ledger = e.Ledger
			break
		}
		if p > 1 {
			if m, err = projections.Get(ctx, src, p-1); err != nil {
				return at, err
			}
		}
	}
	return at, nil
}

// eventLine is an entry in one line.
func eventLine(e events.Entry) string {
	if e.Event == nil {
		return fmt.Sprintf("@%-7d foreign message of %d bytes, passed by a later note", e.Position, len(e.Raw))
	}
	return fmt.Sprintf("@%-7d %s  %-22s  %-12s  %s", e.Position, e.Time.Format(time.DateTime), e.Event.Kind().Name(), e.Cause.Actor, describeEvent(e.Event))
}

func describeEvent(e events.Event) string {
	switch e := e.(type) {
	case events.ContributionRecorded:
		return e.Subject() + "  " + describeContribution(e.After)
	case events.ContributionCorrected:
		return e.Subject() + "  " + describeChange(e.Before, e.After) + "  (" + e.Reason + ")"
	case events.ContributionWithdrawn:
		return e.Subject() + "  " + describeContribution(e.Before) + "  (" + e.Reason + ")"
	case events.VolunteerRegistered, events.VolunteerUpdated:
		return short(e.Subject()) + "  name and reference sealed"
	case events.InitiativeOpened:
		return fmt.Sprintf("%s  %s in %s", e.Code, e.Type, strings.Join(e.Places, ", "))
	case events.InitiativeRevised:
		return fmt.Sprintf("%s  %s → %s  (%s)", e.After.Code, e.Before.Type, e.After.Type, e.Reason)
	}
	b, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return err.Error()
	}
	const most = 100
	if r := []rune(string(b)); len(r) > most {
		b = []byte(string(r[:most]) + "…")
	}
	return e.Subject() + "  " + string(b)
}

func short(id string) string { return id[:min(len(id), 8)] }

func describeContribution(c *events.Contribution) string {
	who := "volunteer " + short(c.Volunteer.String())
	if c.Headcount > 0 {
		who = fmt.Sprintf("%d people", c.Headcount)
	}
	time := "time unknown"
	if c.Quantity != "" {
		time = c.Quantity + " " + string(c.Unit)
		if c.Quantity == "1" {
			time = strings.TrimSuffix(time, "s")
		}
		if c.Headcount > 0 {
			time += " per " + string(c.Per)
		}
	}
	return fmt.Sprintf("%s, %s, %s, %s, %s", c.Date, c.Place, who, time, c.Role)
}

// describeChange lists the members in which two contributions differ.
func describeChange(before, after *events.Contribution) string {
	members := func(c *events.Contribution) (m map[string]jsontext.Value) {
		b, err := json.Marshal(c, json.Deterministic(true))
		if err == nil {
			err = json.Unmarshal(b, &m)
		}
		if err != nil {
			return nil
		}
		return m
	}
	was, is := members(before), members(after)
	var out []string
	for _, k := range []string{
		"volunteer", "headcount", "initiative", "place", "date", "role", "quantity", "unit", "per", "minutes", "basis", "affiliation", "session", "note",
	} {
		if b, a := string(was[k]), string(is[k]); b != a {
			if k == "note" {
				b, a = "sealed", "sealed"
			}
			out = append(out, fmt.Sprintf("%s %s → %s", k, orNone(b), orNone(a)))
		}
	}
	return strings.Join(out, ", ")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return strings.Trim(s, `"`)
}
