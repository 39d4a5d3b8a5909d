package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sijil/cmd/internal/service"
	"sijil/ledger"
	"sijil/ledger/embedded"
	"sijil/ledger/jetstream"
	"sijil/ledger/vault"
	"sijil/projections"
	"sijil/projections/totals"
)

// Config says what to run.
type Config struct {
	Data   string           // the data folder, made by MakeFolder
	Now    func() time.Time // of recording; nil: time.Now
	Logger *slog.Logger     // nil: none
}

// A Node is everything of sijil in one process, on one data folder.
type Node struct {
	Folder
	// Client asks the node, as any other process would.
	Client *service.Client
	// Log is the log as a client reads it.
	Log *jetstream.Log
	// Server is the embedded server.
	Server *embedded.Server
	// Ledger is the ledger itself, for who is in this process.
	Ledger *ledger.Ledger
	// Totals is the read model behind totals.
	Totals *projections.Model

	config Config
	conns  []*nats.Conn
	vault  *vault.Vault
	stop   []func() // intake first, then what it feeds; each waits for its parts
	failed chan error
	closed []func() error
}

// Start locks the folder and starts everything on it; ctx bounds the start alone. It fails with
// embedded.ErrLocked where another process runs on the folder.
func Start(ctx context.Context, c Config) (_ *Node, err error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	n := &Node{config: c, failed: make(chan error, 8)}
	if n.Folder, err = ReadFolder(c.Data); err != nil {
		return nil, err
	}
	release, err := embedded.Lock(c.Data)
	if err != nil {
		return nil, err
	}
	n.closed = append(n.closed, func() error { release(); return nil })
	if err := n.start(ctx); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Node) start(ctx context.Context) (err error) {
	core, intake := n.stage(ctx), n.stage(ctx)
	if n.Server, err = embedded.Start(ctx, embedded.Config{Dir: n.config.Data, Programme: n.Programme, Locked: true, Logger: n.config.Logger}); err != nil {
		return err
	}
	n.closed = append(n.closed, n.Server.Close)
	writer, err := n.connect(embedded.Ledger)
	if err != nil {
		return err
	}
	reader, err := n.connect(embedded.Projector)
	if err != nil {
		return err
	}
	client, err := n.connect(embedded.Client)
	if err != nil {
		return err
	}
	js, err := embedded.JetStream(writer, embedded.Ledger)
	if err != nil {
		return err
	}
	log, err := n.openLog(ctx, js)
	if err != nil {
		return err
	}
	if err := n.vaultThere(ctx, log); err != nil {
		return err
	}
	if n.vault, err = vault.Open(filepath.Join(n.config.Data, "vault")); err != nil {
		return err
	}
	n.closed = append(n.closed, n.vault.Close)

	n.Ledger, err = ledger.New(ledger.Config{
		Programme: n.Programme, Log: log, Vault: n.vault, Books: filepath.Join(n.config.Data, ledger.BooksFile),
		Now: n.config.Now, Logger: n.config.Logger,
	})
	if err != nil {
		return err
	}
	core(n.Ledger.Run)

	readLog, err := open(ctx, reader, embedded.Projector, n.Programme)
	if err != nil {
		return err
	}
	if n.Totals, err = n.openModel(totals.Totals{}); err != nil {
		return err
	}
	n.closed = append(n.closed, n.Totals.Close)
	core(func(ctx context.Context) error { return project(ctx, n.config.Logger, readLog, n.Totals) })

	ready := make(chan struct{})
	intake(func(ctx context.Context) error {
		return service.Serve(ctx, writer, service.Parts{
			Programme: n.Programme, Log: readLog, Ledger: n.Ledger, Totals: n.Totals, Logger: n.config.Logger,
		}, func() { close(ready) })
	})
	select {
	case <-ready:
	case err := <-n.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
	n.Client = service.NewClient(client, n.Programme, n.Server.Actor())
	n.Log, err = open(ctx, client, embedded.Client, n.Programme)
	return err
}

// ErrNoLog says that there is a vault, and not the log that it belongs to.
var ErrNoLog = errors.New("the log is missing")

// openLog opens the programme's log, and makes it where the folder is new: the vault comes after the
// log, so a folder with a vault and no log has lost it.
func (n *Node) openLog(ctx context.Context, js natsjs.JetStream) (*jetstream.Log, error) {
	log, err := jetstream.Open(ctx, js, n.Programme)
	if !errors.Is(err, natsjs.ErrStreamNotFound) {
		return log, err
	}
	if _, err := os.Stat(filepath.Join(n.config.Data, "vault")); err == nil {
		return nil, fmt.Errorf("%w: %s holds no stream of %s", ErrNoLog, filepath.Join(n.config.Data, "jetstream"), n.Programme)
	}
	return jetstream.Create(ctx, js, jetstream.Config{Programme: n.Programme})
}

// openModel opens a read model. A damaged file is set aside, and the model made anew from the log.
func (n *Node) openModel(p projections.Projection) (*projections.Model, error) {
	path := filepath.Join(n.config.Data, "models", p.Name())
	m, err := projections.Open(path, p, projections.Options{})
	if !errors.Is(err, projections.ErrDamaged) {
		return m, err
	}
	aside := path + ".damaged"
	n.config.Logger.Error("a read model is damaged: it is set aside and made anew from the log", slog.Any("error", err), slog.String("aside", aside))
	if err := os.Rename(path, aside); err != nil {
		return nil, err
	}
	return projections.Open(path, p, projections.Options{})
}

// ErrNoVault says that there are events, and not the vault that their ids and seals were made with.
var ErrNoVault = errors.New("the vault is missing")

// vaultThere refuses to make a new vault beside an old log: everybody would be a new person, every
// command a new one.
func (n *Node) vaultThere(ctx context.Context, log *jetstream.Log) error {
	path := filepath.Join(n.config.Data, "vault")
	end, err := log.End(ctx)
	if err != nil || end == 0 {
		return err
	}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w: %s, and the log has %d events", ErrNoVault, path, end)
	}
	return nil
}

