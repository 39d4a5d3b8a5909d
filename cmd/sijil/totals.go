package main

import (
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/node"
	"sijil/projections/totals"
)

// totalsCommand answers how much was given.
func (a *app) totalsCommand() *cobra.Command {
	var by, where []string
	var from, to, at, sentence, format, lang string
	c := &cobra.Command{
		Use:   "totals [--by DIMENSION,…] [--where DIMENSION=VALUE …] [--from D] [--to D] [--at @N|DATE]",
		Short: "How much was given: by region, type, month …",
		Long: "Totals of what counts, by any dimensions and under any filter.\n\nDimensions: " + dimensionNames() + ".\n\nFigures:\n" + definitions() + `
Rows of people, initiatives and days do not add up to the total. Recording time is --at (a position
like @20413, or a date, which means its end); when things were done is --from and --to, whole months.`,
		Example: `  sijil totals --by region,type
  sijil totals --by month --where region=MA-07 --where role=volunteering --from 2019 --to 2019
  sijil totals --phrase ar
  sijil totals --by year --at 2019-12-31 --format json`,
		RunE: func(c *cobra.Command, _ []string) error {
			q := totals.Query{From: from, To: to}
			if len(where) > 0 {
				q.Where = totals.Where{}
			}
			for _, d := range by {
				q.By = append(q.By, totals.Dimension(strings.TrimSpace(d)))
			}
			for _, w := range where {
				k, v, ok := strings.Cut(w, "=")
				if !ok {
					return usage("--where %s: write DIMENSION=VALUE", w)
				}
				d := totals.Dimension(k)
				q.Where[d] = append(q.Where[d], v)
			}
			return a.with(c.Context(), func(s *node.Session) error {
				when, err := a.now(c.Context(), s, at)
				if err != nil {
					return err
				}
				if sentence != "" && (len(by) > 0 || len(where) > 0 || from != "" || to != "") {
					return usage("--phrase is about the whole programme: it goes with --at alone")
				}
				if sentence != "" {
					return a.sentence(c.Context(), s, when, q, sentence)
				}
				answer, err := s.Client.Totals(c.Context(), when, q)
				if err != nil {
					return err
				}
				return a.printTotals(answer, format, lang)
			})
		},
	}
	c.Flags().StringSliceVar(&by, "by", nil, "dimensions of the rows, separated by commas")
	c.Flags().StringArrayVar(&where, "where", nil, "DIMENSION=VALUE; values of one dimension are alternatives; may be repeated")
	c.Flags().StringVar(&from, "from", "", "only what was done from then on: a year or a month")
	c.Flags().StringVar(&to, "to", "", "only what was done until then")
	c.Flags().StringVar(&at, "at", "", "as of a position or a date of recording")
	c.Flags().StringVar(&sentence, "phrase", "", "print the public sentence in ar, fr or en")
	c.Flags().StringVar(&lang, "lang", "en", "the language of names in the table: ar, fr or en")
	formatFlag(c, &format, "table", "json", "csv")
	return c
}

func dimensionNames() string {
	names := make([]string, len(totals.Dimensions))
	for i, d := range totals.Dimensions {
		names[i] = string(d)
	}
	return strings.Join(names, ", ")
}

func definitions() string {
	var b strings.Builder
	for _, m := range totals.Measures {
		fmt.Fprintf(&b, "  %-15s %s\n", m.Name, m.Definition)
	}
	return b.String()
}

func (a *app) printTotals(t totals.Answer, format, lang string) error {
	switch format {
	case "json":
		b, err := json.Marshal(t, json.Deterministic(true), jsontext.Multiline(true), jsontext.WithIndent("  "))
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\n", b)
		}
		return err
	case "csv":
		return a.totalsCSV(t)
	}
	a.totalsTable(t, lang)
	return nil
}

// columns are the measures that are shown: all but those that are zero throughout and stand apart.
func columns(t totals.Answer) []string {
	out := []string{"participations", "participants", "headcount", "initiatives", "unquantified", "days"}
	if t.Total.Pending > 0 {
		out = append(out, "pending")
	}
	return out
}

