package projectiontest

import (
	"context"
	"iter"

	"sijil/events"
	"sijil/projections"
)

// A History is a log in memory: entries sealed and chained from position 1 on.
type History struct{ Entries []events.Entry }

var _ projections.Source = History{}

// readAhead is how many messages a History yields at once.
const readAhead = 1000

// Read yields the payloads. A History does not grow: with to == 0 it waits for ctx at its end.
func (h History) Read(ctx context.Context, after, to uint64) iter.Seq2[[]projections.Message, error] {
	return func(yield func([]projections.Message, error) bool) {
		end := uint64(len(h.Entries))
		if to != 0 {
			end = min(end, to)
		}
		for after < end {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			n := min(end-after, readAhead)
			batch := make([]projections.Message, 0, n)
			for _, e := range h.Entries[after : after+n] {
				batch = append(batch, projections.Message{Position: e.Position, Payload: e.Raw})
			}
			if !yield(batch, nil) {
				return
			}
			after += n
		}
		if to == 0 {
			<-ctx.Done()
			yield(nil, ctx.Err())
		}
	}
}

// End is the position of the last entry.
func (h History) End(context.Context) (uint64, error) { return uint64(len(h.Entries)), nil }

// Prefix is the history up to a position.
func (h History) Prefix(position uint64) History { return History{h.Entries[:position]} }

// Rows is p's fold of all of h, in one go.
func (h History) Rows(p projections.Projection) (*projections.Rows, error) {
	rows := projections.On(projections.Empty)
	for _, e := range h.Entries {
		if err := rows.Fold(p, e); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
