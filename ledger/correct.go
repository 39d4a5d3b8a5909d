package ledger

import (
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"sijil/events"
)

// A Target names one contribution: by its id, or by what a source system calls it.
type Target struct {
	Contribution uuid.UUID `json:"contribution,omitzero"`
	System       string    `json:"system,omitzero"`
	Reference    string    `json:"reference,omitzero"`
}

// Correct replaces what a contribution says. Set holds the fields that change, as people write them;
// "" takes a value away. The fields are those of [Fields].
type Correct struct {
	Target
	Set      map[string]string `json:"set"`
	Reason   string            `json:"reason"`
	Evidence []events.Evidence `json:"evidence,omitzero"`

	// New allows an unknown volunteer to be registered; Accept is why soft limits may be exceeded.
	New    bool   `json:"new,omitzero"`
	Accept string `json:"accept,omitzero"`

	ready *filed
}

// Verb is correct.
func (Correct) Verb() string { return "correct" }

// Fields are what a correction may set.
var Fields = []string{
	"volunteer", "headcount", "initiative", "place", "date", "role", "quantity", "unit", "per", "basis", "affiliation", "session", "note",
}

func (c Correct) target() Target { return c.Target }

func (c Correct) canonical() any {
	c.New, c.Accept, c.ready = false, "", nil
	return c
}

func (c Correct) prepare(d *desk) (Command, error) {
	c.Contribution = d.concerns
	var t cleaner
	t.text("reason", &c.Reason, maxReason)
	t.text("accept", &c.Accept, maxReason)
	t.required("reason", c.Reason, "say why, without naming a person")
	c.Evidence = t.evidence(c.Evidence)
	c.Set = maps.Clone(c.Set)
	for _, k := range slices.Sorted(maps.Keys(c.Set)) {
		v := c.Set[k]
		if !slices.Contains(Fields, k) {
			return nil, refuse(BadValue, k, "there is no such field").hint("one of %s", allowed(Fields))
		}
		limit := maxName
		if k == "note" {
			limit = maxNote
		}
		t.clean(k, &v, limit, k == "note")
		c.Set[k] = v
	}
	if t.err != nil {
		return nil, t.err
	}
	before := d.books.concerned
	if before == nil {
		return c, nil // Decide refuses
	}
	f := &filed{reference: before.Origin.Reference, note: before.Note, session: before.Session}
	f.person = person{id: before.Volunteer, registered: true}
	system := before.Origin.System
	var err error
	if v, ok := c.Set["volunteer"]; ok {
		f.person = person{}
		if v != "" {
			if f.person, err = d.person(system, v, ""); err != nil {
				return nil, err
			}
		}
		if f.person.id != before.Volunteer && len(f.reference) > 0 {
			// The reference goes with the person: forgetting the one it was about forgets it.
			text, err := d.vault.Open(f.reference, SealReference)
			switch {
			case errors.Is(err, ErrForgotten):
				f.reference = nil
			case err != nil:
				return nil, err
			default:
				if f.reference, err = d.reference(f.person.id, system, text); err != nil {
					return nil, err
				}
			}
		}
	}
	if v, ok := c.Set["note"]; ok {
		text, err := d.vault.Open(before.Note, SealNote)
		if same := err == nil && text == v; !same {
			if f.note, err = d.note(v); err != nil {
				return nil, err
			}
		}
	}
	if v, ok := c.Set["session"]; ok {
		f.session = d.session(system, v)
	}
	c.ready = f
	return c, nil
}

