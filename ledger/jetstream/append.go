package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"sijil/events"
	"sijil/ledger"
)

// MaxBatch is how many entries one Append takes: the server's limit for an atomic batch.
const MaxBatch = 1000

// contentType of a message, as CloudEvents over NATS has it.
const contentType = "application/cloudevents+json"

// Append implements [ledger.Log]. It tries once; see the package documentation for what its errors
// mean.
func (l *Log) Append(ctx context.Context, entries []events.Entry) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	first, last := entries[0].Position, entries[len(entries)-1].Position
	messages, err := l.messages(entries)
	if err == nil {
		err = l.publish(ctx, messages, last)
	}
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = errors.Join(ctx.Err(), err)
	}
	return fmt.Errorf("jetstream: append @%d to @%d of %s: %w", first, last, l.name, err)
}

// messages are the entries as they are published; an error means that they cannot be.
func (l *Log) messages(entries []events.Entry) ([]*nats.Msg, error) {
	if l.copied {
		return nil, fmt.Errorf("%w: the stream is a copy of another; append to that one", ledger.ErrStorage)
	}
	if len(entries) > MaxBatch {
		return nil, fmt.Errorf("%d entries in one append, at most %d are stored all or none", len(entries), MaxBatch)
	}
	messages := make([]*nats.Msg, len(entries))
	for i, e := range entries {
		switch want := entries[0].Position + uint64(i); {
		case e.Position == 0 || e.Position != want:
			return nil, fmt.Errorf("entry %d is for @%d, not for @%d", i+1, e.Position, max(want, 1))
		case e.Event == nil:
			return nil, fmt.Errorf("the entry for @%d has no event", e.Position)
		case e.Programme != l.programme:
			return nil, fmt.Errorf("the entry for @%d is of programme %q, the log of %q", e.Position, e.Programme, l.programme)
		case len(e.Raw) > events.MaxPayload:
			return nil, fmt.Errorf("the entry for @%d: %w: %d bytes, at most %d",
				e.Position, events.ErrTooLarge, len(e.Raw), events.MaxPayload)
		}
		messages[i] = &nats.Msg{
			Subject: Subject(l.programme, e.Event.Kind()),
			Header:  nats.Header{"Content-Type": {contentType}},
			Data:    e.Raw,
		}
	}
	messages[0].Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(entries[0].Position-1, 10))
	return messages, nil
}

// publish stores messages so that the last one is at a position.
func (l *Log) publish(ctx context.Context, messages []*nats.Msg, last uint64) error {
	reqCtx, cancel := context.WithTimeout(ctx, l.timeout)
	defer cancel()
	if len(messages) == 1 {
		ack, err := l.js.PublishMsg(reqCtx, messages[0])
		if err != nil {
			return l.outcome(err)
		}
		return l.acknowledged(ack.Stream, ack.Sequence, last)
	}
	ack, err := jetstreamext.PublishMsgBatch(reqCtx, l.js, messages,
		jetstreamext.BatchFlowControl{AckFirst: true, AckTimeout: l.timeout})
	if err == nil {
		return l.acknowledged(ack.Stream, ack.Sequence, last)
	}
	outcome := l.outcome(err)
	if errors.Is(outcome, ledger.ErrStorage) && !errors.Is(outcome, nats.ErrNoResponders) {
		// A server alone stores a batch message by message, and can run out of space half way.
		end, err2 := l.End(ctx)
		if first := last + 1 - uint64(len(messages)); err2 != nil || end >= first {
			return fmt.Errorf("%w; the outcome is unknown: the stream ends at @%d (%v)", err, end, err2)
		}
	}
	return outcome
}

// acknowledged compares what the server says it stored with what was sent.
func (l *Log) acknowledged(stream string, sequence, want uint64) error {
	if stream != l.name || sequence != want {
		return fmt.Errorf("acknowledged as @%d of stream %s, not as @%d: another stream takes this log's subjects, "+
			"or its messages were removed", sequence, stream, want)
	}
	return nil
}

// Error codes of the server that nats.go has no name for (nats-server, server/errors.json).
const (
	codeAccountResources jetstream.ErrorCode = 10002 // resource limits exceeded for account
	codeResources        jetstream.ErrorCode = 10023 // insufficient resources
	codeStorage          jetstream.ErrorCode = 10047 // insufficient storage resources available
	codeSubjectOverlap   jetstream.ErrorCode = 10065 // subjects overlap with an existing stream
	codeStoreFailed      jetstream.ErrorCode = 10077 // maximum messages or bytes exceeded
	codeSealed           jetstream.ErrorCode = 10109 // invalid operation on sealed stream
	codeTooManyRequests  jetstream.ErrorCode = 10167 // the stream's inbound queue is full
)

// code is the server's error code in err, 0 for none.
func code(err error) jetstream.ErrorCode {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.ErrorCode
	}
	return 0
}

// outcome says what an error means for what was sent.
func (l *Log) outcome(err error) error {
	switch code(err) {
	case jetstream.JSErrCodeStreamWrongLastSequence, jetstream.JSErrCodeStreamWrongLastSequenceConstant:
		return fmt.Errorf("%w: %w", ledger.ErrConflict, err)
	case codeAccountResources, codeResources, codeStorage, codeStoreFailed, codeSealed, codeTooManyRequests,
		jetstreamext.JSErrCodeBatchPublishNotEnabled:
		return fmt.Errorf("%w: %w", ledger.ErrStorage, err)
	case jetstream.JSErrCodeStreamMessageExceedsMaximum:
		return fmt.Errorf("%w: %w", events.ErrTooLarge, err)
	}
	if errors.Is(err, nats.ErrNoResponders) || errors.Is(err, jetstream.ErrNoStreamResponse) {
		return fmt.Errorf("%w: no server keeps the stream now: %w", ledger.ErrStorage, errors.Join(nats.ErrNoResponders, err))
	}
	if denied := l.js.Conn().LastError(); errors.Is(denied, nats.ErrPermissionViolation) {
		return fmt.Errorf("%w (the server said before: %v)", err, denied)
	}
	return err
}
