// Package importer brings a file into the ledger: the whole of it is tried first, then recorded as
// one batch that can be cut short and taken up again.
//
//	file, err := intake.Open(path, options)
//	job := importer.Job{Client: client, File: file, System: "hr"}
//	report, err := job.Try(ctx)            // every row decided, nothing recorded
//	report, err = job.Record(ctx, report)  // what is not already there
//
// A row is good when all its records would be recorded or are already. A row that names several
// volunteers is recorded when all of it is good; where somebody else's command makes a part of it bad
// between trying and recording, that part is reported, and the rest stands.
package importer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"sijil/cmd/internal/service"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/intake"
)

// A Job is the import of one file.
type Job struct {
	Client *service.Client
	File   *intake.File
	System string
	// Accept is why soft limits may be exceeded; it is recorded with the batch.
	Accept string
	// Reject takes the rows that are not good, so that the good ones can be recorded; nil: they
	// are only counted.
	Reject func(intake.Row, []intake.Problem) error
	// Progress is told how many rows were read; nil: nobody.
	Progress func(rows int64)
}

// A Report is what came, or would come, of a file.
type Report struct {
	Batch    uuid.UUID `json:"batch"`
	Rows     int64     `json:"rows"`
	Recorded int64     `json:"recorded"` // now, or would be
	Already  int64     `json:"already"`
	Rejected int64     `json:"rejected"`

	// What follows describes what is new in the file.
	Contributions int64                    `json:"contributions"`
	Volunteers    int64                    `json:"volunteers"` // new ones
	Headcount     int64                    `json:"headcount"`
	Minutes       int64                    `json:"minutes"` // of volunteering
	Unquantified  int64                    `json:"unquantified"`
	Withdrawn     int64                    `json:"withdrawn"` // already there, and withdrawn since
	Accepted      map[string]int64         `json:"accepted,omitzero"`
	Novelties     []ledger.Novelty         `json:"novelties,omitzero"`
	Notes         []Note                   `json:"notes,omitzero"`
	Problems      []intake.Problem         `json:"problems,omitzero"`
	bad           map[rowID]bool           // rows that are not to be recorded
	unfinished    bool                     // the batch was begun before
	seen          map[string]bool          // novelties
	names         map[string]*ledger.Names // of novelties, by kind
	books         service.BooksAnswer
}

// A Note says how a row was read, where that may surprise.
type Note struct {
	Sheet string `json:"sheet,omitzero"`
	Row   int64  `json:"row"`
	Text  string `json:"text"`
}

type rowID struct {
	sheet string
	row   int64
}

// chunk is how many records are given at once.
const chunk = 400

// Try decides every row as Record would, and records nothing.
func (j Job) Try(ctx context.Context) (*Report, error) {
	r := &Report{bad: map[rowID]bool{}, seen: map[string]bool{}, names: map[string]*ledger.Names{}}
	closed, err := j.round(ctx, r)
	if err != nil {
		return nil, err
	}
	r.unfinished = r.books.Batch.Open
	session := uuid.NewString()
	err = j.each(ctx, r.Batch, func(row intake.Row) bool { return len(row.Problems) == 0 }, func(ctx context.Context, reqs []ledger.Request) ([]service.Outcome, error) {
		return j.Client.Preview(ctx, session, true, reqs...)
	}, func(row intake.Row, outs []service.Outcome) error { return j.tried(r, row, outs) })
	if r.Nothing() && closed != uuid.Nil {
		r.Batch = closed // the one that recorded it
	}
	return r, errors.Join(err, j.Client.EndPreview(ctx, session))
}

// round finds the batch that the file is, or goes on to be, and the one before it.
func (j Job) round(ctx context.Context, r *Report) (closed uuid.UUID, err error) {
	books, err := j.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return closed, err
	}
	for round := 1; ; round++ {
		r.Batch = ledger.BatchID(books.Ledger, j.System, j.File.Hash(), j.File.Map().Hash(), round)
		if r.books, err = j.Client.Books(ctx, r.Batch); err != nil || !r.books.Batch.Known || r.books.Batch.Open {
			return closed, err
		}
		closed = r.Batch
	}
}

