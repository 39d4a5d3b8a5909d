package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/demo"
	"sijil/cmd/internal/node"
	"sijil/projections"
	"sijil/projections/totals"
)

// demoCommand shows everything at work on a generated programme.
func (a *app) demoCommand() *cobra.Command {
	var once bool
	var lasting time.Duration
	var seed uint64
	c := &cobra.Command{
		Use:   "demo [--once | --for 10s]",
		Short: "See it at work on a generated programme, in a temporary folder",
		Long: `Found a ledger in a temporary folder and record a programme of two years, from 2018 to its first
forum in March 2020: everything in it is invented, and recorded, decided and folded like real events.
Then print its totals, and record on, with the counters moving, until Ctrl-C.

With --data the folder is kept.`,
		Example: `  sijil demo
  sijil demo --once
  sijil demo --data ./demo-data        # then, in another terminal: sijil totals --data ./demo-data --by theme`,
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("data") {
				dir, err := os.MkdirTemp("", "sijil-demo-")
				if err != nil {
					return err
				}
				defer os.RemoveAll(dir)
				a.data = dir
			}
			return a.demo(c.Context(), demo.New(seed), once, lasting)
		},
	}
	c.Flags().BoolVar(&once, "once", false, "stop after the totals")
	c.Flags().DurationVar(&lasting, "for", 0, "stop after this time of recording on")
	c.Flags().Uint64Var(&seed, "seed", 1, "another seed is another programme")
	return c
}

func (a *app) demo(ctx context.Context, p *demo.Programme, once bool, lasting time.Duration) (err error) {
	if _, err := node.MakeFolder(a.data, demo.Name); err != nil {
		return err
	}
	config := a.config()
	config.Now = p.Clock.Now
	n, err := node.Start(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	if end, err := n.Log.End(ctx); err != nil || end > 0 {
		return errors.Join(err, fmt.Errorf("%s holds a ledger already; the demo wants a new folder", a.data))
	}
	begun := time.Now()
	fmt.Fprintf(a.stdout, "Recording the programme from 2018 to its first forum, in %s …\n", a.data)
	if err := p.History(ctx, n.Ledger.Submit, a.demoProgress()); err != nil {
		return err
	}
	end, err := n.Log.End(ctx)
	if err != nil {
		return err
	}
	for _, d := range []totals.Dimension{totals.Region, totals.Theme} {
		t, err := n.Client.Totals(ctx, projections.When{Since: end}, totals.Query{By: []totals.Dimension{d}})
		if err != nil {
			return err
		}
		if d == totals.Region {
			fmt.Fprintf(a.stdout, "%s events recorded, decided, chained, sealed, stored and folded in %.1f s.\n\n", thousands(int64(end)), time.Since(begun).Seconds())
		}
		a.totalsTable(t, "en")
		fmt.Fprintln(a.stdout)
	}
	t, err := n.Client.Totals(ctx, projections.When{Since: end}, totals.Query{By: []totals.Dimension{totals.Region}})
	if err != nil {
		return err
	}
	for _, lang := range []string{"en", "fr", "ar"} {
		text, err := sentenceOf(lang, t, 2018)
		if err != nil {
			return err
		}
		fmt.Fprintln(a.stdout, text)
	}
	if once {
		return nil
	}
	if lasting > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lasting)
		defer cancel()
	}
	fmt.Fprintf(a.stdout, "\nRecording on. In another terminal: sijil totals --by type --data %s   (Ctrl-C ends this)\n\n", a.data)
	return a.live(ctx, n, p)
}

func (a *app) demoProgress() func(done, total int) {
	if _, ok := terminal(a.stderr); !ok {
		return func(int, int) {}
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(a.stderr), progressbar.OptionClearOnFinish(), progressbar.OptionShowCount())
		}
		_ = bar.Set(done)
	}
}

// live records on and shows the counters whenever they move, at most four times a second.
func (a *app) live(ctx context.Context, n *node.Node, p *demo.Programme) error {
	recording, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, 1)
	go func() { failed <- p.Live(recording, 500*time.Millisecond, n.Ledger.Submit) }()
	_, tty := terminal(a.stdout)
	var shown string
	for {
		moved := n.Totals.Moved()
		t, err := n.Client.Totals(ctx, projections.When{}, totals.Query{})
		if err != nil && ctx.Err() == nil {
			return err
		}
		if line := counters(t); err == nil && line != shown {
			shown = line
			if tty {
				fmt.Fprintf(a.stdout, "\r\x1b[K%s", line)
			} else {
				fmt.Fprintln(a.stdout, line)
			}
		}
		select {
		case <-moved:
		case err := <-failed:
			if ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			if tty {
				fmt.Fprintln(a.stdout)
			}
			stop()
			return nil
		}
		select {
		case <-time.After(250 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

func counters(t totals.Answer) string {
	f := t.Total
	return strings.Join([]string{
		"@" + thousands(int64(t.Position)), thousands(f.Participants) + " people", figure(f, "days") + " volunteer days",
		thousands(f.Headcount) + " in groups", thousands(f.Initiatives) + " initiatives",
	}, "   ")
}
