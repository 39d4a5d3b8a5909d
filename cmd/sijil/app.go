package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sijil/cmd/internal/importer"
	"sijil/cmd/internal/node"
	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/embedded"
	"sijil/ledger/jetstream"
	"sijil/projections"
	"sijil/projections/totals"
)

// app is what all verbs share.
type app struct {
	data           string
	verbose        bool
	stdin          io.Reader
	stdout, stderr io.Writer
	onRows         func(what string, rows int64) // set by tests that cut an import short
}

func (a *app) logger() *slog.Logger {
	level := slog.LevelError
	if a.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: level}))
}

func (a *app) config() node.Config { return node.Config{Data: a.data, Logger: a.logger()} }

// open asks the process that runs on the data folder, or runs everything for the length of the verb.
func (a *app) open(ctx context.Context) (*node.Session, error) {
	return node.Open(ctx, a.config())
}

// with opens a session for fn.
func (a *app) with(ctx context.Context, fn func(*node.Session) error) error {
	s, err := a.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(s), s.Close())
}

// now is when a question is asked: as of at, or not before what is in the log.
func (a *app) now(ctx context.Context, s *node.Session, at string) (projections.When, error) {
	if at == "" {
		end, err := s.Log.End(ctx)
		return projections.When{Since: end}, err
	}
	p, err := position(ctx, s, at)
	if err == nil && p == 0 {
		err = fmt.Errorf("nothing was recorded at %s yet", at)
	}
	return projections.When{At: p}, err
}

// position reads @20413, or a date, which means its end in the programme's time zone.
func position(ctx context.Context, s *node.Session, text string) (uint64, error) {
	if n, ok := strings.CutPrefix(text, "@"); ok {
		p, err := strconv.ParseUint(n, 10, 64)
		if err != nil || p == 0 {
			return 0, usage("%q is not a position like @20413", text)
		}
		end, err := s.Log.End(ctx)
		if err == nil && p > end {
			err = fmt.Errorf("%s is beyond the end of the log, @%d", text, end)
		}
		return p, err
	}
	span, err := events.Date(text).Span()
	if err != nil {
		return 0, usage("%q is neither a position like @20413 nor a date: %v", text, err)
	}
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return 0, err
	}
	zone, err := time.LoadLocation(books.Rules.Timezone)
	if err != nil {
		return 0, err
	}
	last := span.Last.Time()
	end := time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, zone)
	return projections.PositionAt(ctx, s.Log, end.Add(-time.Millisecond))
}

// request is a command of the person at the terminal.
func request(id string, c ledger.Command) ledger.Request {
	if id == "" {
		id = uuid.NewString()
	}
	return ledger.Request{Scope: "cli", ID: id, Command: c}
}

// submit gives one command and returns its outcome, or why it was refused.
func submit(ctx context.Context, s *node.Session, r ledger.Request) (service.Outcome, error) {
	out, err := s.Client.Submit(ctx, r)
	if err != nil {
		return service.Outcome{}, err
	}
	return out[0], out[0].Err()
}

// terminal reports whether w is a terminal, and how wide.
func terminal(w io.Writer) (width int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	return width, err == nil
}

// A usageError is a command line that is not understood.
type usageError struct {
	error
	hint string
}

func usage(format string, args ...any) error { return usageError{error: fmt.Errorf(format, args...)} }

func isUsage(err error) bool {
	var u usageError
	return errors.As(err, &u)
}

// A quietError has been said already.
type quietError struct{ error }

// hintOf says what to do about an error.
func hintOf(err error) string {
	var (
		u       usageError
		f       *service.Failure
		refusal *ledger.Refusal
		chain   *events.ChainError
		query   *totals.QueryError
	)
	switch {
	case errors.As(err, &u):
		return u.hint
	case errors.As(err, &refusal):
		return refusalHint(refusal)
	case errors.As(err, &query):
		return "" // its message says what can be asked
	case errors.As(err, &f) && f.Hint != "":
		return f.Hint
	case errors.Is(err, node.ErrNoLedger):
		return "found one with sijil init, name its folder with --data, or look around with sijil demo"
	case errors.Is(err, node.ErrNoLog):
		return "put jetstream/ of this ledger back from a backup: nothing else can stand for the log"
	case errors.Is(err, node.ErrNoVault):
		return "put the vault of this ledger back from a backup: without it, nobody would be known again"
	case errors.Is(err, embedded.ErrLocked):
		return "stop that process, or wait until it has started"
	case errors.Is(err, jetstream.ErrSettings):
		return "a stream with these settings may lose events without a word; put them back, then run sijil verify"
	case errors.As(err, &chain):
		return "see sijil doctor"
	}
	return ""
}

// withChanges adds to a refusal before → after, where it has them.
func withChanges(err error) error {
	var r *ledger.Refusal
	if errors.As(err, &r) && len(r.Changes) > 0 {
		return fmt.Errorf("%w: %s", err, importer.Changes(r))
	}
	return err
}

func refusalHint(r *ledger.Refusal) string {
	var parts []string
	if len(r.Candidates) > 0 {
		parts = append(parts, "perhaps "+strings.Join(r.Candidates, " or "))
	}
	if r.Hint != "" {
		parts = append(parts, r.Hint)
	}
	return strings.Join(parts, "; ")
}

// formatFlag adds --format.
func formatFlag(c *cobra.Command, at *string, allowed ...string) {
	c.Flags().StringVar(at, "format", allowed[0], "how to print: "+strings.Join(allowed, ", "))
	check := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if !slices.Contains(allowed, *at) {
			return usage("--format %s: it is one of %s", *at, strings.Join(allowed, ", "))
		}
		if check != nil {
			return check(c, args)
		}
		return nil
	}
}

// absolute is a path for messages that outlive the working folder.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}