func (n *Node) connect(user string) (*nats.Conn, error) {
	nc, err := n.Server.Connect(user)
	if err == nil {
		n.conns = append(n.conns, nc)
	}
	return nc, err
}

// open opens the log as one of the users.
func open(ctx context.Context, nc *nats.Conn, user, programme string) (*jetstream.Log, error) {
	js, err := embedded.JetStream(nc, user)
	if err != nil {
		return nil, err
	}
	return jetstream.Open(ctx, js, programme)
}

// stage returns what starts the parts of one stage; stages stop in the reverse order.
func (n *Node) stage(ctx context.Context) func(part func(context.Context) error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var parts sync.WaitGroup
	n.stop = append(n.stop, func() { cancel(); parts.Wait() })
	return func(part func(context.Context) error) {
		parts.Go(func() {
			if err := part(ctx); err != nil && !errors.Is(err, context.Canceled) {
				n.config.Logger.Error("a part of the node ended", slog.Any("error", err))
				n.failed <- err
			}
		})
	}
}

// Failed yields why a part of the node ended by itself.
func (n *Node) Failed() <-chan error { return n.failed }

// A halted projector looks again when the log has moved, since a foreign message may have been noted,
// and in any case after haltedFor.
const (
	haltedFor = 5 * time.Second
	lookEvery = 200 * time.Millisecond
)

// project folds the log into the models until ctx ends. What halts is said, and tried again: what
// was folded stays answerable meanwhile.
func project(ctx context.Context, logger *slog.Logger, src projections.Source, models ...*projections.Model) error {
	var said string
	for {
		err := projections.Run(ctx, src, 0, models...)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && err.Error() != said {
			said = err.Error()
			logger.Error("projections halted", slog.Any("error", err))
		}
		end, _ := src.End(ctx)
		for till := time.Now().Add(haltedFor); time.Now().Before(till); {
			select {
			case <-time.After(lookEvery):
			case <-ctx.Done():
				return ctx.Err()
			}
			if now, err := src.End(ctx); err == nil && now != end {
				break
			}
		}
	}
}

// Close stops intake and drains it, commits, and closes, in that order.
func (n *Node) Close() error {
	for i := len(n.stop) - 1; i >= 0; i-- {
		n.stop[i]()
	}
	for _, nc := range n.conns {
		nc.Close()
	}
	var errs []error
	for i := len(n.closed) - 1; i >= 0; i-- {
		errs = append(errs, n.closed[i]())
	}
	return errors.Join(errs...)
}
