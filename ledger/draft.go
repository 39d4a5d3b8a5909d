package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// A draft is what would be appended next: decisions made one by one, each on rows with those before
// it, over the books.
type draft struct {
	*Ledger
	rows    *projections.Rows
	vault   VaultBatch
	now     time.Time
	entries []events.Entry
	limit   int // of entries
}

func (l *Ledger) draft() *draft {
	rows := projections.On(l.books.Rows())
	now := l.Now().UTC()
	if last := (Books{View: rows}).last(); now.Before(last) {
		now = last // recording times never decrease
	}
	return &draft{Ledger: l, rows: rows, vault: l.Vault.Begin(), now: now, limit: batchEvents}
}

// add decides one request. false: its events do not fit; nothing was added. An error is not about
// the request: the draft is unusable.
func (d *draft) add(ctx context.Context, p *pending) (bool, error) {
	out, entries, vault, err := d.decide(ctx, p.Request)
	switch refusal := (*Refusal)(nil); {
	case errors.As(err, &refusal):
		p.out = Outcome{ID: out.ID, Err: refusal, Decision: Decision{Notes: out.Notes}}
		return true, nil
	case err != nil:
		return false, err
	case len(entries) > batchEvents:
		p.out = Outcome{ID: out.ID, Err: refuse(TooLarge, "", "%d events follow from one command, at most %d are recorded at once", len(entries), batchEvents).
			hint("give it in parts")}
		return true, nil
	case len(d.entries)+len(entries) > d.limit:
		return false, nil
	}
	for _, e := range entries {
		if err := d.rows.Fold(bookkeeping{}, e); err != nil {
			return false, fmt.Errorf("books: %w", err)
		}
	}
	d.entries = append(d.entries, entries...)
	if len(entries) > 0 {
		vault.Keep()
	}
	p.out = out
	return true, nil
}

// decide decides on one request and seals what follows, without changing anything.
func (d *draft) decide(ctx context.Context, r Request) (out Outcome, entries []events.Entry, vault VaultBatch, err error) {
	books := Books{View: d.rows, Now: d.now}
	cmd := r.Command
	if cmd == nil {
		return out, nil, nil, refuse(MissingField, "command", "missing").hint("say what is to be done")
	}
	record, isRecord := cmd.(Record)
	if isRecord {
		if record, err = record.normal(); err != nil {
			return out, nil, nil, err
		}
		cmd = record
	}
	hash, err := fingerprint(d.Vault, cmd)
	if err != nil {
		return out, nil, nil, refuse(BadText, "", "%v", err).hint("give texts in valid UTF-8")
	}
	out.ID = commandID(d.Vault, r.Scope, r.ID)
	if isRecord && record.Reference != "" {
		var done bool
		if out, done, err = d.generation(ctx, books, record, hash); done || err != nil {
			return out, nil, nil, err
		}
	} else if r.ID == "" {
		return Outcome{}, nil, nil, refuse(MissingField, "id", "the command has no id").
			hint("choose one, and use it again when you send the same command again")
	} else if c := books.command(out.ID); c != nil {
		if c.Hash != hash {
			return out, nil, nil, refuse(ReusedID, "id", "this id was used at @%d by a command of other content", c.First).hint("use a new id for a new command")
		}
		out.First, out.Last, out.Already = c.First, c.Last, true
		if k := books.contribution(out.ID); isRecord && k != nil {
			out.Withdrawn = k.Withdrawn
		}
		return out, nil, nil, nil
	}
	decision, vault, err := d.resolve(ctx, books, cmd, out.ID)
	out.Decision = decision
	if err != nil {
		return out, nil, nil, err
	}
	cause := events.Cause{Command: out.ID, Hash: hash, Actor: r.Actor, Method: r.Method, Correlation: r.Correlation}
	at := d.rows.Checkpoint()
	for i, e := range decision.Events {
		if f, ok := cmd.(Found); ok {
			if f.Programme != d.Programme {
				return out, nil, nil, refuse(BadValue, "programme", "%q cannot be founded in the log of %s", f.Programme, d.Programme).
					hint("name the programme as the log is named")
			}
			at.Ledger = f.Ledger
		}
		entry, err := events.Seal(at, d.Programme, d.now, cause, i+1, e)
		if err != nil {
			// Sealing sees nothing but the request.
			if errors.Is(err, events.ErrTooLarge) {
				return out, nil, nil, refuse(TooLarge, "", "%v", err).hint("shorten its texts")
			}
			return out, nil, nil, refuse(BadValue, "", "%v", err).hint("correct the command")
		}
		entries, at = append(entries, entry), entry.Checkpoint
	}
	if len(entries) > 0 {
		out.First, out.Last = entries[0].Position, at.Position
	}
	return out, entries, vault, nil
}

