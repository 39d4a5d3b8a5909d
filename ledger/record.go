package ledger

import (
	"errors"
	"slices"

	"github.com/google/uuid"

	"sijil/events"
)

// Record records one contribution, and registers and opens on the way what it names, so that one row
// of a file is one self-contained command. Texts are as entered.
type Record struct {
	// System is the source system; it scopes Reference and Volunteer.
	System string `json:"system,omitzero"`
	// Reference is what the source system calls this contribution. With one, the contribution's id
	// follows from it, and Request.ID is not used.
	Reference string `json:"reference,omitzero"`
	// Again records the very same once more, after it was withdrawn: 2 for the second time, 3 for the
	// third. An outcome that is Already and Withdrawn says which time is next.
	Again int64 `json:"again,omitzero"`

	// Volunteer is what the source system calls the person, or the person's id in the ledger;
	// Name, optional, is kept sealed. Headcount is a group without names.
	Volunteer string `json:"volunteer,omitzero"`
	Name      string `json:"name,omitzero"`
	Headcount int64  `json:"headcount,omitzero"`

	// Initiative is the initiative's code; Title and Type are for one that is new. TitleLang is the
	// title's language, "und" (undetermined) where absent.
	Initiative string `json:"initiative"`
	Title      string `json:"title,omitzero"`
	TitleLang  string `json:"titlelang,omitzero"`
	Type       string `json:"type,omitzero"` // code or name

	// Place is a code or name; PlaceLevel, optional, the kind or level that is meant where several
	// places share a name (region, province, town …). Without a place, that of the initiative
	// counts, where it has one.
	Place      string `json:"place,omitzero"`
	PlaceLevel string `json:"placelevel,omitzero"`

	Date     events.Date  `json:"date"`
	Role     events.Role  `json:"role,omitzero"`     // absent: that of the type
	Quantity string       `json:"quantity,omitzero"` // decimal with a point; absent: unknown
	Unit     events.Unit  `json:"unit,omitzero"`
	Per      events.Per   `json:"per,omitzero"`   // absent: person
	Basis    events.Basis `json:"basis,omitzero"` // absent: unknown

	Affiliation string            `json:"affiliation,omitzero"`
	Session     string            `json:"session,omitzero"` // what the source system calls the roll call
	Replaces    uuid.UUID         `json:"replaces,omitzero"`
	Evidence    []events.Evidence `json:"evidence,omitzero"`
	Note        string            `json:"note,omitzero"`

	// File, Sheet (its number, 1 for the first) and Row say where it was read.
	File  events.Hash `json:"file,omitzero"`
	Sheet int64       `json:"sheet,omitzero"`
	Row   int64       `json:"row,omitzero"`

	// New allows unknown volunteers and initiatives to be registered and opened. Accept is the
	// reason why soft limits may be exceeded. Neither is part of what is recorded once.
	New    bool   `json:"new,omitzero"`
	Accept string `json:"accept,omitzero"`

	ready *filed
}

// Verb is record.
func (Record) Verb() string { return "record" }

// filed is what the desk got ready for a Record or a Correct.
type filed struct {
	id        uuid.UUID // of the contribution
	person    person
	reference events.Sealed
	note      events.Sealed
	session   uuid.UUID
	nearest   []string // names like that of a volunteer who is not registered
}

// canonical is what a contribution says: not how the person or the initiative is described on the
// way, nor where it was read, nor what is permitted.
func (c Record) canonical() any {
	c.Name, c.Title, c.TitleLang, c.Type = "", "", "", ""
	c.File, c.Sheet, c.Row = events.Hash{}, 0, 0
	c.New, c.Accept, c.ready = false, "", nil
	return c
}

// normal is c with clean texts and defaults filled in.
func (c Record) normal() (Record, error) {
	var t cleaner
	t.text("source", &c.System, maxCode)
	t.text("id", &c.Reference, maxName)
	t.text("volunteer", &c.Volunteer, maxName)
	t.text("name", &c.Name, maxName)
	t.text("initiative", &c.Initiative, maxCode)
	t.text("title", &c.Title, maxTitle)
	t.text("type", &c.Type, maxName)
	t.text("place", &c.Place, maxName)
	t.text("affiliation", &c.Affiliation, maxCode)
	t.text("session", &c.Session, maxName)
	t.text("title", &c.TitleLang, maxCode)
	t.text("accept", &c.Accept, maxReason)
	t.clean("note", &c.Note, maxNote, true)
	t.required("initiative", c.Initiative, "name the initiative that the time was given to")
	t.required("date", string(c.Date), "say when, as precisely as it is known: 2019, 2019-11 or 2019-11-23")
	if c.Reference != "" {
		t.required("source", c.System, "a reference belongs to a source system")
	}
	if c.Quantity != "" && c.Per == "" {
		c.Per = events.PerPerson
	}
	if c.Basis == "" {
		c.Basis = events.UnknownBasis
	}
	if c.TitleLang == "" {
		c.TitleLang = "und"
	}
	c.Evidence = t.evidence(c.Evidence)
	return c, t.err
}

func (c Record) prepare(d *desk) (Command, error) {
	f := &filed{id: d.id, session: d.session(c.System, c.Session)}
	var err error
	if c.Volunteer != "" {
		if f.person, err = d.person(c.System, c.Volunteer, c.Name); err != nil {
			return nil, err
		}
		if !f.person.registered && !c.New {
			f.nearest = d.names.nearest(d.vault, c.Volunteer, c.Name)
		}
	}
	var err1, err2 error
	f.reference, err1 = d.reference(f.person.id, c.System, c.Reference)
	f.note, err2 = d.note(c.Note)
	c.ready = f
	return c, errors.Join(err1, err2)
}

