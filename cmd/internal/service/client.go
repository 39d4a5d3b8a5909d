package service

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
	"sijil/projections/totals"
)

// A Client asks a programme's ledger and projections, wherever they run.
type Client struct {
	nc        *nats.Conn
	programme string
	actor     string
}

// NewClient is a client that acts as actor; the connection's permissions MUST allow that.
func NewClient(nc *nats.Conn, programme, actor string) *Client { return &Client{nc, programme, actor} }

// methodOf is how an actor was authenticated. An actor local-… is the user of the operating system
// whose files hold the credentials.
func methodOf(actor string) events.Method {
	if strings.HasPrefix(actor, "local-") {
		return events.Local
	}
	return events.Token
}

// Submit gives commands and returns what became of each, in order. It sends them in requests of at
// most maxBulk bytes. An error means that the outcome of some is unknown: submit the same again.
func (c *Client) Submit(ctx context.Context, reqs ...ledger.Request) ([]Outcome, error) {
	return c.inParts(ctx, verbBulk, Bulk{}, reqs)
}

// Preview is what Submit would lead to; nothing is recorded. Previews of one session build on each
// other.
func (c *Client) Preview(ctx context.Context, session string, novelties bool, reqs ...ledger.Request) ([]Outcome, error) {
	return c.inParts(ctx, verbPreview, Bulk{Session: session, Novelties: novelties}, reqs)
}

// EndPreview forgets a session.
func (c *Client) EndPreview(ctx context.Context, session string) error {
	_, err := call[[]Outcome](ctx, c, c.do(verbPreview), Bulk{Session: session, End: true})
	return err
}

// perRequest is how many commands go into one request at most: as many as the ledger appends at once.
const perRequest = 500

func (c *Client) inParts(ctx context.Context, verb string, b Bulk, reqs []ledger.Request) ([]Outcome, error) {
	var out []Outcome
	size := 0
	send := func() error {
		if len(b.Calls) == 0 {
			return nil
		}
		got, err := call[[]Outcome](ctx, c, c.do(verb), b)
		if err == nil && len(got) != len(b.Calls) {
			err = fmt.Errorf("%d answers to %d commands", len(got), len(b.Calls))
		}
		out, b.Calls, size = append(out, got...), nil, 0
		return err
	}
	for _, r := range reqs {
		one, err := callOf(r)
		if err != nil {
			return out, err
		}
		n := len(one.Command) + len(one.ID) + 200
		if size+n > maxBulk || len(b.Calls) == perRequest {
			if err := send(); err != nil {
				return out, err
			}
		}
		b.Calls, size = append(b.Calls, one), size+n
	}
	return out, send()
}

// NoteForeign asks the ledger to note a foreign message.
func (c *Client) NoteForeign(ctx context.Context, position uint64, reason string) (Outcome, error) {
	return call[Outcome](ctx, c, c.do(verbNoteForeign), Note{ID: uuid.NewString(), Position: position, Reason: reason})
}

// Totals asks for totals.
func (c *Client) Totals(ctx context.Context, w projections.When, q totals.Query) (totals.Answer, error) {
	return call[totals.Answer](ctx, c, c.asking("totals"), Asked[totals.Query]{w, q})
}

// Initiatives lists the initiatives.
func (c *Client) Initiatives(ctx context.Context, w projections.When) (totals.InitiativesAnswer, error) {
	return call[totals.InitiativesAnswer](ctx, c, c.asking("initiatives"), Asked[totals.Initiatives]{When: w})
}

// Status asks where the read models are.
func (c *Client) Status(ctx context.Context) (Status, error) {
	return call[Status](ctx, c, c.asking("status"), StatusQuestion{})
}

// Digest asks what a read model holds.
func (c *Client) Digest(ctx context.Context, projection string) (Digest, error) {
	return call[Digest](ctx, c, c.asking("digest"), DigestQuestion{projection})
}

// Books asks what the ledger is, and how far a batch is.
func (c *Client) Books(ctx context.Context, batch uuid.UUID) (BooksAnswer, error) {
	return call[BooksAnswer](ctx, c, c.asking("books"), BooksQuestion{batch})
}

func (c *Client) do(verb string) string {
	return Prefix(c.programme) + ".do." + c.actor + "." + verb
}
func (c *Client) asking(question string) string { return Prefix(c.programme) + ".ask." + question }

// call asks, and asks again while a read model is behind, until ctx ends.
func call[A any](ctx context.Context, c *Client, subject string, q any) (a A, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return a, err
	}
	for {
		answer, err := c.whole(ctx, subject, body)
		if f := (*Failure)(nil); errors.As(err, &f) && f.Code == CodeBehind && ctx.Err() == nil {
			continue // the server waited for it meanwhile
		}
		if err != nil {
			return a, err
		}
		return a, json.Unmarshal(answer, &a)
	}
}

// requestWithin is how long a reply may take: longer than the server waits for a read model, and
// long enough for a big import on a slow disk.
const requestWithin = 60 * time.Second

// whole puts the pages of an answer together.
func (c *Client) whole(ctx context.Context, subject string, body []byte) (answer []byte, err error) {
	for {
		m, err := c.request(ctx, subject, body)
		if err != nil {
			return nil, err
		}
		answer = append(answer, m.Data...)
		server, cursor, more := strings.Cut(m.Header.Get(cursorHeader), ".")
		if !more {
			return answer, nil
		}
		subject = c.asking("page." + server)
		if body, err = json.Marshal(pageQuestion{cursor}); err != nil {
			return nil, err
		}
	}
}

func (c *Client) request(ctx context.Context, subject string, body []byte) (*nats.Msg, error) {
	ctx, cancel := context.WithTimeout(ctx, requestWithin)
	defer cancel()
	m, err := c.nc.RequestWithContext(ctx, subject, body)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return nil, &Failure{Code: CodeUnavailable, Message: "nobody answers for the programme " + c.programme, Hint: "is sijil serve running on this NATS?"}
	case errors.Is(err, nats.ErrMaxPayload):
		return nil, &Failure{
			Code: CodeBadRequest, Message: fmt.Sprintf("the request is of %d bytes, larger than what goes into one, %d", len(body), c.nc.MaxPayload()),
			Hint: "nothing of it was recorded: shorten its texts",
		}
	case err != nil:
		return nil, fmt.Errorf("no answer: %w", err)
	}
	if code := m.Header.Get(micro.ErrorCodeHeader); code != "" {
		f := &Failure{Code: code, Message: m.Header.Get(micro.ErrorHeader)}
		if len(m.Data) > 0 {
			err = json.Unmarshal(m.Data, f)
		}
		return nil, errors.Join(err, f)
	}
	return m, nil
}
