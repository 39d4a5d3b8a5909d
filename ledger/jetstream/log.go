package jetstream

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"sijil/ledger"
)

// A Log is a programme's log in a stream. It implements [ledger.Log]. Its methods may be called by
// many; it does not own the connection, and needs no closing.
type Log struct {
	js        jetstream.JetStream
	stream    jetstream.Stream
	name      string // of the stream
	programme string
	timeout   time.Duration
	copied    bool // a copy of another stream: read only
}

var _ ledger.Log = (*Log)(nil)

// Stream is the name of the log's stream.
func (l *Log) Stream() string { return l.name }

// Programme is the programme whose log it is.
func (l *Log) Programme() string { return l.programme }

// End is the position of the last message, asked for each time.
func (l *Log) End(ctx context.Context) (uint64, error) {
	info, err := l.info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

func (l *Log) info(ctx context.Context) (*jetstream.StreamInfo, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var info *jetstream.StreamInfo
	err := l.ask(ctx, "info", func(ctx context.Context) (err error) {
		info, err = l.stream.Info(ctx)
		return err
	})
	return info, err
}

// ask sends a request that may be repeated, and does so where the connection is lost meanwhile.
func (l *Log) ask(ctx context.Context, what string, request func(context.Context) error) error {
	reqCtx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	nc := l.js.Conn()
	lost := nc.StatusChanged(nats.RECONNECTING)
	defer nc.RemoveStatusListener(lost)
	for {
		tryCtx, giveUp := context.WithCancelCause(reqCtx)
		go func() {
			select {
			case <-lost:
				giveUp(nats.ErrDisconnected)
			case <-tryCtx.Done():
			}
		}()
		err := request(tryCtx)
		again := err != nil && context.Cause(tryCtx) == nats.ErrDisconnected
		giveUp(nil)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case again:
			continue
		case errors.Is(err, context.DeadlineExceeded):
			return fmt.Errorf("jetstream: %s: %s: no answer within %v: %w", l.name, what, l.timeout, err)
		}
		return fmt.Errorf("jetstream: %s: %s: %w", l.name, what, err)
	}
}
