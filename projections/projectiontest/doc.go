// Package projectiontest proves of any projection that it folds the same whatever the circumstances,
// and makes the histories to prove it on.
//
// Three nouns. A [History] is a log in memory; it is a [projections.Source] too. [Histories] draws
// random valid ones, [Random] makes one of any length from a seed. [Kit] is the proof:
//
//	func TestKit(t *testing.T) {
//		projectiontest.Kit(t, totals.Totals{}, projectiontest.Histories(80))
//	}
//
// For every history the rows at any position are byte for byte the same whether the log was folded
// in one go, in any batches, with flushes, crashes, closing and opening again between them, as of,
// or in layers of Rows on Rows.
//
// # Caveats
//
// A history is valid as the ledger understands it (contributions name what exists, sides of a
// correction are the contribution as it stood), not plausible: its figures mean nothing. It has no
// foreign messages.
//
// SIJIL_LONG=1 checks many times as many histories.
package projectiontest