// Decide opens and registers what is new, where that is allowed, and records.
func (c Record) Decide(b Books) (Decision, error) {
	var d Decision
	if !b.Founded() {
		return d, refuse(NotFounded, "", "no programme was founded").hint("sijil init")
	}
	if err := checkWho(&events.Contribution{Volunteer: c.ready.person.id, Headcount: c.Headcount}); err != nil {
		return d, err
	}
	to, opened, err := c.initiative(b, &d)
	if err != nil {
		return d, err
	}
	after := &events.Contribution{
		Volunteer: c.ready.person.id, Headcount: c.Headcount, Initiative: to, Date: c.Date, Role: c.Role,
		Quantity: c.Quantity, Unit: c.Unit, Per: c.Per, Basis: c.Basis, Affiliation: c.Affiliation,
		Session: c.ready.session, Replaces: c.Replaces, Evidence: c.Evidence, Note: c.ready.note,
		Origin: events.Origin{System: c.System, File: c.File, Sheet: c.Sheet, Row: c.Row, Reference: c.ready.reference},
	}
	if after.Place, after.PlaceEntered, err = c.place(b, opened, &d); err != nil {
		return d, err
	}
	if opened != nil {
		d.Events = append(d.Events, events.InitiativeOpened{ID: to, Initiative: c.opening(opened, after.Place)})
	}
	if p := c.ready.person; p.id != uuid.Nil && !p.registered {
		if !c.New {
			return d, refuse(UnknownVolunteer, "volunteer", "this volunteer is not registered").candidates(c.ready.nearest).
				hint("correct the reference, or allow new volunteers and initiatives with --new")
		}
		d.Events = append(d.Events, events.VolunteerRegistered{ID: p.id, System: c.System, Reference: p.reference, Name: p.name})
	}
	if c.ready.person.otherName {
		d.Notes = append(d.Notes, "this volunteer is registered under quite another name, which stands; is the reference right?")
	}
	typ := ""
	if opened != nil {
		typ = opened.Type
	} else if _, known := b.initiative(c.Initiative); known != nil {
		typ = known.Type
	}
	accepted, err := check(b, after, nil, typ, c.Accept, &d)
	if err != nil {
		return d, err
	}
	if after.Replaces != uuid.Nil {
		if k := b.contribution(after.Replaces); k == nil || !k.Withdrawn {
			return d, refuse(UnknownRecord, "replaces", "%s is not a withdrawn contribution", after.Replaces).hint("withdraw it first, or correct it instead")
		}
	}
	d.Events = append(d.Events, events.ContributionRecorded{ID: c.ready.id, After: after, Accepted: accepted})
	return d, nil
}

// initiative finds the initiative, or says what is to be opened.
func (c Record) initiative(b Books, d *Decision) (uuid.UUID, *events.Initiative, error) {
	id, known := b.initiative(c.Initiative)
	if known != nil {
		if c.Type != "" {
			t, err := b.findType(c.Type)
			switch {
			case errors.Is(err, RetiredType) && known.Type == c.Type:
			case err != nil:
				return id, nil, err
			case t != known.Type:
				d.Notes = append(d.Notes, "initiative "+known.Code+" is of type "+known.Type+", which stands; "+t+" is not used")
			}
		}
		return id, nil, nil
	}
	unknown := refuse(UnknownInitiative, "initiative", "no initiative is called %q", c.Initiative).candidates(b.nearestInitiatives(c.Initiative))
	if !c.New {
		return id, nil, unknown.hint("correct it, or allow new volunteers and initiatives with --new")
	}
	if c.Type == "" {
		return id, nil, refuse(MissingField, "type", "the initiative %q is new, and its type is missing", c.Initiative).
			candidates(unknown.Candidates).hint("say its type, or correct its name")
	}
	t, err := b.findType(c.Type)
	if err != nil {
		return id, nil, err
	}
	return id, &events.Initiative{Code: c.Initiative, Type: t}, nil
}

func (c Record) opening(i *events.Initiative, place string) events.Initiative {
	i.Places = []string{place}
	if c.Title != "" {
		i.Titles = map[string]string{c.TitleLang: c.Title}
	}
	return *i
}

// place finds the place, or takes the initiative's.
func (c Record) place(b Books, opened *events.Initiative, d *Decision) (code, entered string, err error) {
	if c.Place != "" {
		return placeOf(b, c.Place, c.PlaceLevel, d)
	}
	if opened == nil {
		if _, known := b.initiative(c.Initiative); len(known.Places) == 1 {
			return known.Places[0], "", nil
		}
	}
	return "", "", refuse(MissingField, "place", "missing, and the initiative does not lie in exactly one place").hint("say the most specific place known")
}

func placeOf(b Books, text, level string, d *Decision) (code, entered string, err error) {
	code, note, err := b.findPlace(text, level)
	if err != nil {
		return "", "", err
	}
	if note != "" {
		d.Notes = append(d.Notes, note)
	}
	if text != code {
		entered = text
	}
	return code, entered, nil
}

func oneOf[T ~string](field string, v T, values []T) error {
	if !slices.Contains(values, v) {
		return refuse(BadValue, field, "%q is not known", v).hint("one of %s", allowed(values))
	}
	return nil
}
