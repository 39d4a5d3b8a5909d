package totals

import "slices"

// A Dimension is something that totals are grouped and filtered by.
type Dimension string

// The dimensions. Values are codes; of an initiative its code (in a filter also its id), of a year
// 2019, of a month 2019-03.
const (
	Region      Dimension = "region"
	Province    Dimension = "province"
	Place       Dimension = "place"
	Theme       Dimension = "theme"
	Type        Dimension = "type"
	Initiative  Dimension = "initiative"
	Year        Dimension = "year"
	Month       Dimension = "month"
	Role        Dimension = "role"
	Basis       Dimension = "basis"
	Affiliation Dimension = "affiliation"
)

// Dimensions lists the dimensions.
var Dimensions = []Dimension{
	Region, Province, Place, Theme, Type, Initiative, Year, Month, Role, Basis, Affiliation,
}

// Values that are no codes.
const (
	// Several is the region, or the province, of what lies in several.
	Several = "several"
	// Unspecified is what is not known, or not known so precisely.
	Unspecified = "unspecified"
)

func (d Dimension) valid() bool { return slices.Contains(Dimensions, d) }

// ofPlace reports that a dimension follows from the place, ofInitiative that it follows from the
// initiative.
func (d Dimension) ofPlace() bool { return d == Region || d == Province || d == Place }

func (d Dimension) ofInitiative() bool { return d == Theme || d == Type || d == Initiative }
