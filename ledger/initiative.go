package ledger

import (
	"maps"
	"slices"

	"sijil/events"
)

// OpenInitiative opens an initiative by itself. A [Record] may open one on the way.
type OpenInitiative struct {
	events.Initiative
}

// Verb is open-initiative.
func (OpenInitiative) Verb() string { return "open-initiative" }

func (c OpenInitiative) prepare(*desk) (Command, error) {
	return c, cleanInitiative(&c.Initiative)
}

func cleanInitiative(i *events.Initiative) error {
	var t cleaner
	t.text("initiative", &i.Code, maxCode)
	t.required("initiative", i.Code, "give it a code")
	t.required("type", i.Type, "say its type")
	i.Bodies, i.Partners = slices.Clone(i.Bodies), slices.Clone(i.Partners)
	for _, list := range [][]string{i.Bodies, i.Partners} {
		for k := range list {
			t.text("initiative", &list[k], maxTitle)
		}
	}
	i.Titles = maps.Clone(i.Titles)
	for lang, title := range i.Titles {
		t.text("title", &title, maxTitle)
		i.Titles[lang] = title
	}
	return t.err
}

// Decide opens.
func (c OpenInitiative) Decide(b Books) (d Decision, err error) {
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	id, known := b.initiative(c.Code)
	if known != nil {
		return d, refuse(InitiativeExists, "initiative", "there is an initiative called %q", known.Code).hint("revise it instead")
	}
	i, err := resolveInitiative(b, c.Initiative, &d)
	if err != nil {
		return d, err
	}
	d.Events = []events.Event{events.InitiativeOpened{ID: id, Initiative: i}}
	return d, nil
}

func resolveInitiative(b Books, i events.Initiative, d *Decision) (events.Initiative, error) {
	var err error
	if i.Type, err = b.findType(i.Type); err != nil {
		return i, err
	}
	i.Places = slices.Clone(i.Places)
	for k, p := range i.Places {
		if i.Places[k], _, err = placeOf(b, p, "", d); err != nil {
			return i, err
		}
	}
	if err := (events.InitiativeOpened{Initiative: i}).Validate(); err != nil {
		return i, refuse(BadValue, "initiative", "%v", err).hint("correct its description")
	}
	return i, nil
}

// ReviseInitiative describes an initiative differently; its contributions follow. What is absent
// stays.
type ReviseInitiative struct {
	Code     string            `json:"code"`
	Type     string            `json:"type,omitzero"`
	Places   []string          `json:"places,omitzero"`
	Titles   map[string]string `json:"titles,omitzero"`
	Bodies   []string          `json:"bodies,omitzero"`
	Partners []string          `json:"partners,omitzero"`
	Reason   string            `json:"reason"`
}

// Verb is revise-initiative.
func (ReviseInitiative) Verb() string { return "revise-initiative" }

// Decide revises.
func (c ReviseInitiative) Decide(b Books) (d Decision, err error) {
	id, known := b.initiative(c.Code)
	if known == nil {
		return d, refuse(UnknownInitiative, "initiative", "no initiative is called %q", c.Code).candidates(b.nearestInitiatives(c.Code)).
			hint("correct the code, or open the initiative first")
	}
	reason, err := cleanText("reason", c.Reason, maxReason, false)
	switch {
	case err != nil:
		return d, err
	case reason == "":
		return d, refuse(MissingField, "reason", "missing").hint("say why")
	}
	after := known.Initiative
	if c.Type != "" {
		after.Type = c.Type
	}
	if c.Places != nil {
		after.Places = c.Places
	}
	if c.Titles != nil {
		after.Titles = c.Titles
	}
	if c.Bodies != nil {
		after.Bodies = c.Bodies
	}
	if c.Partners != nil {
		after.Partners = c.Partners
	}
	if err := cleanInitiative(&after); err != nil {
		return d, err
	}
	if after, err = resolveInitiative(b, after, &d); err != nil {
		return d, err
	}
	if same(known.Initiative, after) {
		return d, refuse(NothingChanges, "", "the initiative is described so already").hint("nothing is left to do")
	}
	d.Events = []events.Event{events.InitiativeRevised{ID: id, Before: known.Initiative, After: after, Mode: events.Restate, Reason: reason}}
	return d, nil
}

// CloseInitiative says that nothing is given to an initiative after a day.
type CloseInitiative struct {
	Code   string      `json:"code"`
	On     events.Date `json:"on"`
	Reason string      `json:"reason,omitzero"`
}

// Verb is close-initiative.
func (CloseInitiative) Verb() string { return "close-initiative" }

// Decide closes.
func (c CloseInitiative) Decide(b Books) (d Decision, err error) {
	id, known := b.initiative(c.Code)
	if known == nil {
		return d, refuse(UnknownInitiative, "initiative", "no initiative is called %q", c.Code).candidates(b.nearestInitiatives(c.Code)).
			hint("correct the code, or open the initiative first")
	}
	if _, err := c.On.Span(); err != nil {
		return d, refuse(BadDate, "on", "%v", err).hint("write its last day: 2019-11-23")
	}
	if known.Closed == c.On {
		return d, refuse(NothingChanges, "", "the initiative was closed on %s already", c.On).hint("nothing is left to do")
	}
	reason, err := cleanText("reason", c.Reason, maxReason, false)
	d.Events = []events.Event{events.InitiativeClosed{ID: id, On: c.On, Reason: reason}}
	return d, err
}
