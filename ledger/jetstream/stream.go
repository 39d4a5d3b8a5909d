package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sijil/events"
)

// MaxMsgSize is the stream's limit for one message: a payload and its headers, in bytes.
const MaxMsgSize = 64 << 10

// defaultTimeout bounds one request to the server where Config says nothing.
const defaultTimeout = 5 * time.Second

const streamPrefix = "SIJIL_"

// StreamName is the name of a programme's stream.
func StreamName(programme string) string { return streamPrefix + programme }

// Subjects are what a programme's stream takes, and nobody but the ledger may publish to.
func Subjects(programme string) string { return "sijil." + programme + ".>" }

// Subject is where an event of a kind is published.
func Subject(programme string, kind events.Kind) string {
	return "sijil." + programme + "." + kind.Name()
}

// Config says which log to create or open.
type Config struct {
	Programme string
	// Stream is the stream's name where it is not StreamName(Programme): that of a mirror, say.
	Stream string
	// Replicas is how many servers keep the stream, for [Create]; 0 means 1.
	Replicas int
	// Timeout bounds each request to the server, an append included; 0 means 5 seconds.
	Timeout time.Duration
}

func (c Config) withDefaults() (Config, error) {
	if !events.ValidToken(c.Programme) {
		return c, fmt.Errorf("jetstream: programme %q is not 1 to 63 characters of a-z 0-9 - _", c.Programme)
	}
	if c.Stream == "" {
		c.Stream = StreamName(c.Programme)
	}
	if c.Replicas == 0 {
		c.Replicas = 1
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	return c, nil
}

// stream is how a programme's stream is made.
func (c Config) stream() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               c.Stream,
		Description:        "sijil: the events of programme " + c.Programme + ", append only",
		Subjects:           []string{Subjects(c.Programme)},
		Storage:            jetstream.FileStorage,
		Replicas:           c.Replicas,
		Retention:          jetstream.LimitsPolicy,
		Discard:            jetstream.DiscardNew,
		MaxMsgs:            -1,
		MaxBytes:           -1,
		MaxMsgsPerSubject:  -1,
		MaxMsgSize:         MaxMsgSize,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowAtomicPublish: true,
	}
}

// Create makes a programme's stream and opens its log. Where the stream is there already with
// settings that keep every event, it is opened.
func Create(ctx context.Context, js jetstream.JetStream, c Config) (*Log, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	reqCtx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	_, err = js.CreateStream(reqCtx, c.stream())
	switch {
	case err == nil, errors.Is(err, jetstream.ErrStreamNameAlreadyInUse):
		return c.open(ctx, js)
	case code(err) == codeSubjectOverlap:
		return nil, fmt.Errorf("jetstream: create %s: %w: %s in this account; remove it, or its subjects",
			c.Stream, err, overlapping(reqCtx, js, Subjects(c.Programme)))
	}
	return nil, fmt.Errorf("jetstream: create %s: %w", c.Stream, err)
}

// overlapping names the streams that take some of the subjects, for an error message.
func overlapping(ctx context.Context, js jetstream.JetStream, subjects string) string {
	list := js.StreamNames(ctx, jetstream.WithStreamListSubject(subjects))
	var names []string
	for name := range list.Name() {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "another stream takes " + subjects
	}
	slices.Sort(names)
	return strings.Join(names, ", ") + " takes " + subjects
}

// Open opens the log of a programme whose stream is there.
func Open(ctx context.Context, js jetstream.JetStream, programme string) (*Log, error) {
	return OpenConfig(ctx, js, Config{Programme: programme})
}

// OpenConfig is [Open] with the rest of a Config. Replicas are as they are.
func OpenConfig(ctx context.Context, js jetstream.JetStream, c Config) (*Log, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	return c.open(ctx, js)
}

func (c Config) open(ctx context.Context, js jetstream.JetStream) (*Log, error) {
	reqCtx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	stream, err := js.Stream(reqCtx, c.Stream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, fmt.Errorf("jetstream: open %s: %w: programme %s is not founded here", c.Stream, err, c.Programme)
	case err != nil:
		return nil, fmt.Errorf("jetstream: open %s: %w", c.Stream, err)
	}
	settings := stream.CachedInfo().Config
	if weak := checkSettings(settings, c.Programme); len(weak) > 0 {
		return nil, &SettingsError{Stream: c.Stream, Weaknesses: weak}
	}
	return &Log{
		js: js, stream: stream, name: c.Stream, programme: c.Programme, timeout: c.Timeout, copied: isCopy(settings),
	}, nil
}
