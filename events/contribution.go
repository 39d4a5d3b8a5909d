package events

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/uuid"
)

// A Contribution as it stands at one moment: who gave how much time, where, for what, when.
// It stands whole, as before and after, in every event that changes one.
type Contribution struct {
	// Volunteer is a person's id; Headcount the size of a group without names. One of them.
	Volunteer uuid.UUID `json:"volunteer,omitzero"`
	Headcount int64     `json:"headcount,omitzero"`

	Initiative uuid.UUID `json:"initiative"`
	// Place is the code of the most specific place known; PlaceEntered what was typed where it
	// differs from the code.
	Place        string `json:"place"`
	PlaceEntered string `json:"placeentered,omitzero"`
	Date         Date   `json:"date"`
	Role         Role   `json:"role"`

	// Quantity is a decimal as entered, in Unit, Per person or for the group: all three or none.
	Quantity string `json:"quantity,omitzero"`
	Unit     Unit   `json:"unit,omitzero"`
	Per      Per    `json:"per,omitzero"`
	// Minutes is the total that follows from the quantity. Absent (0) means unknown.
	Minutes int64 `json:"minutes,omitzero"`

	Basis Basis `json:"basis"`
	// Affiliation is the employer, site or department as at the date.
	Affiliation string `json:"affiliation,omitzero"`
	// Session is shared by the entries of one roll call.
	Session uuid.UUID `json:"session,omitzero"`
	// Replaces is the withdrawn contribution this one stands for.
	Replaces uuid.UUID  `json:"replaces,omitzero"`
	Evidence []Evidence `json:"evidence,omitzero"`
	Origin   Origin     `json:"origin,omitzero"`
	Standing Standing   `json:"standing"`
	// Note is free text under a key of its own.
	Note Sealed `json:"note,omitzero"`
}

// People is how many people gave the time: the headcount, or 1.
func (c *Contribution) People() int64 { return max(c.Headcount, 1) }

// Origin says where a contribution was read: the source system, and the file (by its SHA-256), the
// number of the sheet, 1 for the first, and the row. Sheets have names, but those may be people's. The
// reference is what the source system calls it, sealed.
type Origin struct {
	System    string `json:"system,omitzero"`
	File      Hash   `json:"file,omitzero"`
	Sheet     int64  `json:"sheet,omitzero"`
	Row       int64  `json:"row,omitzero"`
	Reference Sealed `json:"reference,omitzero"`
}

// IsZero reports that nothing is known of the origin.
func (o Origin) IsZero() bool {
	return o.System == "" && o.File.IsZero() && o.Sheet == 0 && o.Row == 0 && len(o.Reference) == 0
}

// Evidence is something that supports a contribution, kept elsewhere: what it is, the SHA-256 of
// its bytes, and where it lies. Locators MUST NOT hold personal data.
type Evidence struct {
	Kind    string `json:"kind"`
	SHA256  Hash   `json:"sha256,omitzero"`
	Locator string `json:"locator,omitzero"`
}

// Role is what people did. Days count volunteering only.
type Role string

// The roles.
const (
	Volunteering Role = "volunteering"
	Attendance   Role = "attendance"
)

// Roles lists the roles.
var Roles = []Role{Volunteering, Attendance}

// Basis is on whose time.
type Basis string

// The bases.
const (
	PaidWorkTime Basis = "paid_work_time"
	PaidLeave    Basis = "paid_leave"
	OwnTime      Basis = "own_time"
	UnknownBasis Basis = "unknown"
)

// Bases lists the bases.
var Bases = []Basis{PaidWorkTime, PaidLeave, OwnTime, UnknownBasis}

// Unit is what a quantity counts.
type Unit string

// The units. How many minutes a day has is a rule of the programme.
const (
	Minutes Unit = "minutes"
	Hours   Unit = "hours"
	Days    Unit = "days"
)

// Units lists the units.
var Units = []Unit{Minutes, Hours, Days}

// Per says whether a quantity is each person's or the whole group's.
type Per string

// Per person or for the group.
const (
	PerPerson Per = "person"
	PerGroup  Per = "group"
)

// Pers lists what a quantity may be per.
var Pers = []Per{PerPerson, PerGroup}

// Standing says whether a contribution counts.
type Standing string

// The standings.
const (
	Counted  Standing = "counted"
	Pending  Standing = "pending"
	Rejected Standing = "rejected"
)

// A Contributory event changes one contribution: nil before means new, nil after means gone.
// Every kind that moves a figure carries both sides whole, so no fold ever looks anything up.
type Contributory interface {
	Event
	// Change returns the contribution's id and both sides, which MUST NOT be modified.
	Change() (id uuid.UUID, before, after *Contribution)
}

// Accepted says that soft limits were exceeded, and why that is right.
type Accepted struct {
	Rules  []string `json:"rules"`
	Reason string   `json:"reason"`
}

var decimal = regexp.MustCompile(`^(0|[1-9][0-9]{0,11})(\.[0-9]{0,5}[1-9])?$`)

// ValidQuantity reports whether s is a decimal in its shortest form, with at most 6 decimals and
// greater than zero.
func ValidQuantity(s string) bool { return decimal.MatchString(s) && s != "0" }

func (c *Contribution) validate() error {
	if c == nil {
		return errors.New("no contribution")
	}
	if _, err := c.Date.Span(); err != nil {
		return err
	}
	switch {
	case (c.Volunteer == uuid.Nil) == (c.Headcount == 0):
		return errors.New("a volunteer or a headcount, exactly one of them")
	case c.Headcount < 0:
		return fmt.Errorf("headcount %d", c.Headcount)
	case c.Initiative == uuid.Nil:
		return errors.New("no initiative")
	case !ValidCode(c.Place):
		return fmt.Errorf("place %q is not a code", c.Place)
	case !slices.Contains(Roles, c.Role):
		return fmt.Errorf("role %q", c.Role)
	case !slices.Contains(Bases, c.Basis):
		return fmt.Errorf("basis %q", c.Basis)
	case c.Standing != Counted && c.Standing != Pending && c.Standing != Rejected:
		return fmt.Errorf("standing %q", c.Standing)
	case c.Minutes < 0:
		return fmt.Errorf("minutes %d", c.Minutes)
	case c.Quantity == "" && (c.Unit != "" || c.Per != "" || c.Minutes != 0):
		return errors.New("unit, per or minutes without a quantity")
	case c.Quantity != "" && (!ValidQuantity(c.Quantity) || c.Minutes == 0):
		return fmt.Errorf("quantity %q with %d minutes", c.Quantity, c.Minutes)
	case c.Quantity != "" && (!slices.Contains(Units, c.Unit) || !slices.Contains(Pers, c.Per)):
		return fmt.Errorf("unit %q, per %q", c.Unit, c.Per)
	}
	if err := c.Note.validate("note"); err != nil {
		return err
	}
	return c.Origin.Reference.validate("reference")
}
