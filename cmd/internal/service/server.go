package service

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	"sijil/ledger"
	"sijil/projections"
)

// Parts are what one process serves; nil is served elsewhere.
type Parts struct {
	Programme string
	Log       ledger.Log
	Ledger    *ledger.Ledger
	Totals    *projections.Model
	Logger    *slog.Logger
}

func (p Parts) models() (out []*projections.Model) {
	if p.Totals != nil {
		out = append(out, p.Totals)
	}
	return out
}

const (
	// maxRequests are answered at once.
	maxRequests = 256
	// maxBulk bytes of calls go into one request.
	maxBulk = 900 << 10
	// pageSize is how many bytes of an answer go into one reply; NATS takes 1 MiB.
	pageSize = 512 << 10
	// maxPaged answers are kept for their next pages, each for keepPaged.
	maxPaged  = 64
	keepPaged = time.Minute

	// grace is how long requests under way may take once serving ends.
	grace = 3 * time.Second

	cursorHeader = "Sijil-Cursor"
)

type server struct {
	Parts
	ctx context.Context
	ask micro.Group
	id  string
	// Commands and questions have slots of their own: a log that does not store MUST NOT keep
	// anybody from reading.
	commands, asked chan struct{}
	err             error
	pages           pages
	// running are handlers under way.
	running sync.WaitGroup
}

// Serve answers on nc until ctx ends; ready is called when everything can be asked.
func Serve(ctx context.Context, nc *nats.Conn, p Parts, ready func()) error {
	svc, err := micro.AddService(nc, micro.Config{
		Name: "sijil-" + p.Programme, Version: "1.0.0", Description: "participation ledger of " + p.Programme,
	})
	if err != nil {
		return err
	}
	root := svc.AddGroup(Prefix(p.Programme))
	// Requests under way are answered when ctx ends, within a grace.
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	s := &server{Parts: p, ctx: handling, ask: root.AddGroup("ask"), id: strings.ToLower(rand.Text()),
		commands: make(chan struct{}, maxRequests), asked: make(chan struct{}, maxRequests)}
	s.questions()
	handle(s, s.asked, s.ask, "page", "page."+s.id, func(_ context.Context, _ micro.Request, q pageQuestion) (rawPage, error) {
		return s.pages.next(q.Cursor)
	})
	if p.Ledger != nil {
		do := root.AddGroup("do")
		for verb := range verbs {
			handle(s, s.commands, do, verb, "*."+verb, func(ctx context.Context, r micro.Request, c Call) (Outcome, error) {
				c.Verb = verb
				return s.one(ctx, actorOf(r), c)
			})
		}
		handle(s, s.commands, do, verbBulk, "*."+verbBulk, func(ctx context.Context, r micro.Request, b Bulk) ([]Outcome, error) {
			return s.bulk(ctx, actorOf(r), b)
		})
		handle(s, s.commands, do, verbPreview, "*."+verbPreview, func(ctx context.Context, r micro.Request, b Bulk) ([]Outcome, error) {
			return s.preview(ctx, actorOf(r), b)
		})
		handle(s, s.commands, do, verbNoteForeign, "*."+verbNoteForeign, func(ctx context.Context, r micro.Request, n Note) (Outcome, error) {
			req := ledger.Request{Scope: "note-foreign", ID: n.ID, Actor: actorOf(r), Method: methodOf(actorOf(r))}
			o, err := s.Ledger.NoteForeign(ctx, req, n.Position, n.Reason)
			return outcomeOf(o), err
		})
	}
	if s.err != nil {
		return errors.Join(s.err, svc.Stop())
	}
	if err := nc.Flush(); err != nil {
		return errors.Join(err, svc.Stop())
	}
	ready()
	<-ctx.Done()
	err = svc.Stop()
	s.running.Wait()
	return err
}

// Prefix is what the subjects of a programme's services begin with: never the stream's, where a
// request would be stored as an event.
func Prefix(programme string) string { return "sijil-api." + programme }

// actorOf is the actor in the subject sijil-api.P.do.ACTOR.VERB.
func actorOf(r micro.Request) string {
	parts := strings.Split(r.Subject(), ".")
	return parts[len(parts)-2]
}

