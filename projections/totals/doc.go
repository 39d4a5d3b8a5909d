// Package totals answers: how much was given, by how many, where, for what, when? It folds every
// contribution into cells and resolves what an initiative is and where a place lies only when asked,
// so that reclassifying an initiative or moving a province moves its contributions without touching
// one of them.
//
// Three nouns. A cell is what contributions have in common: initiative, place, months, role, basis
// and affiliation; it holds their sums and who they are by. A [Dimension] is something that cells
// are grouped and filtered by. A [Measure] is a figure, with the definition that is printed with it.
//
//	a, err := projections.Ask(ctx, model, log, projections.When{}, totals.Query{
//		By:    []totals.Dimension{totals.Region, totals.Type},
//		Where: totals.Where{totals.Year: {"2019", "2020"}},
//	})
//	for _, row := range a.Rows {
//		fmt.Println(row.Keys, row.Participants, row.Days)
//	}
//
// # Where a contribution belongs
//
// A place's region is the place above it that has no parent in the catalogue (itself, where it has
// none); its province is the place above it, or itself, that is right below a region. Where several
// regions, or several provinces, lie above a place, the region, or the province, is [Several]: a
// contribution is never split. A region itself has no province: [Unspecified]. Likewise a type's
// theme is the type above it that has no parent; the type of an initiative that is of a theme only
// is [Unspecified]. A place or type that is mapped to another counts as that one, over as many steps
// as there are; a cycle of mappings is no mapping.
//
// A contribution counts in the year of its date, and in a month where all its days lie in one; else
// its month is [Unspecified]. A range of dates takes a contribution only if it lies wholly inside.
// Cells know months, not days, so a range begins and ends with a month.
//
// A change with mode from_effective moves the contributions that begin in the month of its effective
// date or later.
//
// # What counts
//
// Contributions with standing counted, and no others; pending ones are counted apart, rejected ones
// nowhere. [Measures] defines each figure. Figures that an import touches are marked as unfinished
// from batch.opened until batch.imported.
//
// # The rows, byte by byte
//
// A key is one tag byte and the parts named below; integers in keys are big-endian, n stands for an
// ordinal (4 bytes, from 1 in order of first appearance, 0 for none), JSON is deterministic.
//
//	's'                     the state, uvarints: time of the last entry (Unix milliseconds), number of
//	                        the catalogue in effect, batches open, persons, initiatives, places and
//	                        affiliations seen
//	'r'                     JSON: programme and rules
//	'e'                     JSON: the months from which changes took effect, rising
//	'p' uuid, 'P' n         a person's ordinal (4 bytes), and back
//	'i' uuid, 'I' n         an initiative's
//	'l' code, 'L' n         a place's
//	'a' text, 'A' n         an affiliation's
//	'd' uuid                JSON: an initiative's descriptions, each with the month from which it holds
//	'q' code, 't' code      JSON: a place's, a type's definitions in effect, likewise
//	'Q' code, 'T' code      JSON: a definition that the next catalogue.adopted puts in effect
//	'b' batch               an open batch: 1
//	'm' batch cell          a cell that an open batch touched: 1
//	'c' cell                a cell's sums and people
//
// A cell's key is, after its tag, 18 bytes:
//
//	4  initiative
//	4  place
//	2  year
//	1  month of the first day
//	1  month of the last day
//	1  role: 0 volunteering, 1 attendance
//	1  basis: 0 paid work time, 1 paid leave, 2 own time, 3 unknown
//	4  affiliation
//
// and its value, all uvarints: contributions of named people, contributions of groups, headcount,
// minutes, contributions without minutes, pending contributions; how many people; their ordinals,
// rising, the first as it is and the others less the one before; then, for each person with several
// contributions here, the ordinal less the one before (0 at first) and how many more than one. Equal
// contents have equal bytes, whatever corrections led to them.
//
// Roll-ups (cells without month, cells without initiative) would be rows of their own under further
// tags, maintained where [Totals.Fold] changes a cell and chosen where a query is planned; none are
// needed yet.
//
// # Caveats
//
// Rows never add up to the total for [NotAdditive] measures: one person may be in many rows. The codes
// "several" and "unspecified" stand for themselves in answers; a place, type or affiliation of that
// name could not be told from them.
package totals