func (j Job) tried(r *Report, row intake.Row, outs []service.Outcome) error {
	problems := slices.Clone(row.Problems)
	already := len(outs) > 0
	for _, o := range outs {
		if o.Refusal != nil {
			problems = addNew(problems, j.problem(row, o.Refusal))
		}
		already = already && o.Already
	}
	r.Rows++
	if len(problems) > 0 {
		r.Rejected++
		r.Problems = append(r.Problems, problems...)
		r.bad[rowID{row.Sheet, row.Number}] = true
		if j.Reject != nil {
			return j.Reject(row, problems[len(row.Problems):])
		}
		return nil
	}
	for _, n := range row.Notes {
		r.Notes = append(r.Notes, Note{row.Sheet, row.Number, n})
	}
	r.add(row, outs)
	if already {
		r.Already++
	} else {
		r.Recorded++
	}
	return nil
}

// add counts what is new in the outcomes of a row.
func (r *Report) add(row intake.Row, outs []service.Outcome) {
	for _, o := range outs {
		if o.Already {
			if o.Withdrawn {
				r.Withdrawn++
			}
			continue
		}
		for _, n := range o.Notes {
			r.Notes = append(r.Notes, Note{row.Sheet, row.Number, n})
		}
		for _, w := range o.Warnings {
			if r.Accepted == nil {
				r.Accepted = map[string]int64{}
			}
			r.Accepted[w.Rule]++
		}
		for _, n := range o.Novelties {
			k := n.Kind + n.Name
			if n.Kind == "volunteer" && o.Contribution != nil { // two people may have one name
				k += o.Contribution.Volunteer.String()
			}
			if !r.seen[k] {
				r.seen[k] = true
				r.Novelties = append(r.Novelties, r.alike(n))
			}
			if n.Kind == "volunteer" {
				r.Volunteers++
			}
		}
		r.Contributions++
		if c := o.Contribution; c != nil {
			r.Headcount += c.Headcount
			if c.Minutes == 0 {
				r.Unquantified++
			} else if c.Role == events.Volunteering {
				r.Minutes += c.Minutes
			}
		}
	}
}

// alike adds to a novelty what is new in the same file and written much like it.
func (r *Report) alike(n ledger.Novelty) ledger.Novelty {
	names := r.names[n.Kind]
	if names == nil {
		names = &ledger.Names{}
		r.names[n.Kind] = names
	}
	if names.Len() < maxAlike {
		for _, name := range names.Nearest(n.Name) {
			n.Nearest = addNew(n.Nearest, []string{name})
		}
		names.Add(n.Name)
	}
	return n
}

// maxAlike is how many new names of a file are compared with each other. A file of more new people is a
// first one, where all is new.
const maxAlike = 2000