// Decide corrects.
func (c Correct) Decide(b Books) (d Decision, err error) {
	before, err := b.standing(c.Target)
	if err != nil {
		return d, err
	}
	after := *before
	after.Volunteer, after.Origin.Reference, after.Note, after.Session = c.ready.person.id, c.ready.reference, c.ready.note, c.ready.session
	for k, v := range c.Set {
		switch k {
		case "headcount":
			after.Headcount = 0
			if v != "" {
				if after.Headcount, err = strconv.ParseInt(v, 10, 64); err != nil || after.Headcount < 1 {
					return d, refuse(BadValue, "headcount", "%q is not a whole number above zero", v).hint("say how many people, in digits")
				}
			}
		case "initiative":
			id, known := b.initiative(v)
			if known == nil {
				return d, refuse(UnknownInitiative, "initiative", "no initiative is called %q", v).candidates(b.nearestInitiatives(v)).
					hint("correct it, or open the initiative first")
			}
			after.Initiative = id
		case "place":
			if after.Place, after.PlaceEntered, err = placeOf(b, v, "", &d); err != nil {
				return d, err
			}
		case "date":
			after.Date = events.Date(v)
		case "role":
			after.Role = events.Role(v)
		case "quantity":
			after.Quantity = v
		case "unit":
			after.Unit = events.Unit(v)
		case "per":
			after.Per = events.Per(v)
		case "basis":
			after.Basis = events.UnknownBasis
			if v != "" {
				after.Basis = events.Basis(v)
			}
		case "affiliation":
			after.Affiliation = v
		}
	}
	if after.Quantity != "" && after.Per == "" {
		after.Per = events.PerPerson
	}
	if p := c.ready.person; p.id != uuid.Nil && !p.registered {
		if !c.New {
			return d, refuse(UnknownVolunteer, "volunteer", "this volunteer is not registered").hint("correct the reference, or allow it with --new")
		}
		d.Events = append(d.Events, events.VolunteerRegistered{ID: p.id, System: before.Origin.System, Reference: p.reference})
	}
	_, i := b.initiative(after.Initiative.String())
	if i == nil {
		return d, refuse(UnknownInitiative, "initiative", "the initiative %s is not known", after.Initiative).hint("open it first")
	}
	nothing := refuse(NothingChanges, "", "the correction changes nothing").hint("it says so already; see sijil events")
	if len(differences(before, &after)) == 0 {
		return d, nothing
	}
	accepted, err := check(b, &after, before, i.Type, c.Accept, &d)
	if err != nil {
		return d, err
	}
	if len(differences(before, &after)) == 0 { // what it took away is what is so by default
		return d, nothing
	}
	d.Events = append(d.Events, events.ContributionCorrected{
		ID: c.Contribution, Before: before, After: &after, Reason: c.Reason, Evidence: c.Evidence, Accepted: accepted,
	})
	return d, nil
}

// Withdraw takes a contribution back: it never should have counted.
type Withdraw struct {
	Target
	Reason   string            `json:"reason"`
	Evidence []events.Evidence `json:"evidence,omitzero"`
}

// Verb is withdraw.
func (Withdraw) Verb() string { return "withdraw" }

func (c Withdraw) target() Target { return c.Target }

func (c Withdraw) prepare(d *desk) (Command, error) {
	c.Contribution = d.concerns
	var t cleaner
	t.text("reason", &c.Reason, maxReason)
	t.required("reason", c.Reason, "say why, without naming a person")
	c.Evidence = t.evidence(c.Evidence)
	return c, t.err
}

// Decide withdraws.
func (c Withdraw) Decide(b Books) (d Decision, err error) {
	before, err := b.standing(c.Target)
	if err != nil {
		return d, err
	}
	d.Events = []events.Event{events.ContributionWithdrawn{ID: c.Contribution, Before: before, Reason: c.Reason, Evidence: c.Evidence}}
	return d, nil
}

// standing is the contribution concerned, as it stands.
func (b Books) standing(t Target) (*events.Contribution, error) {
	k := b.contribution(t.Contribution)
	switch {
	case !b.Founded():
		return nil, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	case k == nil && t.Reference != "":
		return nil, refuse(UnknownRecord, "id", "%s has no contribution of that reference", t.System).hint("check the source system and the reference")
	case k == nil:
		return nil, refuse(UnknownRecord, "id", "there is no contribution %s", t.Contribution).hint("its id is in sijil events")
	case k.Withdrawn:
		return nil, refuse(WithdrawnRecord, "id", "the contribution %s was withdrawn at @%d", t.Contribution, k.Position).hint("record it again instead")
	}
	return b.concerned, nil
}
