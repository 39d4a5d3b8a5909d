package ledger

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"sijil/events"
)

// differences lists the fields in which two contributions say different things: not where they were
// read, not how a place was spelled, and sealed texts only by whether they are the same bytes.
func differences(before, after *events.Contribution) (out []FieldChange) {
	field := func(name, b, a string) {
		if b != a {
			out = append(out, FieldChange{name, b, a})
		}
	}
	id := func(id uuid.UUID) string {
		if id == uuid.Nil {
			return ""
		}
		return id.String()
	}
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	field("volunteer", id(before.Volunteer), id(after.Volunteer))
	field("headcount", number(before.Headcount), number(after.Headcount))
	field("initiative", before.Initiative.String(), after.Initiative.String())
	field("place", before.Place, after.Place)
	field("date", string(before.Date), string(after.Date))
	field("role", string(before.Role), string(after.Role))
	field("quantity", before.Quantity, after.Quantity)
	field("unit", string(before.Unit), string(after.Unit))
	field("per", string(before.Per), string(after.Per))
	field("basis", string(before.Basis), string(after.Basis))
	field("affiliation", before.Affiliation, after.Affiliation)
	field("session", id(before.Session), id(after.Session))
	field("replaces", id(before.Replaces), id(after.Replaces))
	field("evidence", evidence(before.Evidence), evidence(after.Evidence))
	if !bytes.Equal(before.Note, after.Note) {
		out = append(out, FieldChange{"note", sealed(before.Note), sealed(after.Note)})
	}
	return out
}

func evidence(list []events.Evidence) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprint(list)
}

func sealed(s events.Sealed) string {
	if len(s) == 0 {
		return ""
	}
	return "(sealed)"
}
