package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger/embedded"
	"sijil/projections"
)

// doctorCommand says what is wrong, and what to do.
func (a *app) doctorCommand() *cobra.Command {
	var foreign uint64
	var reason string
	c := &cobra.Command{
		Use:   "doctor [--note-foreign N --reason REASON]",
		Short: "Say what is wrong, where, and what to do",
		Long: `Look at the data folder, the stream, the ledger and the read models, and say what is wrong and what
to do about it.

Readers halt at a message that the ledger did not write. When it is known how it came there, and that
it may be passed, --note-foreign appends a note of its position and exact bytes, and readers go on.
A message that was lost or altered is never passed: it must come from a backup.`,
		Example: `  sijil doctor
  sijil doctor --note-foreign 20414 --reason "test message published by hand, see ticket 12"`,
		RunE: func(c *cobra.Command, _ []string) error {
			if foreign > 0 {
				if reason == "" {
					return usage("--note-foreign needs --reason")
				}
				return a.with(c.Context(), func(s *node.Session) error {
					out, err := s.Client.NoteForeign(c.Context(), foreign, reason)
					if err != nil {
						return err
					}
					fmt.Fprintf(a.stdout, "Noted at @%d: readers pass @%d.\n", out.First, foreign)
					return a.resumed(c.Context(), s, foreign)
				})
			}
			return a.doctor(c.Context())
		},
	}
	c.Flags().Uint64Var(&foreign, "note-foreign", 0, "the position of a message that the ledger did not write")
	c.Flags().StringVar(&reason, "reason", "", "what is known of it, and who decided to pass it")
	return c
}

// resumed waits until the read models have passed a message that was noted.
func (a *app) resumed(ctx context.Context, s *node.Session, position uint64) error {
	for till := time.Now().Add(20 * time.Second); ; {
		status, err := s.Client.Status(ctx)
		if err != nil {
			return err
		}
		waiting := slices.ContainsFunc(status.Models, func(m service.ModelStatus) bool { return m.Position < position })
		if !waiting || time.Now().After(till) {
			for _, m := range status.Models {
				if m.Halted != "" {
					return errors.New(m.Halted)
				}
			}
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// An examination prints findings and remembers whether one was bad.
type examination struct {
	*app
	bad bool
}

func (x *examination) ok(format string, args ...any) {
	fmt.Fprintf(x.stdout, "ok    "+format+"\n", args...)
}

func (x *examination) wrong(advice, format string, args ...any) {
	x.bad = true
	fmt.Fprintf(x.stdout, "WRONG "+format+"\n", args...)
	if advice != "" {
		fmt.Fprintln(x.stdout, "      do:", advice)
	}
}

func (a *app) doctor(ctx context.Context) error {
	x := &examination{app: a}
	if err := x.examine(ctx); err != nil {
		x.wrong(hintOf(err), "%v", err)
	}
	if x.bad {
		return quietError{errors.New("something is wrong")}
	}
	return nil
}

func (x *examination) examine(ctx context.Context) error {
	folder, err := node.ReadFolder(x.data)
	if err != nil {
		return err
	}
	x.ok("folder     %s holds the ledger of %s", x.data, folder.Programme)
	for _, name := range []string{"", "jetstream", "vault"} {
		info, err := os.Stat(filepath.Join(x.data, name))
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			x.wrong("chmod go= "+filepath.Join(x.data, name), "others may read or change %s (%s)", filepath.Join(x.data, name), info.Mode().Perm())
		}
	}
	if free, err := embedded.Free(x.data); err == nil {
		x.ok("disk       %d MiB free", free>>20)
	}
	return x.with(ctx, func(s *node.Session) error {
		if s.Node == nil {
			x.ok("process    another process runs on the folder, and answers")
		} else if err := s.Node.Server.Health(ctx); err != nil {
			x.wrong("free disk space, then start again", "the server: %v", err)
		}
		config, weak, err := s.Log.Settings(ctx)
		if err != nil {
			return err
		}
		for _, w := range weak {
			x.wrong("put it back: nats stream edit "+config.Name, "setting: %s", w)
		}
		end, err := s.Log.End(ctx)
		if err != nil {
			return err
		}
		x.ok("log        %s, %d replica(s), ends at @%d", config.Name, max(config.Replicas, 1), end)
		x.ledger(ctx, s)
		return x.models(ctx, s, end)
	})
}

func (x *examination) ledger(ctx context.Context, s *node.Session) {
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		x.wrong(advice(err), "the ledger takes no commands: %v", err)
		return
	}
	x.ok("ledger     %s, books at @%d, minutes per day %d, counts %s", books.Ledger, books.Position, books.Rules.MinutesPerDay, books.Rules.Counts)
}

func (x *examination) models(ctx context.Context, s *node.Session, end uint64) error {
	status, err := s.Client.Status(ctx)
	for till := time.Now().Add(20 * time.Second); err == nil && time.Now().Before(till) && !status.Reached(end); {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		status, err = s.Client.Status(ctx)
	}
	if err != nil {
		return err
	}
	for _, m := range status.Models {
		switch {
		case m.Halted != "":
			x.wrong("", "%s halted at @%d: %s", m.Projection, m.Position, m.Halted)
			if err := x.halted(ctx, s, m.Position+1, end); err != nil {
				return err
			}
		case m.Position < end:
			x.ok("%-10s at @%d of @%d, catching up", m.Projection, m.Position, end)
		default:
			x.ok("%-10s at @%d", m.Projection, m.Position)
		}
	}
	return nil
}

// halted looks at the message that readers halted before.
func (x *examination) halted(ctx context.Context, s *node.Session, position, end uint64) error {
	if position > end {
		fmt.Fprintf(x.stdout, "      do: the log ends before what was read from it: it was truncated, recreated or replaced by an older copy. Restore jetstream/ from a backup that reaches @%d.\n", position-1)
		return nil
	}
	m, err := projections.Get(ctx, s.Log, position)
	if err != nil {
		fmt.Fprintf(x.stdout, "      do: the message at @%d is gone: %v. It must come from a backup of jetstream/ or from a replica; nothing else can stand for it.\n", position, err)
		return nil
	}
	e, err := events.Decode(m.Payload)
	switch {
	case projections.Unreadable(err):
		fmt.Fprintf(x.stdout, "      do: @%d was written by a newer version (%v): upgrade sijil; it then goes on by itself\n", position, err)
	case err == nil && e.Position == position:
		fmt.Fprintf(x.stdout, "      do: @%d reads as an event and does not follow from the one before, so one of the two was altered: restore jetstream/ from a backup, and check its head: sijil verify --head=…\n", position)
	default:
		fmt.Fprintf(x.stdout, "      @%d: %d bytes, SHA-256 %s, not an event of this ledger\n", position, len(m.Payload), events.Sum(m.Payload))
		fmt.Fprintf(x.stdout, "      do: find out who published it; if it was never an event and may be passed: sijil doctor --note-foreign %d --reason \"…\"\n", position)
	}
	return nil
}

func advice(err error) string {
	if h := hintOf(err); h != "" {
		return h
	}
	return "look at the read models below"
}
