// Package service puts the ledger and the read models on NATS, and is the one place that says what
// can be asked of sijil: every command is a line in commands.go, every question a line in
// questions.go, every contract a type of the package that answers.
//
// Subjects, for a programme P:
//
//	sijil-api.P.do.ACTOR.VERB    one command, or a list for the verbs bulk and preview; NATS
//	                             permissions bind who may publish as which actor
//	sijil-api.P.ask.QUESTION     a question with a moment: as of, or not before
//	sijil-api.P.ask.page.SERVER  the next part of an answer of more than [pageSize] bytes
//
// Bodies are JSON. A failure is a micro service error: its code is one of the Code constants, its
// body a [Failure]. Handlers never block their subscription: each request runs on a goroutine of its
// own, at most [maxRequests] at a time.
package service
