package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"time"

	bolterrors "go.etcd.io/bbolt/errors"

	"sijil/events"
	"sijil/projections"
)

// Config is what a ledger is made of.
type Config struct {
	Programme string // one NATS token
	Log       Log
	Vault     Vault
	Books     string           // path of the file in which the ledger keeps its books
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger     // nil: none
}

// A Ledger decides requests and appends what follows. [Ledger.Run] MUST be running.
type Ledger struct {
	Config
	books    *projections.Model
	queue    chan *pending // commands, for the next append
	asides   chan aside    // what is done between two appends
	previews map[string]*preview
	names    namesakes
	halted   error         // why the books are not current; nil when they were at last sight
	stopped  chan struct{} // closed when Run returns
}

// A pending is a request on its way.
type pending struct {
	Request
	out  Outcome
	err  error
	done chan struct{}
}

type aside struct {
	do   func(context.Context) error
	done chan error
}

// batchEvents is how many events are appended at once, and how many commands are decided at once, at
// most. One command yields no more.
const batchEvents = 1000

// flushEvery is how many entries the books may be ahead of their file.
const flushEvery = 5000

// New opens the books. They are made anew from the log where they are damaged or of another version.
func New(c Config) (*Ledger, error) {
	if !events.ValidToken(c.Programme) {
		return nil, fmt.Errorf("ledger: programme %q is not 1 to 63 characters of a-z 0-9 - _", c.Programme)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	books, err := openBooks(c.Books)
	if err != nil {
		return nil, err
	}
	return &Ledger{
		Config: c, books: books, queue: make(chan *pending, batchEvents), asides: make(chan aside),
		previews: map[string]*preview{}, halted: errors.New("ledger: not running"), stopped: make(chan struct{}),
	}, nil
}

// Submit returns once every request is durable or refused, in order. An error means that the
// outcome of some is unknown: submit the same again.
func (l *Ledger) Submit(ctx context.Context, reqs ...Request) ([]Outcome, error) {
	ps := make([]*pending, len(reqs))
	for i, r := range reqs {
		ps[i] = &pending{Request: r, done: make(chan struct{})}
		select {
		case l.queue <- ps[i]:
		case <-ctx.Done():
			return nil, unknown(context.Cause(ctx))
		case <-l.stopped:
			return nil, unknown(ErrStopped)
		}
	}
	out := make([]Outcome, len(reqs))
	for i, p := range ps {
		select {
		case <-p.done:
		case <-ctx.Done():
			return nil, unknown(context.Cause(ctx))
		case <-l.stopped:
			select {
			case <-p.done:
			default:
				return nil, unknown(ErrStopped)
			}
		}
		if errors.Is(p.err, ErrStorage) && slices.ContainsFunc(out[:i], func(o Outcome) bool { return o.Err == nil && !o.Already }) {
			return nil, fmt.Errorf("ledger: some of it was recorded, and then the log took no more: send the same again: %v", p.err)
		}
		if p.err != nil {
			return nil, p.err
		}
		out[i] = p.out
	}
	return out, nil
}

// ErrStopped says that Run has returned.
var ErrStopped = errors.New("the ledger has stopped")

func unknown(why error) error {
	return fmt.Errorf("ledger: outcome unknown, ask again with the same request: %w", why)
}

// between runs do on the writer's goroutine, between two appends.
func (l *Ledger) between(ctx context.Context, do func(context.Context) error) error {
	a := aside{do, make(chan error, 1)}
	select {
	case l.asides <- a:
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-l.stopped:
		return ErrStopped
	}
	// What do writes belongs to the caller only when it has ended: so its end is waited for, which the
	// log's own time-outs bound.
	select {
	case err := <-a.done:
		return err
	case <-l.stopped:
		return ErrStopped
	}
}

// Consult runs fn on current books.
func (l *Ledger) Consult(ctx context.Context, fn func(Books) error) error {
	return l.between(ctx, func(ctx context.Context) error {
		if err := l.catchUp(ctx); err != nil {
			return err
		}
		return l.guard(func() error { return fn(Books{View: l.books.Rows(), Now: l.Now()}) })
	})
}

// Digest is the digest of the books, current, and where they are; see projections.Digest. It can be
// compared with a fold of [Bookkeeping] over the log.
func (l *Ledger) Digest(ctx context.Context) (at events.Checkpoint, digest events.Hash, err error) {
	err = l.Consult(ctx, func(b Books) error {
		at, digest = b.Checkpoint(), projections.Digest(b.View)
		return nil
	})
	return at, digest, err
}

// Bookkeeping is the projection behind the books, for checking them.
func Bookkeeping() projections.Projection { return bookkeeping{} }

// Run is the one writer of this process, until ctx ends. A log that cannot be followed (broken,
// foreign, unreadable) does not end it: every command then fails with the reason, and is tried anew.
func (l *Ledger) Run(ctx context.Context) error {
	defer close(l.stopped)
	l.halted = l.start(ctx)
	idle := time.NewTicker(time.Second)
	defer idle.Stop()
	var waiting []*pending // taken from the queue, not answered
	for {
		if len(waiting) == 0 {
			select {
			case p := <-l.queue:
				waiting = append(waiting, p)
			case a := <-l.asides:
				a.done <- a.do(ctx)
				continue
			case <-idle.C:
				l.expire()
				if err := l.books.Flush(); err != nil {
					l.Logger.Error("books not flushed", slog.Any("error", err))
					l.reset(err)
				}
				continue
			case <-ctx.Done():
				return errors.Join(l.books.Flush(), l.books.Close(), context.Cause(ctx))
			}
		}
		waiting = l.commit(ctx, waiting)
	}
}

// start compares the books with the log and brings them up to its end. Damaged ones are made anew.
func (l *Ledger) start(ctx context.Context) error {
	if errors.Is(l.halted, projections.ErrDamaged) {
		if err := l.renew(); err != nil {
			return errors.Join(l.halted, err)
		}
	}
	return projections.CatchUp(ctx, l.Log, l.books)
}

// reset forgets what was not flushed, and all previews, which lie on it.
func (l *Ledger) reset(err error) {
	l.halted = err
	l.books.Reset()
	clear(l.previews)
}

// catchUp folds what others appended. Afterwards the books are as of the log's end, as it was.
func (l *Ledger) catchUp(ctx context.Context) error {
	if l.halted != nil {
		clear(l.previews)
		if l.halted = l.start(ctx); l.halted != nil {
			return fmt.Errorf("ledger: halted: %w", l.halted)
		}
	}
	at := l.books.Rows().Checkpoint()
	end, err := l.Log.End(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("ledger: %w", err)
	case end == at.Position:
		return nil
	case end < at.Position:
		l.reset(&events.ChainError{After: at, Got: end, Err: projections.ErrBeyondEnd})
		return fmt.Errorf("ledger: halted: %w", l.halted)
	}
	for batch, err := range projections.Follow(ctx, l.Log, at, end) {
		if err == nil {
			err = l.books.Fold(batch)
		}
		if err != nil {
			l.reset(err)
			return fmt.Errorf("ledger: halted: %w", err)
		}
	}
	return l.flushIfFull()
}

func (l *Ledger) flushIfFull() error {
	if l.books.Pending() < flushEvery {
		return nil
	}
	if err := l.books.Flush(); err != nil {
		l.reset(err)
		return err
	}
	return nil
}

// commit decides those waiting, in order, and what comes meanwhile, appends what follows, and answers.
// It returns what did not fit any more.
func (l *Ledger) commit(ctx context.Context, waiting []*pending) (rest []*pending) {
	answer := func(n int, err error) []*pending {
		for _, p := range waiting[:n] {
			p.err = err
			close(p.done)
		}
		return waiting[n:]
	}
	if l.halted != nil {
		if err := l.catchUp(ctx); err != nil {
			return answer(len(waiting), err)
		}
	}
	for {
		d := l.draft()
		n := 0 // so many of those waiting are in the draft
		for n < batchEvents && len(d.entries) < batchEvents {
			if n == len(waiting) {
				select {
				case p := <-l.queue:
					waiting = append(waiting, p)
					continue
				default:
				}
				break
			}
			var fits bool
			err := l.guard(func() (err error) { fits, err = d.add(ctx, waiting[n]); return err })
			if err != nil {
				l.reset(err) // what was folded of it is not to be trusted
				return answer(n+1, err)
			}
			if !fits {
				break
			}
			n++
		}
		err := l.append(ctx, d)
		switch {
		case err == nil:
			rest = answer(n, nil)
			d.rows.Merge()
			if err := l.flushIfFull(); err != nil {
				l.Logger.Error("books not flushed", slog.Any("error", err))
			}
			return rest
		case errors.Is(err, ErrConflict):
			if err := l.catchUp(ctx); err != nil {
				return answer(len(waiting), err)
			}
		default:
			return answer(n, err)
		}
	}
}

// names reports whether an event comes with a name in the vault.
func names(e events.Event) bool {
	switch e.(type) {
	case events.VolunteerRegistered, events.VolunteerUpdated:
		return true
	}
	return false
}

// append makes a draft durable. Without entries it makes sure that the draft's refusals were decided
// on current books. ErrConflict: decide again.
func (l *Ledger) append(ctx context.Context, d *draft) error {
	if len(d.entries) == 0 {
		end, err := l.Log.End(ctx)
		if err == nil && end != d.rows.Checkpoint().Position {
			return ErrConflict
		}
		return err
	}
	if err := d.vault.Commit(); err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	if slices.ContainsFunc(d.entries, func(e events.Entry) bool { return names(e.Event) }) {
		l.names.forget()
	}
	tried := false
	for wait := 10 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := l.Log.Append(ctx, d.entries)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, ErrConflict) && !tried:
			return err
		case errors.Is(err, ErrConflict):
			// The entries that came first may be these very ones.
			stored, err2 := l.stored(ctx, d.entries)
			switch {
			case stored:
				return nil
			case err2 == nil:
				return err
			}
			err = err2
		case errors.Is(err, ErrStorage) && !tried:
			return fmt.Errorf("ledger: nothing was recorded: %w", err)
		}
		// The entries may be stored or become so. Sending the same bytes with the same expectation
		// again is safe, and the only way to learn; a read never proves absence.
		tried = true
		l.Logger.Warn("append: outcome unknown, sending again", slog.Any("error", err))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			l.halted = err
			return unknown(err)
		}
	}
}

