// Package projections folds the log into read models and answers questions from them. It knows no
// NATS: a log is whatever yields messages in order ([Source]).
//
// Three nouns. A [Projection] folds entries into rows. A [Model] keeps one projection's rows in a
// bbolt file of their own, together with the checkpoint that they are the fold of. A [View] is a
// set of rows as of one checkpoint; whatever its origin (the live file, a fold in memory, a shadow
// being rebuilt, a test) every [Question] reads it alike.
//
//	m, err := projections.Open(path, totals.Projection{}, projections.Options{})
//	go projections.Run(ctx, log, 0, m)                     // verify, fold, commit, follow
//	a, err := projections.Ask(ctx, m, log, projections.When{Since: 20413}, totals.Query{By: …})
//
// # What holds
//
// Rows and checkpoint are committed in one transaction, so after a crash at any moment a model is
// the fold of a prefix of the log. Before its first answer the payload at its checkpoint is compared
// with its hash, so a log that was deleted, recreated, truncated or replaced is recognised before
// anything is shown. A gap, an altered entry, another ledger or a payload that cannot be read halts
// every model; a fact that one projection cannot fold halts that one. A halted model says where and
// why and goes on answering as of the last entry it folded.
//
// # Caveats
//
// A model's file belongs to one process. bbolt has no checksums of its own, so every value is
// stored with a CRC-32C of key and value; a value that does not match is a [DamageError], never an
// answer. Damage to bbolt's own pages and keys is not covered by that: where it is suspected, compare
// the whole with a fold from nothing (`sijil verify`). A View MUST NOT be kept beyond the function it
// is given to.
package projections
