package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sijil/cmd/internal/service"
	"sijil/ledger/embedded"
	"sijil/ledger/jetstream"
)

// A Session is a way to ask: a node of this process, or another process that runs on the folder.
type Session struct {
	Folder
	Client *service.Client
	Log    *jetstream.Log
	// Node is set where everything runs in this process.
	Node  *Node
	close func() error
}

// Close ends the session, and the node where it is this process's own.
func (s *Session) Close() error { return s.close() }

// lockFor is how long Open waits for a process that has the folder and does not answer: one that
// starts or stops.
const lockFor = 10 * time.Second

// StartSoon is [Start] that waits a little for a process that has the folder, and may be a verb that
// is about to end.
func StartSoon(ctx context.Context, c Config) (*Node, error) {
	for till := time.Now().Add(startFor); ; {
		n, err := Start(ctx, c)
		if err == nil || !errors.Is(err, embedded.ErrLocked) || time.Now().After(till) {
			return n, err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// startFor is how long StartSoon waits.
const startFor = 3 * time.Second

// Open asks the process that runs on a data folder, or starts everything for the length of the
// session.
func Open(ctx context.Context, c Config) (*Session, error) {
	folder, err := ReadFolder(c.Data)
	if err != nil {
		return nil, err
	}
	till := time.Now().Add(lockFor)
	for {
		n, err := Start(ctx, c)
		if err == nil {
			return &Session{Folder: folder, Client: n.Client, Log: n.Log, Node: n, close: n.Close}, nil
		}
		if !errors.Is(err, embedded.ErrLocked) {
			return nil, err
		}
		s, err2 := attach(ctx, c.Data, folder)
		if err2 == nil {
			return s, nil
		}
		if time.Now().After(till) {
			return nil, fmt.Errorf("%w, and it does not answer: %w", err, err2)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// attach connects to the process that runs on a folder.
func attach(ctx context.Context, dir string, folder Folder) (*Session, error) {
	c, err := embedded.ReadCredentials(dir)
	if err != nil {
		return nil, err
	}
	nc, err := c.Connect(embedded.Client)
	if err != nil {
		return nil, err
	}
	s := &Session{Folder: folder, Client: service.NewClient(nc, folder.Programme, c.Actor), close: func() error { nc.Close(); return nil }}
	if s.Log, err = open(ctx, nc, embedded.Client, folder.Programme); err == nil {
		_, err = s.Client.Status(ctx)
	}
	if err != nil {
		nc.Close()
		return nil, err
	}
	return s, nil
}
