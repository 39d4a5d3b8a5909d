package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"sijil/events"
)

// Config of a server. Dir and Programme are needed; the rest has useful zero values.
type Config struct {
	// Dir is the data folder. The server keeps its store and its credentials there.
	Dir string
	// Programme is whose subjects the permissions are for; it need not be founded yet.
	Programme string
	// Actor is who the client acts as: one NATS token; "" is local-<user id>.
	Actor string
	// NoListen leaves out the listener: only this process can connect, by [Server.Connect].
	NoListen bool
	// Locked says that the caller holds the folder's [Lock], and gives it back after Close.
	Locked bool
	// MaxStore is how many bytes the streams may have; 0 means 1 TiB: the disk is the limit, which
	// [Server.Health] watches.
	MaxStore int64
	// MinFree is how many bytes of the disk are to stay free; 0 means 64 MiB.
	MinFree int64
	// Logger gets what the server logs, at debug and warn; nil drops it.
	Logger *slog.Logger
}

func (c Config) withDefaults() (Config, error) {
	if c.Actor == "" {
		c.Actor = fmt.Sprintf("local-%d", max(os.Getuid(), 0))
	}
	switch {
	case c.Dir == "":
		return c, errors.New("embedded: no data folder")
	case !events.ValidToken(c.Programme):
		return c, fmt.Errorf("embedded: programme %q is not 1 to 63 characters of a-z 0-9 - _", c.Programme)
	case !events.ValidToken(c.Actor):
		return c, fmt.Errorf("embedded: actor %q is not 1 to 63 characters of a-z 0-9 - _", c.Actor)
	}
	if c.MaxStore == 0 {
		c.MaxStore = 1 << 40
	}
	if c.MinFree == 0 {
		c.MinFree = 64 << 20
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// maxMemory bounds what JetStream keeps in memory: the state of consumers, which is small.
const maxMemory = 256 << 20

// A Server is a nats-server inside this process.
type Server struct {
	cfg       Config
	passwords map[string]string
	accounts  string // of the server's configuration
	release   func() // of the lock

	mu     sync.Mutex
	nats   *server.Server // nil while it is stopped
	port   int            // of the listener, once there is one
	closed bool
}

// Start locks the data folder, starts a server on it and waits until JetStream has recovered its
// store, which takes long where the server was killed and the store is large, and is not interrupted:
// the folder is given back when nothing uses it any more.
func Start(ctx context.Context, c Config) (*Server, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: c, port: server.RANDOM_PORT, release: func() {}}
	if !c.Locked {
		if s.release, err = Lock(c.Dir); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.passwords, s.accounts, err = accounts(c); err == nil {
		err = s.start(ctx)
	}
	if err != nil {
		s.release()
		return nil, err
	}
	return s, nil
}

// accounts are the users' new passwords, and the accounts that know their hashes.
func accounts(c Config) (passwords map[string]string, config string, err error) {
	plain, hashed, err := newPasswords()
	var b []byte
	if err == nil {
		b, err = Accounts(c.Programme, c.Actor, hashed)
	}
	if err != nil {
		return nil, "", fmt.Errorf("embedded: accounts: %w", err)
	}
	return plain, string(b), nil
}

// start starts the nats-server. s.mu MUST be held.
func (s *Server) start(ctx context.Context) (err error) {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("embedded: %s: %w", s.cfg.Dir, err)
	}
	store := filepath.Join(s.cfg.Dir, server.JetStreamStoreDir)
	if err := errors.Join(os.MkdirAll(store, 0o700), os.Chmod(store, 0o700), removeCredentials(s.cfg.Dir)); err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	opts := &server.Options{
		Host: "127.0.0.1", Port: s.port, DontListen: s.cfg.NoListen, NoSigs: true,
		JetStream: true, StoreDir: s.cfg.Dir, SyncAlways: true,
		JetStreamMaxStore: s.cfg.MaxStore, JetStreamMaxMemory: maxMemory,
	}
	if err := opts.ProcessConfigString(s.accounts); err != nil {
		return fmt.Errorf("embedded: accounts: %w", err)
	}
	ns, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	log := &logger{log: s.cfg.Logger}
	ns.SetLoggerV2(log, s.cfg.Logger.Enabled(ctx, slog.LevelDebug), false, false)
	ns.Start()
	defer func() {
		if err != nil {
			stop(ns)
		}
	}()
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("embedded: %s: %w", s.cfg.Dir, ctx.Err())
	case !ns.ReadyForConnections(10 * time.Second), !ns.JetStreamEnabled():
		return fmt.Errorf("embedded: %s: the server does not start: %w", s.cfg.Dir, log.err())
	case !s.cfg.NoListen:
		s.port = ns.Addr().(*net.TCPAddr).Port
		c := Credentials{
			URL: ns.ClientURL(), Programme: s.cfg.Programme, Actor: s.cfg.Actor, PID: os.Getpid(), Users: s.passwords,
		}
		if err := c.write(s.cfg.Dir); err != nil {
			return fmt.Errorf("embedded: credentials: %w", err)
		}
	}
	s.nats = ns
	return nil
}

func stop(ns *server.Server) {
	ns.Shutdown()
	ns.WaitForShutdown()
}

// Restart stops the nats-server and starts it again on the same store, port and passwords:
// connections come back by themselves. After a disk was full, or failed to sync, nothing else makes
// JetStream store again. After an error the server is stopped, and Restart may be tried again.
func (s *Server) Restart(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	if s.nats != nil {
		stop(s.nats)
		s.nats = nil
	}
	return s.start(ctx)
}

// Close stops the server, removes its credentials and gives the folder back.
func (s *Server) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	err := removeCredentials(s.cfg.Dir)
	if s.nats != nil {
		stop(s.nats)
		s.nats = nil
	}
	s.release()
	if err != nil {
		return fmt.Errorf("embedded: %w", err)
	}
	return nil
}

var errClosed = errors.New("embedded: the server is closed")

// Dir is the data folder.
func (s *Server) Dir() string { return s.cfg.Dir }

// Actor is who the client acts as.
func (s *Server) Actor() string { return s.cfg.Actor }

// Connect connects this process as one of the users, without a network. The connection outlives
// [Server.Restart].
func (s *Server) Connect(user string, opts ...nats.Option) (*nats.Conn, error) {
	password, ok := s.passwords[user]
	if !ok {
		return nil, fmt.Errorf("embedded: no user %q; there are %s, %s and %s", user, Ledger, Projector, Client)
	}
	nc, err := nats.Connect("", append(append(connectOptions(user, password),
		nats.InProcessServer(inProcess{s}), nats.ReconnectWait(50*time.Millisecond), nats.ErrorHandler(s.logError)), opts...)...)
	if err != nil {
		return nil, fmt.Errorf("embedded: connect as %s: %w", user, err)
	}
	return nc, nil
}

func (s *Server) logError(nc *nats.Conn, _ *nats.Subscription, err error) {
	s.cfg.Logger.Debug("nats connection", slog.String("name", nc.Opts.Name), slog.Any("error", err))
}

// inProcess connects to whichever nats-server runs now.
type inProcess struct{ s *Server }

func (p inProcess) InProcessConn() (net.Conn, error) {
	p.s.mu.Lock()
	ns := p.s.nats
	p.s.mu.Unlock()
	if ns == nil {
		return nil, nats.ErrNoServers
	}
	return ns.InProcessConn()
}
