// Package node is a running sijil: the embedded server or a connection to an external one, the log,
// the ledger, the projections and the services on top. Verbs, the demo and tests all start one.
//
//	n, err := node.Start(ctx, node.Config{Data: "sijil-data"})
//	defer n.Close()
//	answer, err := n.Client.Totals(ctx, projections.When{Since: end}, totals.Query{By: …})
//
// # A data folder
//
//	sijil.json     the programme's name and, before founding, the ledger's id
//	lock           held by the process that runs on the folder
//	server.json    where that process listens, and its credentials (0600)
//	jetstream/     the store of the embedded server: the log itself
//	vault          keys and references of persons; without it nothing sealed opens again
//	books.v1       the ledger's own books, made anew from the log when missing
//	models/        read models, made anew from the log when missing
//
// To keep a ledger is to keep jetstream/ and vault, and a head (sijil verify --head) elsewhere.
package node
