package main

import (
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"sijil/projections/totals"

	"encoding/csv"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
)

// A grid is rows under a header; figures are aligned to the right.
type grid struct{ w table.Writer }

func newTable(out io.Writer) *grid {
	w := table.NewWriter()
	w.SetOutputMirror(out)
	style := table.StyleLight
	style.Options = table.Options{SeparateHeader: true, SeparateFooter: true}
	style.Format.Header, style.Format.Footer = text.FormatDefault, text.FormatDefault
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	w.SetStyle(style)
	return &grid{w}
}

// header names the columns; the first keys are texts, the rest figures.
func (g *grid) header(keys int, names ...any) {
	g.w.AppendHeader(names)
	var configs []table.ColumnConfig
	for i := keys; i < len(names); i++ {
		configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight, AlignFooter: text.AlignRight})
	}
	g.w.SetColumnConfigs(configs)
}

func (g *grid) row(cells ...any)    { g.w.AppendRow(cells) }
func (g *grid) footer(cells ...any) { g.w.AppendFooter(cells) }
func (g *grid) print()              { g.w.Render() }

func (a *app) printInitiatives(t totals.InitiativesAnswer, format string) error {
	switch format {
	case "json":
		b, err := json.Marshal(t, json.Deterministic(true))
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\n", b)
		}
		return err
	case "csv":
		w := csv.NewWriter(a.stdout)
		if err := w.Write([]string{"code", "type", "places", "id"}); err != nil {
			return err
		}
		for _, i := range t.Initiatives {
			if err := w.Write([]string{i.Code, i.Type, strings.Join(i.Places, " "), i.ID.String()}); err != nil {
				return err
			}
		}
		w.Flush()
		return w.Error()
	}
	g := newTable(a.stdout)
	g.header(4, "code", "type", "places", "title")
	for _, i := range t.Initiatives {
		title := ""
		for _, l := range []string{"en", "fr", "ar", "und"} {
			if title == "" {
				title = i.Titles[l]
			}
		}
		g.row(i.Code, i.Type, strings.Join(i.Places, " "), title)
	}
	g.print()
	fmt.Fprintf(a.stdout, "%d initiatives, as of @%d.\n", len(t.Initiatives), t.Position)
	return nil
}