// stored reports whether the log holds these entries: the last of them at its place, since each names
// the one before.
func (l *Ledger) stored(ctx context.Context, entries []events.Entry) (bool, error) {
	last := entries[len(entries)-1]
	m, err := projections.Get(ctx, l.Log, last.Position)
	if chain := (*events.ChainError)(nil); errors.As(err, &chain) {
		return false, nil // there is no such message
	}
	return err == nil && events.Sum(m.Payload) == last.Hash, err
}

// guard turns the panic of damaged books into an error.
func (l *Ledger) guard(do func() error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *projections.DamageError:
			err = fmt.Errorf("ledger: books: %w", p)
		default:
			panic(p)
		}
	}()
	return do()
}

// openBooks opens the books. What cannot be opened, unless it is in use or the file system's fault, is
// thrown away: the log has it all.
func openBooks(path string) (*projections.Model, error) {
	open := func() (*projections.Model, error) {
		return projections.Open(path, bookkeeping{}, projections.Options{NoSync: true})
	}
	books, err := open()
	if err == nil || errors.Is(err, bolterrors.ErrTimeout) || errors.As(err, new(*fs.PathError)) {
		return books, err
	}
	if err2 := os.Remove(path); err2 != nil {
		return nil, errors.Join(err, err2)
	}
	return open()
}

// renew throws damaged books away.
func (l *Ledger) renew() error {
	l.Logger.Warn("books are damaged and made anew from the log", slog.Any("error", l.halted))
	_ = l.books.Close() // closed already where an earlier attempt ended here
	if err := os.Remove(l.Books); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	books, err := openBooks(l.Books)
	if err == nil {
		l.books = books
	}
	return err
}
