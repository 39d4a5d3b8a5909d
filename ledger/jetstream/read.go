package jetstream

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"sijil/projections"
)

const (
	ahead      = 10_000           // messages that the server sends before they are taken
	aheadBytes = 16 << 20         // and their bytes: the server cuts off who is 64 MiB behind
	direct     = 4                // reads of so few positions ask for each message
	heartbeat  = 5 * time.Second  // of an idle consumer; two missed end it
	inactive   = 30 * time.Second // after which the server drops a consumer that nobody uses
)

// Read implements [projections.Source]. It outlives the loss of the connection and of servers, once
// it has begun; an error before that, and the loss of the stream, end it. A read that tails from
// beyond the end, at its beginning or because the stream was truncated meanwhile, ends with
// [projections.ErrBeyondEnd]. A bounded read ends where the log ended when it began.
func (l *Log) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		end, err := l.End(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		if to != 0 {
			if to = min(to, end); to <= after {
				return
			}
			if to-after <= direct {
				l.get(ctx, after, to, yield)
				return
			}
		}
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		f := newFeed()
		go func() { f.end(l.feed(ctx, f, after, to)) }()
		for {
			batch, err := f.take(ctx)
			switch {
			case errors.Is(err, errRead):
				return
			case err != nil:
				yield(nil, err)
				return
			case !yield(batch, nil):
				return
			}
		}
	}
}

// get yields a few messages, each asked for.
func (l *Log) get(ctx context.Context, after, to uint64, yield func([]projections.Message, error) bool) {
	var batch []projections.Message
	for position := after + 1; position <= to; position++ {
		var m *jetstream.RawStreamMsg
		err := l.ask(ctx, fmt.Sprintf("get @%d", position), func(ctx context.Context) (err error) {
			m, err = l.stream.GetMsg(ctx, position)
			return err
		})
		switch {
		case err == nil:
			batch = append(batch, projections.Message{Position: m.Sequence, Payload: m.Data})
		case !errors.Is(err, jetstream.ErrMsgNotFound):
			yield(nil, err)
			return
		}
	}
	if len(batch) > 0 {
		yield(batch, nil)
	}
}

// errRead says that a bounded read has everything.
var errRead = errors.New("read")

// feed reads into f, with one consumer after another, until there is nothing to go on for.
func (l *Log) feed(ctx context.Context, f *feed, after, to uint64) error {
	at, began := after, false
	for wait := time.Duration(0); ; {
		consumed, err := l.consume(ctx, f, &at, to)
		began = began || consumed
		switch {
		case errors.Is(err, errRead):
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case !began, errors.Is(err, projections.ErrBeyondEnd), errors.Is(err, jetstream.ErrStreamNotFound),
			errors.Is(err, nats.ErrConnectionClosed):
			return fmt.Errorf("jetstream: read %s after @%d: %w", l.name, at, err)
		}
		if wait = min(2*wait+20*time.Millisecond, 2*time.Second); consumed {
			wait = 20 * time.Millisecond
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
	}
}

// consume reads into f with one consumer, and moves at on. It returns why it stopped, and whether
// there was a consumer at all.
func (l *Log) consume(ctx context.Context, f *feed, at *uint64, to uint64) (consumed bool, err error) {
	nc := l.js.Conn()
	lost := nc.StatusChanged(nats.RECONNECTING, nats.CLOSED)
	defer nc.RemoveStatusListener(lost)
	end, err := l.End(ctx)
	if err != nil {
		return false, err
	}
	if to == 0 && *at > end {
		return false, fmt.Errorf("%w: @%d is its last message; it was truncated or replaced", projections.ErrBeyondEnd, end)
	}
	config := jetstream.ConsumerConfig{
		Name:              nuid.Next(),
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       *at + 1,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: inactive,
	}
	var c jetstream.Consumer
	if err := l.ask(ctx, "create consumer", func(ctx context.Context) (err error) {
		c, err = l.js.CreateConsumer(ctx, l.name, config)
		return err
	}); err != nil {
		return false, err
	}
	name := c.CachedInfo().Name
	defer func() {
		go func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
			defer cancel()
			_ = l.js.DeleteConsumer(ctx, l.name, name) // or the server does, when it is inactive
		}()
	}()
	if to != 0 && c.CachedInfo().NumPending == 0 {
		return true, errRead
	}
	messages, err := c.Messages(jetstream.PullMaxMessagesWithBytesLimit(ahead, aheadBytes),
		jetstream.PullHeartbeat(heartbeat), jetstream.WithMessagesErrOnMissingHeartbeat(true))
	if err != nil {
		return true, fmt.Errorf("consume: %w", err)
	}
	defer messages.Stop()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go func() {
		// The next connection may be to a server that has another log: look again.
		select {
		case <-lost:
			stop(nats.ErrDisconnected)
		case <-ctx.Done():
		}
	}()
	return true, l.drain(ctx, messages, f, at, to)
}

// drain moves messages into f, in order.
func (l *Log) drain(ctx context.Context, messages jetstream.MessagesContext, f *feed, at *uint64, to uint64) error {
	next := jetstream.NextContext(ctx)
	for delivered := uint64(1); ; delivered++ {
		m, err := messages.Next(next)
		if err != nil {
			if cause := context.Cause(ctx); cause != nil {
				return cause
			}
			return err
		}
		meta, err := m.Metadata()
		switch {
		case err != nil:
			return err
		case meta.Sequence.Consumer != delivered || meta.Sequence.Stream <= *at:
			return fmt.Errorf("delivery %d of @%d after @%d, not delivery %d",
				meta.Sequence.Consumer, meta.Sequence.Stream, *at, delivered)
		case to != 0 && meta.Sequence.Stream > to:
			return errRead
		}
		if err := f.put(ctx, projections.Message{Position: meta.Sequence.Stream, Payload: m.Data()}); err != nil {
			return context.Cause(ctx)
		}
		*at = meta.Sequence.Stream
		if to != 0 && (*at == to || meta.NumPending == 0) {
			return errRead
		}
	}
}
