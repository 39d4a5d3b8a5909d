package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"sijil/cmd/internal/node"
	"sijil/cmd/internal/phrase"
	"sijil/projections"
	"sijil/projections/totals"
)

// sentence prints the public sentence of a question, and what its figures mean.
func (a *app) sentence(ctx context.Context, s *node.Session, when projections.When, q totals.Query, lang string) error {
	if phrase.Definitions(lang) == nil {
		return usage("--phrase %s: there are sentences in %s", lang, strings.Join(phrase.Languages, ", "))
	}
	books, err := s.Client.Books(ctx, uuid.Nil)
	if err != nil {
		return err
	}
	q.By = []totals.Dimension{totals.Region}
	t, err := s.Client.Totals(ctx, when, q)
	if err != nil {
		return err
	}
	text, err := sentenceOf(lang, t, books.Rules.Since.Year())
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, text)
	if t.Total.Unfinished {
		fmt.Fprintf(a.stdout, "NOT TO BE PUBLISHED: an import that touches these figures was not complete at @%d.\n", t.Position)
	}
	fmt.Fprintln(a.stdout)
	for _, d := range phrase.Definitions(lang) {
		fmt.Fprintf(a.stdout, "%s: %s\n", d.Name, d.Text)
	}
	fmt.Fprintf(a.stdout, "\n%s @%d, %s\n", t.Programme, t.Position, t.Time.Format("2006-01-02 15:04:05 MST"))
	return nil
}

// sentenceOf is the sentence of an answer by region.
func sentenceOf(lang string, t totals.Answer, since int) (string, error) {
	f := phrase.Figures{
		Since: since, Participants: t.Total.Participants, Headcount: t.Total.Headcount, Participations: t.Total.Participations,
		Unquantified: t.Total.Unquantified, Initiatives: t.Total.Initiatives, Days: float64(t.Total.Days) / 100,
	}
	for _, r := range t.Rows {
		if v := r.Value(totals.Region); v != totals.Several && v != totals.Unspecified {
			f.Regions++
		}
	}
	return phrase.Sentence(lang, f)
}
