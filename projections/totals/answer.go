package totals

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"

	"sijil/projections"
)

// An Answer is what a [Query] answers, and what `sijil totals --format json` prints.
type Answer struct {
	Programme string `json:"programme"`
	// Position is the last entry folded, Time when it was recorded.
	Position uint64    `json:"position"`
	Time     time.Time `json:"time,omitzero"`

	By    []Dimension `json:"by"`
	Where Where       `json:"where,omitzero"`
	From  string      `json:"from,omitzero"`
	To    string      `json:"to,omitzero"`

	// Rows are sorted by their keys; none for what has no contribution, counted or pending.
	Rows  []Row   `json:"rows"`
	Total Figures `json:"total"`

	MinutesPerDay int64 `json:"minutes_per_day"`
	// NotAdditive lists the measures whose rows do not add up to the total.
	NotAdditive []string `json:"not_additive"`
	// Unfinished lists the open batches that touch the figures.
	Unfinished []uuid.UUID `json:"unfinished_batches,omitzero"`
	// Labels are the names, by language, of the codes in rows and filters; an initiative's are
	// its titles.
	Labels Labels `json:"labels,omitzero"`
}

// Labels are names by dimension, code and language.
type Labels map[Dimension]map[string]map[string]string

// Figures are the measures of a row or of the total, as [Measures] defines them.
type Figures struct {
	Participations int64 `json:"participations"`
	Participants   int64 `json:"participants"`
	Headcount      int64 `json:"headcount"`
	Initiatives    int64 `json:"initiatives"`
	Unquantified   int64 `json:"unquantified"`
	Minutes        int64 `json:"minutes"`
	Days           Days  `json:"days"`
	Pending        int64 `json:"pending,omitzero"`
	// Unfinished says that an import which is not complete touched these figures.
	Unfinished bool `json:"unfinished,omitzero"`
}

// A Row is the figures of one group. In JSON its keys are members beside the figures:
//
//	{"region":"MA-07","type":"AGR-CRP","participations":12,…}
type Row struct {
	Keys []Key
	Figures
}

// A Key is a row's value in a dimension.
type Key struct {
	Dimension Dimension
	Value     string
}

// Value is the row's value in a dimension, "" where rows are not by it.
func (r Row) Value(d Dimension) string {
	for _, k := range r.Keys {
		if k.Dimension == d {
			return k.Value
		}
	}
	return ""
}

// MarshalJSONTo writes the keys, then the figures, as one object.
func (r Row) MarshalJSONTo(e *jsontext.Encoder) error {
	figures, err := json.Marshal(r.Figures)
	if err != nil {
		return err
	}
	if err := e.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, k := range r.Keys {
		if err := e.WriteToken(jsontext.String(string(k.Dimension))); err != nil {
			return err
		}
		if err := e.WriteToken(jsontext.String(k.Value)); err != nil {
			return err
		}
	}
	d := jsontext.NewDecoder(bytes.NewReader(figures))
	if _, err := d.ReadToken(); err != nil { // its own {
		return err
	}
	for {
		tok, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := e.WriteToken(tok); err != nil || tok.Kind() == '}' {
			return err
		}
	}
}

// UnmarshalJSONFrom reads what MarshalJSONTo wrote. Members of other names are an error.
func (r *Row) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	var in struct {
		Figures
		Rest jsontext.Value `json:",embed"`
	}
	if err := json.UnmarshalDecode(d, &in); err != nil {
		return err
	}
	*r = Row{Figures: in.Figures}
	if len(in.Rest) == 0 {
		return nil
	}
	rest := jsontext.NewDecoder(bytes.NewReader(in.Rest))
	if _, err := rest.ReadToken(); err != nil {
		return err
	}
	for rest.PeekKind() != '}' {
		var k Key
		if err := json.UnmarshalDecode(rest, &k.Dimension); err != nil {
			return err
		}
		if !k.Dimension.valid() {
			return unknownDimension("rows", k.Dimension)
		}
		if err := json.UnmarshalDecode(rest, &k.Value); err != nil {
			return err
		}
		r.Keys = append(r.Keys, k)
	}
	return nil
}

func (p *plan) answer(
	v projections.View, q Query, total *group, groups map[groupKey]*group, batches []uuid.UUID,
) Answer {
	is, _ := getJSON[programme](v, rulesKey)
	a := Answer{
		Programme: is.Programme, Position: v.Checkpoint().Position,
		By: append([]Dimension{}, q.By...), Where: q.Where, From: q.From, To: q.To,
		Rows: make([]Row, 0, len(groups)), Total: total.figures(is.Rules.MinutesPerDay),
		MinutesPerDay: is.Rules.MinutesPerDay, NotAdditive: NotAdditive, Unfinished: batches,
	}
	if s := projections.Read[state](v, stateKey); s != nil {
		a.Time = time.UnixMilli(s.time).UTC()
	}
	for k, g := range groups {
		row := Row{Figures: g.figures(is.Rules.MinutesPerDay)}
		for i, d := range p.by {
			row.Keys = append(row.Keys, Key{d, p.texts[k[i]]})
		}
		a.Rows = append(a.Rows, row)
	}
	slices.SortFunc(a.Rows, func(x, y Row) int {
		return slices.CompareFunc(x.Keys, y.Keys, func(x, y Key) int { return cmp.Compare(x.Value, y.Value) })
	})
	a.Labels = p.labels(a.Rows)
	return a
}

// labels are the names of the codes in rows and filters.
func (p *plan) labels(rows []Row) Labels {
	var out Labels
	add := func(d Dimension, code string) {
		if _, done := out[d][code]; done || !d.ofPlace() && !d.ofInitiative() {
			return
		}
		if names := p.names(d, code); len(names) > 0 {
			if out == nil {
				out = Labels{}
			}
			if out[d] == nil {
				out[d] = map[string]map[string]string{}
			}
			out[d][code] = names
		}
	}
	for _, row := range rows {
		for _, k := range row.Keys {
			add(k.Dimension, k.Value)
		}
	}
	for i, d := range p.where {
		for id := range p.passes[i] {
			add(d, p.texts[id])
		}
	}
	return out
}

func (p *plan) names(d Dimension, code string) map[string]string {
	switch {
	case d.ofPlace():
		if is, ok := getJSON[placed](p.view, codeKey(tagPlace, code)); ok {
			return is.newest().Names
		}
	case d == Initiative:
		return p.titles[code]
	default:
		if is, ok := getJSON[typed](p.view, codeKey(tagType, code)); ok {
			return is.newest().Names
		}
	}
	return nil
}