func figure(f totals.Figures, measure string) string {
	switch measure {
	case "participations":
		return thousands(f.Participations)
	case "participants":
		return thousands(f.Participants)
	case "headcount":
		return thousands(f.Headcount)
	case "initiatives":
		return thousands(f.Initiatives)
	case "unquantified":
		return thousands(f.Unquantified)
	case "minutes":
		return thousands(f.Minutes)
	case "pending":
		return thousands(f.Pending)
	}
	whole, rest, _ := strings.Cut(f.Days.String(), ".")
	n, _ := strconv.ParseInt(whole, 10, 64)
	return thousands(n) + "." + (rest + "00")[:2]
}

// thousands writes 16583 as 16,583.
func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func (a *app) totalsTable(t totals.Answer, lang string) {
	measures := columns(t)
	w := newTable(a.stdout)
	var head []any
	for _, d := range t.By {
		head = append(head, string(d))
	}
	for _, m := range measures {
		head = append(head, m)
	}
	w.header(len(t.By), head...)
	row := func(keys []string, f totals.Figures) []any {
		var cells []any
		for _, k := range keys {
			cells = append(cells, k)
		}
		for _, m := range measures {
			cells = append(cells, figure(f, m))
		}
		if f.Unfinished {
			cells = append(cells, "*")
		}
		return cells
	}
	for _, r := range t.Rows {
		var keys []string
		for _, k := range r.Keys {
			keys = append(keys, label(t, k, lang))
		}
		w.row(row(keys, r.Figures)...)
	}
	last := make([]string, len(t.By))
	if len(last) > 0 {
		last[0] = "total"
	}
	w.footer(row(last, t.Total)...)
	w.print()
	fmt.Fprintf(a.stdout, "%s as of @%d, recorded %s.", t.Programme, t.Position, t.Time.Format(time.RFC3339))
	if len(t.By) > 0 {
		fmt.Fprint(a.stdout, " Participants, initiatives and days do not add up: one may be in several rows, days are rounded.")
	}
	fmt.Fprintln(a.stdout)
	if t.Total.Pending > 0 {
		fmt.Fprintln(a.stdout, "Pending contributions wait for approval and are in none of the other figures.")
	}
	if len(t.Unfinished) > 0 {
		fmt.Fprintf(a.stdout, "* touched by an import that was not complete at @%d: run it again, or give it up with\n", t.Position)
		for _, b := range t.Unfinished {
			fmt.Fprintf(a.stdout, "  sijil import --close %s\n", b)
		}
	}
}

// label is a value with its name in a language, or in any.
func label(t totals.Answer, k totals.Key, lang string) string {
	names := t.Labels[k.Dimension][k.Value]
	for _, l := range []string{lang, "en", "fr", "ar", "und"} {
		if n := names[l]; n != "" && n != k.Value {
			return k.Value + "  " + n
		}
	}
	return k.Value
}

func (a *app) totalsCSV(t totals.Answer) error {
	w := csv.NewWriter(a.stdout)
	var head []string
	for _, d := range t.By {
		head = append(head, string(d))
	}
	measures := []string{"participations", "participants", "headcount", "initiatives", "unquantified", "minutes", "days", "pending"}
	if err := w.Write(append(append(head, measures...), "unfinished")); err != nil {
		return err
	}
	for _, r := range t.Rows {
		var cells []string
		for _, k := range r.Keys {
			cells = append(cells, k.Value)
		}
		for _, m := range measures {
			cells = append(cells, strings.ReplaceAll(figure(r.Figures, m), ",", ""))
		}
		if err := w.Write(append(cells, strconv.FormatBool(r.Unfinished))); err != nil {
			return err
		}
	}
	if len(t.By) == 0 {
		var cells []string
		for _, m := range measures {
			cells = append(cells, strings.ReplaceAll(figure(t.Total, m), ",", ""))
		}
		if err := w.Write(append(cells, strconv.FormatBool(t.Total.Unfinished))); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