// addNew appends those of more that are not in list.
func addNew[T comparable](list, more []T) []T {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// problem is a refusal as a problem of a row of the file. What to do stands in its message: a
// refusal's hint is advice, not a list of what is allowed.
func (j Job) problem(row intake.Row, r *ledger.Refusal) (out []intake.Problem) {
	told := func(field, why, message string) intake.Problem {
		if r.Hint != "" {
			message += "; " + r.Hint
		}
		p := j.File.Problem(row, field, message, "")
		if p.Value != "" {
			p.Message = why + ": " + message
		}
		return p
	}
	if len(r.Warnings) > 0 {
		for _, w := range r.Warnings {
			out = append(out, told(w.Field, "is beyond a limit", w.Message))
		}
		return out
	}
	message := r.Message
	if changes := Changes(r); changes != "" {
		message += ": " + changes
	}
	if len(r.Candidates) > 0 {
		message += "; perhaps " + strings.Join(r.Candidates, " or ")
	}
	return []intake.Problem{told(r.Field, "is refused", message)}
}

// Changes are the fields in which a refused command differs from what is recorded, before → after;
// "" for none.
func Changes(r *ledger.Refusal) string {
	var out []string
	for _, c := range r.Changes {
		out = append(out, fmt.Sprintf("%s %s → %s", c.Field, orNone(c.Before), orNone(c.After)))
	}
	return strings.Join(out, ", ")
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Nothing reports that there is nothing to record, and no unfinished batch to complete.
func (r *Report) Nothing() bool { return r.Recorded == 0 && !r.unfinished }

// Unfinished reports that this import was begun before and cut short.
func (r *Report) Unfinished() bool { return r.unfinished }

// Record records the good rows of what was tried. Cut short at any moment and run again, it goes on
// where it was, under the same batch.
func (j Job) Record(ctx context.Context, tried *Report) (*Report, error) {
	r := &Report{
		Batch: tried.Batch, Rows: tried.Rows, Rejected: tried.Rejected, bad: tried.bad, seen: map[string]bool{}, names: map[string]*ledger.Names{},
		Novelties: tried.Novelties, Notes: tried.Notes, Problems: tried.Problems, books: tried.books, unfinished: tried.unfinished,
	}
	if tried.Nothing() {
		r.Already, r.Withdrawn = tried.Already, tried.Withdrawn
		return r, nil
	}
	if err := j.File.Unchanged(); err != nil {
		return r, err
	}
	if !tried.unfinished {
		open := ledger.OpenBatch{Batch: r.Batch, System: j.System, File: j.File.Hash(), Map: j.File.Map().Hash(), Rows: r.Rows}
		if err := j.one(ctx, r.Batch, "open", open); err != nil {
			return r, err
		}
	}
	err := j.each(ctx, r.Batch, func(row intake.Row) bool { return !r.bad[rowID{row.Sheet, row.Number}] }, func(ctx context.Context, reqs []ledger.Request) ([]service.Outcome, error) {
		return j.Client.Submit(ctx, reqs...)
	}, func(row intake.Row, outs []service.Outcome) error { return j.recorded(r, row, outs) })
	if err != nil {
		return r, err
	}
	r.Accepted = tried.Accepted
	r.Contributions, r.Volunteers, r.Headcount, r.Minutes, r.Unquantified =
		tried.Contributions, tried.Volunteers, tried.Headcount, tried.Minutes, tried.Unquantified
	return r, j.one(ctx, r.Batch, "close", ledger.CloseBatch{Batch: r.Batch, Rejected: r.Rejected})
}

// recorded counts a row. A refusal now is a change since it was tried: it is reported like any other.
func (j Job) recorded(r *Report, row intake.Row, outs []service.Outcome) error {
	if len(outs) == 0 {
		return nil // bad, and counted when it was tried
	}
	var problems []intake.Problem
	already, refused := true, 0
	for _, o := range outs {
		if o.Refusal != nil {
			refused++
			problems = addNew(problems, j.problem(row, o.Refusal))
		}
		if o.Already && o.Withdrawn {
			r.Withdrawn++
		}
		already = already && o.Already
	}
	switch {
	case len(problems) > 0:
		if refused < len(outs) {
			r.Recorded++ // in part: what of it was recorded stands
		} else {
			r.Rejected++
		}
		r.Problems = append(r.Problems, problems...)
		if j.Reject != nil {
			return j.Reject(row, problems)
		}
	case already:
		r.Already++
	default:
		r.Recorded++
	}
	return nil
}

// one gives a command of the batch itself.
func (j Job) one(ctx context.Context, batch uuid.UUID, id string, c ledger.Command) error {
	out, err := j.Client.Submit(ctx, ledger.Request{Scope: "import " + batch.String(), ID: id, Correlation: batch, Command: c})
	if err != nil {
		return err
	}
	return out[0].Err()
}

// each reads the rows of the file and gives the records of those that pass, in chunks; then it tells
// what became of every row, in order.
func (j Job) each(ctx context.Context, batch uuid.UUID, passes func(intake.Row) bool, give func(context.Context, []ledger.Request) ([]service.Outcome, error),
	tell func(intake.Row, []service.Outcome) error,
) error {
	var rows []intake.Row
	var reqs []ledger.Request
	n := int64(0)
	flush := func() error {
		var outs []service.Outcome
		if len(reqs) > 0 {
			var err error
			if outs, err = give(ctx, reqs); err != nil {
				return err
			}
		}
		for _, row := range rows {
			k := 0
			if passes(row) {
				k = len(row.Records)
			}
			if err := tell(row, outs[:k]); err != nil {
				return err
			}
			outs = outs[k:]
		}
		n += int64(len(rows))
		if j.Progress != nil {
			j.Progress(n)
		}
		rows, reqs = rows[:0], reqs[:0]
		return nil
	}
	for row, err := range j.File.Rows() {
		if err != nil {
			return err
		}
		rows = append(rows, row)
		if passes(row) {
			for _, c := range row.Records {
				reqs = append(reqs, ledger.Request{Scope: j.System, Correlation: batch, Command: c})
			}
		}
		if len(reqs) >= chunk || len(rows) >= 4*chunk {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// MinutesPerDay is the programme's.
func (r *Report) MinutesPerDay() int64 { return r.books.Rules.MinutesPerDay }
