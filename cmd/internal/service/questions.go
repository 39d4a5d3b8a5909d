package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/ledger"
	"sijil/projections"
	"sijil/projections/totals"
)

// questions lists everything that can be asked over NATS, and which part of a process answers.
func (s *server) questions() {
	if m := s.Totals; m != nil {
		question[totals.Query](s, "totals", m)
		question[totals.Initiatives](s, "initiatives", m)
		question[totals.Catalogue](s, "catalogue", m)
	}
	if len(s.models()) > 0 {
		ask(s, "status", s.status)
		ask(s, "digest", s.digest)
	}
	if s.Ledger != nil {
		ask(s, "books", s.books)
	}
}

// An Asked is a question and its moment, on the wire.
type Asked[Q any] struct {
	projections.When
	Question Q `json:"question"`
}

func question[Q projections.Question[A], A any](s *server, name string, m *projections.Model) {
	ask(s, name, func(ctx context.Context, q Asked[Q]) (A, error) {
		return projections.Ask(ctx, m, s.Log, q.When, q.Question)
	})
}

// A Status is where the parts of a process are.
type Status struct {
	Programme string        `json:"programme"`
	Models    []ModelStatus `json:"models"`
}

// A ModelStatus is where one read model is.
type ModelStatus struct {
	Projection string      `json:"projection"`
	File       string      `json:"file"`
	Position   uint64      `json:"position"`
	Hash       events.Hash `json:"hash"`
	Verified   bool        `json:"verified"` // compared with the log
	Halted     string      `json:"halted,omitzero"`
}

// Reached reports whether every model is at a position or later, or halted.
func (s Status) Reached(position uint64) bool {
	return !slices.ContainsFunc(s.Models, func(m ModelStatus) bool { return m.Halted == "" && (!m.Verified || m.Position < position) })
}

// StatusQuestion asks for a [Status].
type StatusQuestion struct{}

func (s *server) status(context.Context, StatusQuestion) (Status, error) {
	out := Status{Programme: s.Programme}
	for _, m := range s.models() {
		at := m.State()
		ms := ModelStatus{Projection: m.Name(), File: m.Path(), Position: at.Checkpoint.Position, Hash: at.Checkpoint.Hash, Verified: at.Verified}
		if at.Halted != nil {
			ms.Halted = at.Halted.Error()
		}
		out.Models = append(out.Models, ms)
	}
	return out, nil
}

// DigestQuestion asks what a read model holds, to be compared with a fold of the log to the same
// position.
type DigestQuestion struct {
	Projection string `json:"projection"`
}

// A Digest is the digest of all rows as of a position; see projections.Digest.
type Digest struct {
	Projection string      `json:"projection"`
	Position   uint64      `json:"position"`
	Digest     events.Hash `json:"digest"`
}

func (s *server) digest(ctx context.Context, q DigestQuestion) (Digest, error) {
	if s.Ledger != nil && q.Projection == ledger.BooksFile {
		at, d, err := s.Ledger.Digest(ctx)
		return Digest{q.Projection, at.Position, d}, err
	}
	for _, m := range s.models() {
		if m.Name() == q.Projection {
			out := Digest{Projection: q.Projection}
			return out, m.View(func(v projections.View) error {
				out.Position, out.Digest = v.Checkpoint().Position, projections.Digest(v)
				return nil
			})
		}
	}
	return Digest{}, &Failure{Code: CodeBadRequest, Message: fmt.Sprintf("no read model is called %q", q.Projection)}
}

// BooksQuestion asks the ledger what it is, and how far the import of a batch is.
type BooksQuestion struct {
	Batch uuid.UUID `json:"batch,omitzero"`
}

// BooksAnswer is what the ledger is, on current books.
type BooksAnswer struct {
	Programme string           `json:"programme"`
	Ledger    uuid.UUID        `json:"ledger"`
	Position  uint64           `json:"position"`
	Rules     events.Rules     `json:"rules"`
	Catalogue ledger.Catalogue `json:"catalogue"`
	Batch     ledger.Batch     `json:"batch"`
}

func (s *server) books(ctx context.Context, q BooksQuestion) (out BooksAnswer, err error) {
	err = s.Ledger.Consult(ctx, func(b ledger.Books) error {
		if !b.Founded() {
			return &ledger.Refusal{Rule: ledger.NotFounded, Message: "no programme was founded", Hint: "sijil init"}
		}
		out.Programme, out.Rules = b.Programme()
		out.Ledger, out.Position = b.Checkpoint().Ledger, b.Checkpoint().Position
		out.Catalogue = b.Catalogue()
		out.Batch = b.Batch(q.Batch)
		return nil
	})
	return out, err
}

// answerWithin is how long a question may wait for the position that it is asked for.
const answerWithin = 20 * time.Second
