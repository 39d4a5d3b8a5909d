package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
	"sijil/projections/totals"
)

// verifyCommand checks everything that can be checked from here.
func (a *app) verifyCommand() *cobra.Command {
	var head, kept string
	var printHead bool
	c := &cobra.Command{
		Use:   "verify [--head[=HEAD]]",
		Short: "Check the log's settings, its hash chain, and the read models against it",
		Long: `Check that the stream keeps every event, that the hash chain holds from the first event to the
last, and that the read models are what the log says.

--head prints the head: the position and hash of the last event, to be kept elsewhere, on paper or
with somebody else. --head=@20413:HASH checks one kept before. Only so does a rewrite of the whole
log show.`,
		Example: `  sijil verify
  sijil verify --head
  sijil verify --head=@20413:4J2j…`,
		RunE: func(c *cobra.Command, _ []string) error {
			printHead = c.Flags().Changed("head") && head == "print"
			if c.Flags().Changed("head") && !printHead {
				kept = head
			}
			return a.with(c.Context(), func(s *node.Session) error { return a.verify(c.Context(), s, printHead, kept) })
		},
	}
	c.Flags().StringVar(&head, "head", "", "print the head, or check one that was kept")
	c.Flags().Lookup("head").NoOptDefVal = "print"
	return c
}

func (a *app) verify(ctx context.Context, s *node.Session, printHead bool, kept string) error {
	say := func(format string, args ...any) {
		if !printHead {
			fmt.Fprintf(a.stdout, format+"\n", args...)
		}
	}
	want, err := parseHead(kept)
	if err != nil {
		return err
	}
	_, weak, err := s.Log.Settings(ctx)
	if err != nil {
		return err
	}
	if len(weak) > 0 {
		for _, w := range weak {
			fmt.Fprintln(a.stderr, "setting:", w)
		}
		return fmt.Errorf("the stream %s would not keep every event", s.Log.Stream())
	}
	say("settings   the stream %s keeps every event", s.Log.Stream())

	end, err := s.Log.End(ctx)
	if err != nil {
		return err
	}
	v := verification{want: want}
	if err := v.follow(ctx, s.Log, end); err != nil {
		return err
	}
	if printHead {
		fmt.Fprintf(a.stdout, "@%d:%s\n", v.at.Position, v.at.Hash)
		return nil
	}
	say("chain      %d events from %s to %s, each after the one before", v.events, v.first.Format(time.DateTime), v.last.Format(time.DateTime))
	if len(v.foreign) > 0 {
		say("foreign    %d messages that the ledger did not write are passed by notes: %s", len(v.foreign), strings.Join(v.foreign, ", "))
	}
	if want.Position > 0 {
		say("head       @%d is as kept", want.Position)
	}
	for _, p := range []projections.Projection{totals.Totals{}, ledger.Bookkeeping()} {
		if err := a.verifyModel(ctx, s, p); err != nil {
			return err
		}
		say("%-10s equals a fold of the log", p.Name())
	}
	say("verified   up to @%d; from here, cluster replicas and what lies in the vault are unverified", v.at.Position)
	return nil
}

// parseHead reads @20413:HASH.
func parseHead(text string) (c events.Checkpoint, err error) {
	if text == "" {
		return c, nil
	}
	p, h, ok := strings.Cut(strings.TrimPrefix(text, "@"), ":")
	if c.Position, err = strconv.ParseUint(p, 10, 64); err == nil && ok {
		c.Hash, err = events.ParseHash(h)
	}
	if !ok || err != nil || c.Position == 0 {
		return c, usageError{fmt.Errorf("%q is not a head like @20413:HASH", text), "sijil verify --head prints one"}
	}
	return c, nil
}

// A verification walks the log once.
type verification struct {
	want        events.Checkpoint // a head kept before
	at          events.Checkpoint
	events      int
	first, last time.Time
	foreign     []string
}

func (v *verification) follow(ctx context.Context, src projections.Source, end uint64) error {
	if end < v.want.Position {
		return fmt.Errorf("the log ends at @%d, before the head that was kept, @%d: it was truncated or replaced", end, v.want.Position)
	}
	if end == 0 {
		return nil
	}
	for batch, err := range projections.Follow(ctx, src, events.Checkpoint{}, end) {
		if err != nil {
			return err
		}
		for _, e := range batch {
			v.at = e.Checkpoint
			if e.Position == v.want.Position && e.Hash != v.want.Hash {
				return fmt.Errorf("the log has %s at @%d, the head that was kept has %s: the log was rewritten", e.Hash, e.Position, v.want.Hash)
			}
			if e.Event == nil {
				v.foreign = append(v.foreign, fmt.Sprintf("@%d", e.Position))
				continue
			}
			if e.Time.Before(v.last) {
				return fmt.Errorf("@%d was recorded at %s, before the entry before it", e.Position, e.Time)
			}
			if v.events == 0 {
				v.first = e.Time
			}
			v.events, v.last = v.events+1, e.Time
		}
	}
	return nil
}

// verifyModel compares a running model with a fold of the log into a temporary one.
func (a *app) verifyModel(ctx context.Context, s *node.Session, p projections.Projection) error {
	end, err := s.Log.End(ctx)
	if err != nil {
		return err
	}
	if _, err := s.Client.Initiatives(ctx, projections.When{Since: end}); err != nil { // not before it is there
		return err
	}
	running, err := s.Client.Digest(ctx, p.Name())
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "sijil-verify")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m, err := projections.Open(filepath.Join(dir, p.Name()), p, projections.Options{NoSync: true})
	if err != nil {
		return err
	}
	defer m.Close()
	if running.Position == 0 {
		return nil
	}
	if err := projections.Run(ctx, s.Log, running.Position, m); err != nil {
		return err
	}
	return m.View(func(v projections.View) error {
		if d := projections.Digest(v); d != running.Digest {
			return fmt.Errorf("%s differs from a fold of the log to @%d: its file is damaged, or was made by another build; stop sijil and remove it, it is made anew", p.Name(), running.Position)
		}
		return nil
	})
}