// resolve gets a command ready and decides it.
func (d *draft) resolve(ctx context.Context, books Books, cmd Command, id uuid.UUID) (Decision, VaultBatch, error) {
	vault := d.vault.Begin()
	desk := &desk{books: books, vault: d.Vault, batch: vault, names: &d.names, id: id}
	if c, ok := cmd.(concerning); ok {
		t := c.target()
		var clean cleaner
		clean.text("source", &t.System, maxCode)
		clean.text("id", &t.Reference, maxName)
		if clean.err != nil {
			return Decision{}, nil, clean.err
		}
		if t.Contribution == uuid.Nil && t.Reference != "" {
			t.Contribution, _ = latest(books, d.Vault, t.System, t.Reference)
		}
		now, err := d.present(ctx, books, t.Contribution)
		if err != nil {
			return Decision{}, nil, err
		}
		desk.concerns, desk.books.concerned, books.concerned = t.Contribution, now, now
	}
	if c, ok := cmd.(preparer); ok {
		var err error
		if cmd, err = c.prepare(desk); err != nil {
			return Decision{}, nil, err
		}
	}
	decision, err := cmd.Decide(books)
	return decision, vault, err
}

// generation decides what a Record with a reference is: recorded already, different from what is
// recorded, or the next generation, whose id is then out.ID.
func (d *draft) generation(ctx context.Context, books Books, c Record, hash events.Hash) (out Outcome, done bool, err error) {
	id, n := latest(books, d.Vault, c.System, c.Reference)
	for g := 1; g <= n; g++ {
		id := recordID(d.Vault, c.System, c.Reference, g)
		if cmd := books.command(id); cmd != nil && cmd.Hash == hash {
			return Outcome{ID: id, First: cmd.First, Last: cmd.Last, Already: true, Withdrawn: books.contribution(id).Withdrawn, Generation: int64(g)}, true, nil
		}
	}
	if n == 0 || books.contribution(id).Withdrawn {
		return Outcome{ID: recordID(d.Vault, c.System, c.Reference, n+1)}, false, nil
	}
	out = Outcome{ID: id, First: books.contribution(id).Position}
	changes, err := d.compare(ctx, books, c, id)
	switch {
	case err != nil:
		return out, true, err
	case len(changes) == 0: // other words for the same
		out.Last, out.Already = out.First, true
		return out, true, nil
	}
	r := refuse(Differs, "id", "this reference is recorded already, and says something else").
		hint("to change it: sijil correct %s, or withdraw it first", id)
	r.Changes = changes
	return out, true, r
}

// compare is what would differ if c stood for the contribution id.
func (d *draft) compare(ctx context.Context, books Books, c Record, id uuid.UUID) ([]FieldChange, error) {
	before, err := d.present(ctx, books, id)
	if err != nil {
		return nil, err
	}
	c.New, c.Accept = true, "to be compared"
	decision, _, err := d.resolve(ctx, books, c, id)
	if err != nil {
		return nil, err
	}
	after := decision.Events[len(decision.Events)-1].(events.ContributionRecorded).After
	var out []FieldChange
	for _, f := range differences(before, after) {
		switch f.Field {
		case "note":
			if text, err := d.Vault.Open(before.Note, SealNote); err == nil && text == c.Note {
				continue
			}
		case "initiative":
			f.Before, f.After = books.initiativeLabel(f.Before), c.Initiative
		case "volunteer":
			f.After = c.Volunteer
			if f.Before != "" {
				f.Before = "another volunteer"
			}
		}
		out = append(out, f)
	}
	return out, nil
}

func (b Books) initiativeLabel(id string) string {
	if _, i := b.initiative(id); i != nil {
		return i.Code
	}
	return id
}

// present is a contribution as it stands, nil where there is none: from the draft, or read at its
// last position in the log.
func (d *draft) present(ctx context.Context, books Books, id uuid.UUID) (*events.Contribution, error) {
	k := books.contribution(id)
	if k == nil || k.Withdrawn {
		return nil, nil
	}
	var e events.Entry
	// A preview's positions may have been taken by others meanwhile: the hash tells whose entry it is.
	first := d.rows.Checkpoint().Position - uint64(len(d.entries))
	if i := k.Position - first - 1; k.Position > first && i < uint64(len(d.entries)) && [8]byte(d.entries[i].Hash[:8]) == k.Hash8 {
		e = d.entries[i]
	} else {
		m, err := projections.Get(ctx, d.Log, k.Position)
		if err != nil {
			return nil, fmt.Errorf("ledger: %w", err)
		}
		if e, err = events.Decode(m.Payload); err != nil {
			return nil, fmt.Errorf("ledger: at @%d: %w", k.Position, err)
		}
	}
	c, ok := e.Event.(events.Contributory)
	if !ok || [8]byte(e.Hash[:8]) != k.Hash8 {
		return nil, &events.ChainError{After: events.Checkpoint{Position: k.Position - 1}, Got: k.Position, Err: events.ErrAltered}
	}
	_, _, after := c.Change()
	return after, nil
}
