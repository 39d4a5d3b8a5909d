package ledger

import (
	"context"
	"errors"
	"fmt"

	"sijil/events"
	"sijil/projections"
)

// NoteForeign appends a note that the message at a position was not written by a ledger, so that
// readers pass exactly it. The message MUST be the one that the books have halted at: one that follows
// from what is before it is never foreign, not even if this build cannot read it. r.Command is not
// used.
func (l *Ledger) NoteForeign(ctx context.Context, r Request, position uint64, reason string) (out Outcome, err error) {
	if reason, err = cleanText("reason", reason, maxReason, false); err != nil {
		return out, err
	}
	if reason == "" {
		return out, refuse(MissingField, "reason", "missing").hint("say what is known of the message, and who decided to pass it")
	}
	err = l.between(ctx, func(ctx context.Context) error {
		halted := l.catchUp(ctx)
		at := l.books.Rows().Checkpoint()
		cause := events.Cause{Command: commandID(l.Vault, r.Scope, r.ID), Actor: r.Actor, Method: r.Method, Correlation: r.Correlation}
		if halted == nil {
			if c := (Books{View: l.books.Rows()}).command(cause.Command); c != nil {
				out = Outcome{ID: cause.Command, First: c.First, Last: c.Last, Already: true}
				return nil
			}
			return refuse(NotForeign, "position", "the log is whole up to @%d: nothing to note", at.Position).hint("sijil doctor says where readers halt")
		}
		var chain *events.ChainError
		switch {
		case !errors.As(halted, &chain):
			return halted
		// A message out of its place says which place it was for.
		case chain.After.Position+1 != position || chain.Got != position && !errors.Is(chain.Err, events.ErrGap):
			return refuse(NotForeign, "position", "readers halted after @%d, not before @%d: %v", chain.After.Position, position, chain.Err).
				hint("note the message that they halted at")
		case position == 1:
			return refuse(NotForeign, "position", "there is no ledger before @1").hint("found the ledger in an empty log")
		case projections.Unreadable(chain.Err):
			return refuse(NotForeign, "position", "@%d may be the ledger's own, of a newer version: %v", position, chain.Err).hint("upgrade sijil")
		}
		m, err := projections.Get(ctx, l.Log, position)
		if err != nil {
			return err
		}
		end, err := l.Log.End(ctx)
		if err != nil {
			return err
		}
		last, err := projections.Get(ctx, l.Log, end)
		if err != nil {
			return err
		}
		now := l.draft().now
		if e, err := events.Decode(last.Payload); err == nil && now.Before(e.Time) {
			now = e.Time // of a note before
		}
		note := events.ForeignNoted{Position: position, SHA256: events.Sum(m.Payload), Reason: reason}
		cause.Hash = l.Vault.MAC("command", "foreign.noted", note.Subject(), note.SHA256.String(), reason)
		e, err := events.Seal(events.Checkpoint{Ledger: chain.After.Ledger, Position: end, Hash: events.Sum(last.Payload)},
			l.Programme, now, cause, 1, note)
		if err != nil {
			return refuse(BadValue, "", "%v", err).hint("correct the command")
		}
		if err := l.Log.Append(ctx, []events.Entry{e}); err != nil {
			return fmt.Errorf("ledger: the note may not be stored, try again: %w", err)
		}
		out = Outcome{ID: cause.Command, First: e.Position, Last: e.Position, Decision: Decision{Events: []events.Event{note}}}
		// Another foreign message may follow; then the books halt again, there.
		_ = l.catchUp(ctx)
		return nil
	})
	return out, err
}
