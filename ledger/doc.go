// Package ledger is the write side: commands, pure decisions, the books that decisions are made
// with, and the one writer that appends what follows to the log.
//
// Three nouns. A [Command] is what somebody asks for, plain data. The [Books] are what is known,
// kept as a projection of the log for the ledger alone. A [Decision] is the events that follow, or a
// [*Refusal].
//
//	l, err := ledger.New(ledger.Config{Programme: "act4community", Log: log, Vault: vault, Books: path})
//	go l.Run(ctx)
//	out, err := l.Submit(ctx, ledger.Request{Scope: "hr", Actor: "local-1000", Method: events.Local,
//		Command: ledger.Record{System: "hr", Reference: "2019-0412", Volunteer: "M1234", …}})
//
// # What holds
//
// A nil error and an outcome without Err mean that the events are durable. A refusal was decided on
// current books, and recorded nothing. An error means that the outcome is unknown: ask again with
// the same request, any number of times, of any process; it is recorded once.
//
// Any number of ledgers may write to one log. Every append expects the log's end to be where the
// decision saw it, so a decision on outdated books stores nothing, and is made again.
//
// # One command
//
// A command's id is UUID version 8 of an HMAC of its scope and the caller's id; a contribution that
// a source system gave a reference has one of system, reference and generation, where a generation
// begins when the one before was withdrawn. The command hash is an HMAC of the command's canonical
// JSON, after text was put into NFC. Id and hash stand in every event, so the books, which find
// repetitions, can be made anew from the log. What a command may do (New, Accept) and where it was
// read (File, Sheet, Row) are not part of the hash.
package ledger