func (s *server) one(ctx context.Context, actor string, c Call) (Outcome, error) {
	out, err := s.bulk(ctx, actor, Bulk{Calls: []Call{c}})
	if err != nil {
		return Outcome{}, err
	}
	return out[0], nil
}

func requests(actor string, b Bulk) ([]ledger.Request, error) {
	reqs := make([]ledger.Request, len(b.Calls))
	for i, c := range b.Calls {
		var err error
		if reqs[i], err = c.request(actor); err != nil {
			return nil, err
		}
	}
	return reqs, nil
}

func (s *server) bulk(ctx context.Context, actor string, b Bulk) ([]Outcome, error) {
	reqs, err := requests(actor, b)
	if err != nil {
		return nil, err
	}
	outs, err := s.Ledger.Submit(ctx, reqs...)
	if err != nil {
		return nil, err
	}
	answer := make([]Outcome, len(outs))
	for i, o := range outs {
		answer[i] = outcomeOf(o)
		if len(outs) > 1 {
			answer[i].Contribution = nil // a bulk answer stays small
		}
	}
	return answer, nil
}

func (s *server) preview(ctx context.Context, actor string, b Bulk) ([]Outcome, error) {
	if b.End {
		return nil, s.Ledger.EndPreview(ctx, b.Session)
	}
	reqs, err := requests(actor, b)
	if err != nil {
		return nil, err
	}
	outs, err := s.Ledger.Preview(ctx, b.Session, reqs...)
	if err != nil {
		return nil, err
	}
	answer := make([]Outcome, len(outs))
	for i, o := range outs {
		answer[i] = outcomeOf(o)
		if b.Novelties {
			if answer[i].Novelties, err = s.Ledger.Novelties(ctx, reqs[i], o); err != nil {
				return nil, err
			}
		}
	}
	return answer, nil
}

func ask[Q, A any](s *server, name string, fn func(context.Context, Q) (A, error)) {
	handle(s, s.asked, s.ask, name, name, func(ctx context.Context, _ micro.Request, q Q) (A, error) {
		ctx, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		return fn(ctx, q)
	})
}

// handle adds an endpoint that answers each request on a goroutine of its own.
func handle[Q, A any](s *server, slots chan struct{}, g micro.Group, name, subject string, fn func(context.Context, micro.Request, Q) (A, error)) {
	err := g.AddEndpoint(name, micro.HandlerFunc(func(r micro.Request) {
		if strings.HasPrefix(r.Reply(), "sijil.") {
			return // NATS does not check where a reply is wanted: an answer MUST NOT become an event
		}
		slots <- struct{}{}
		s.running.Go(func() {
			defer func() { <-slots }()
			var q Q
			var body []byte
			err := json.Unmarshal(r.Data(), &q, json.RejectUnknownMembers(true))
			if err != nil {
				err = &Failure{Code: CodeBadRequest, Message: "the request cannot be read: " + err.Error()}
			} else {
				var a A
				ctx, cancel := context.WithTimeout(s.ctx, requestWithin)
				defer cancel()
				if a, err = fn(ctx, r, q); err == nil {
					body, err = encode(a)
				}
			}
			if err == nil {
				err = s.respond(r, body)
			} else {
				err = s.fail(r, err)
			}
			if err != nil {
				s.Logger.Warn("request not answered", slog.String("endpoint", name), slog.Any("error", err))
			}
		})
	}), micro.WithEndpointSubject(subject))
	if err != nil {
		s.err = errors.Join(s.err, err)
	}
}

func encode(a any) ([]byte, error) {
	if p, ok := a.(rawPage); ok {
		return p.body, nil
	}
	return json.Marshal(a)
}

func (s *server) respond(r micro.Request, body []byte) error {
	if len(body) <= pageSize {
		return r.Respond(body)
	}
	cursor := s.pages.keep(body[pageSize:])
	return r.Respond(body[:pageSize], micro.WithHeaders(micro.Headers{cursorHeader: {s.id + "." + cursor}}))
}

func (s *server) fail(r micro.Request, err error) error {
	f := failureOf(err)
	body, err2 := json.Marshal(f)
	if err2 != nil {
		body = nil
	}
	// Headers are lines: the message itself is in the body.
	return r.Error(f.Code, f.Code, body)
}
