package service

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"sijil/ledger"
	"sijil/projections"
	"sijil/projections/totals"
)

// A page is given once; one that nobody came for in time makes room.
func TestPagesKept(t *testing.T) {
	var p pages
	var first string
	for i := range maxPaged {
		c := p.keep([]byte{byte(i)})
		if i == 0 {
			first = c
		}
	}
	if got, err := p.next(first); err != nil || !bytes.Equal(got.body, []byte{0}) {
		t.Fatal(got, err)
	}
	gone := func(cursor string) {
		t.Helper()
		var f *Failure
		if _, err := p.next(cursor); !errors.As(err, &f) || f.Code != CodeBehind {
			t.Errorf("%v, want %s: ask again", err, CodeBehind)
		}
	}
	gone(first)
	gone("never given")

	late := p.keep([]byte("late"))
	p.kept[late] = paged{p.kept[late].rest, time.Now().Add(-time.Second)}
	p.keep(nil)
	gone(late)
	for range 3 * maxPaged {
		p.keep(nil)
	}
	if len(p.kept) > maxPaged {
		t.Errorf("%d answers are kept, %d at most", len(p.kept), maxPaged)
	}
}

// An error is the same thing on both sides of the wire.
func TestFailureCodes(t *testing.T) {
	for _, c := range []struct {
		err  error
		code string
		is   error
	}{
		{&ledger.Refusal{Rule: ledger.UnknownPlace, Field: "place", Message: "no place"}, CodeRefused, ledger.UnknownPlace},
		{fmt.Errorf("totals: %w", &totals.QueryError{Field: "by", Value: "colour"}), CodeBadRequest, nil},
		{fmt.Errorf("projection: %w: at @1, asked for @2", projections.ErrBehind), CodeBehind, nil},
		{projections.ErrUnverified, CodeBehind, nil},
		{&projections.HaltError{Projection: "totals.v1", Err: errors.New("a gap")}, CodeHalted, nil},
		{fmt.Errorf("append: %w", ledger.ErrStorage), CodeStorage, nil},
		{context.DeadlineExceeded, CodeUnknown, nil},
		{errors.New("anything else"), CodeUnknown, nil},
		{&Failure{Code: CodeUnavailable, Message: "nobody"}, CodeUnavailable, nil},
	} {
		f := failureOf(c.err)
		if f.Code != c.code || f.Message == "" {
			t.Errorf("%v: %+v, want %s", c.err, f, c.code)
		}
		if c.is != nil && !errors.Is(f, c.is) {
			t.Errorf("%v is not %v any more", f, c.is)
		}
	}
}
