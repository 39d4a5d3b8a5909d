package ledger

import (
	"bytes"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"sijil/events"
	"sijil/projections"
)

// Define defines places and types that the next [Adopt] puts into effect. A catalogue of any size is
// a few of these, then an Adopt.
type Define struct {
	Catalogue
}

// Verb is define.
func (Define) Verb() string { return "define" }

// Decide defines what differs from what is in effect.
func (c Define) Decide(b Books) (d Decision, err error) {
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	d.Events, err = c.definitions(b)
	return d, err
}

// definitions are what of a catalogue differs from what is in effect, or was defined since.
func (c Catalogue) definitions(b Books) (out []events.Event, err error) {
	for _, p := range c.normal().Places {
		e := p.event()
		if err := e.Validate(); err != nil {
			return nil, refuse(BadCatalogue, "place", "%s: %v", p.Code, err).hint("correct the catalogue file")
		}
		if now := b.Place(p.Code); now == nil || !same(*now, e.Place) || b.Get(textKey('Q', p.Code)) != nil {
			out = append(out, e)
		}
	}
	for _, t := range c.normal().Types {
		e := t.event()
		if err := e.Validate(); err != nil {
			return nil, refuse(BadCatalogue, "type", "%s: %v", t.Code, err).hint("correct the catalogue file")
		}
		if now := b.Type(t.Code); now == nil || !same(*now, e.Type) || b.Get(textKey('U', t.Code)) != nil {
			out = append(out, e)
		}
	}
	return out, nil
}

// Adopt puts what was defined into effect, if the catalogue is then whole: what [Define] commands
// defined since the last adoption, and what it defines itself.
type Adopt struct {
	Catalogue
	Effective events.Date `json:"effective,omitzero"` // absent: today
	Mode      events.Mode `json:"mode,omitzero"`      // absent: restate
	Reason    string      `json:"reason,omitzero"`
	// Digest, where given, MUST be that of the catalogue as it is then.
	Digest events.Hash `json:"digest,omitzero"`
}

// Verb is adopt.
func (Adopt) Verb() string { return "adopt" }

// Decide adopts.
func (c Adopt) Decide(b Books) (d Decision, err error) {
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	if d.Events, err = c.definitions(b); err != nil {
		return d, err
	}
	rows := projections.On(b.View)
	for _, e := range d.Events {
		stage(rows, e)
	}
	if !slices.ContainsFunc([]byte{'Q', 'U'}, func(tag byte) bool {
		for range rows.Scan([]byte{tag}) {
			return true
		}
		return false
	}) {
		return d, refuse(NothingChanges, "", "no place or type was defined since the last adoption").hint("nothing is left to do")
	}
	adopt(rows)
	after := Books{View: rows, Now: b.Now}.Catalogue()
	if err := after.Check(); err != nil {
		return d, refuse(BadCatalogue, "", "%v", err).hint("correct the catalogue file and adopt it again")
	}
	digest, err := after.digest()
	if err != nil {
		return d, err
	}
	if !c.Digest.IsZero() && c.Digest != digest {
		return d, refuse(BadCatalogue, "", "the catalogue would not be the one that was meant to be adopted: somebody else defined places or types meanwhile").
			hint("compare with sijil catalogue diff, and adopt again")
	}
	if c.Mode == "" {
		c.Mode = events.Restate
	}
	if c.Mode != events.Restate {
		return d, refuse(BadValue, "mode", "%s is not supported: a catalogue takes effect for all contributions (restate)", c.Mode).hint("leave the mode out")
	}
	if c.Effective == "" {
		c.Effective = b.Today().Date()
	}
	e := events.CatalogueAdopted{
		Number: b.meta().Catalogue + 1, Effective: c.Effective, Mode: c.Mode,
		Places: int64(len(after.Places)), Types: int64(len(after.Types)), Digest: digest, Reason: strings.TrimSpace(c.Reason),
	}
	if err := e.Validate(); err != nil {
		return d, refuse(BadValue, "effective", "%v", err).hint("write a date like 2019-11-23")
	}
	d.Events = append(d.Events, e)
	return d, nil
}

// same compares two values by their canonical JSON.
func same(a, b any) bool {
	x, err1 := json.Marshal(a, json.Deterministic(true))
	y, err2 := json.Marshal(b, json.Deterministic(true))
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// AdoptPlan is the commands that make after the catalogue in place of before: one [Adopt]
// where it holds all that changes, so that it is made at once; else definitions in steps before it. A place or type that before holds MUST NOT be missing from
// after: one that is in use can be retired or mapped, not dropped.
func AdoptPlan(before, after Catalogue, reason string) ([]Command, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	changes, err := DiffCatalogues(before, after)
	if err != nil {
		return nil, err
	}
	changed := map[string]bool{}
	for _, c := range changes {
		if c.Change == "missing" {
			return nil, refuse(CodeInUse, c.What, "%s is in the ledger's catalogue and missing from this one", c.Code).
				hint(`keep it, with "retired":true or "mapped_to":CODE`)
		}
		changed[c.What+c.Code] = true
	}
	if len(changes) == 0 {
		return nil, nil
	}
	var changing Catalogue
	for _, p := range after.normal().Places {
		if changed["place"+p.Code] {
			changing.Places = append(changing.Places, p)
		}
	}
	for _, t := range after.normal().Types {
		if changed["type"+t.Code] {
			changing.Types = append(changing.Types, t)
		}
	}
	var plan []Command
	for len(changing.Places)+len(changing.Types) > planStep {
		step := Define{}
		n := min(planStep, len(changing.Places))
		step.Places, changing.Places = changing.Places[:n], changing.Places[n:]
		n = min(planStep-n, len(changing.Types))
		step.Types, changing.Types = changing.Types[:n], changing.Types[n:]
		plan = append(plan, step)
	}
	digest, err := after.digest()
	return append(plan, Adopt{Catalogue: changing, Reason: reason, Digest: digest}), err
}

// planStep is how many places and types one command defines: no more events than are appended at once.
const planStep = 900
