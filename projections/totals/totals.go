package totals

import (
	"fmt"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// Totals is the projection.
type Totals struct{}

var _ projections.Projection = Totals{}

// Name is totals.v1.
func (Totals) Name() string { return "totals.v1" }

// Fold changes the cells, the dimensions or the marks of unfinished batches. It fails on a kind that
// it does not know, and on a contribution taken away that is not there.
func (Totals) Fold(rows *projections.Rows, e events.Entry) error {
	s := projections.Edit[state](rows, stateKey)
	s.time = e.Time.UnixMilli()
	switch ev := e.Event.(type) {
	case events.Contributory:
		return s.contribution(rows, e.Cause.Correlation, ev)
	case events.InitiativeOpened:
		s.ordinal(rows, initiatives, ev.ID[:])
		putJSON(rows, idKey(tagInitiative, ev.ID), described{{Is: ev.Initiative}})
	case events.InitiativeRevised:
		return reviseInitiative(rows, ev)
	case events.PlaceDefined:
		putJSON(rows, codeKey(tagStagedPlace, ev.Code), ev.Place)
	case events.TypeDefined:
		putJSON(rows, codeKey(tagStagedType, ev.Code), ev.Type)
	case events.CatalogueAdopted:
		return s.adopt(rows, ev)
	case events.ProgrammeFounded:
		putJSON(rows, rulesKey, programme{ev.Programme, ev.Rules})
	case events.ProgrammeRevised:
		putJSON(rows, rulesKey, programme{ev.Programme, ev.After})
	case events.BatchOpened:
		s.openBatch(rows, ev.ID)
	case events.BatchImported:
		s.closeBatch(rows, ev.ID)
	case events.InitiativeClosed, events.VolunteerRegistered, events.VolunteerUpdated, events.ForeignNoted:
		// They change no figure.
	default:
		return fmt.Errorf("%s does not know what %s does to its figures; a newer build may", Totals{}.Name(), ev.Kind())
	}
	return nil
}

// contribution takes before away and adds after.
func (s *state) contribution(rows *projections.Rows, batch uuid.UUID, e events.Contributory) error {
	id, before, after := e.Change()
	for _, side := range [2]struct {
		c    *events.Contribution
		sign int64
	}{{before, -1}, {after, +1}} {
		if side.c == nil {
			continue
		}
		if err := s.locate(rows, side.c); err != nil {
			return fmt.Errorf("contribution %s: %w", id, err)
		}
		if side.c.Standing == events.Rejected {
			continue // what it names can be asked for all the same
		}
		if err := s.move(rows, side.c, side.sign); err != nil {
			return fmt.Errorf("contribution %s: %w", id, err)
		}
		if s.batches > 0 && batch != uuid.Nil {
			s.mark(rows, batch)
		}
	}
	return nil
}

// move adds c to the cell at s.cell, which is its own, or with sign -1 takes it away.
func (s *state) move(rows *projections.Rows, c *events.Contribution, sign int64) error {
	cell := projections.Edit[cell](rows, s.cell)
	if c.Standing == events.Pending {
		cell.pending += sign
		return cell.check()
	}
	cell.minutes += sign * c.Minutes
	if c.Minutes == 0 {
		cell.unquantified += sign
	}
	if c.Headcount > 0 {
		cell.groups += sign
		cell.headcount += sign * c.Headcount
		return cell.check()
	}
	cell.named += sign
	person := s.ordinal(rows, persons, c.Volunteer[:])
	if sign > 0 {
		cell.add(person)
	} else if !cell.remove(person) {
		return errNotThere
	}
	return cell.check()
}
