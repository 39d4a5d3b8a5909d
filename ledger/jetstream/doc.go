// Package jetstream keeps a ledger's log in a NATS JetStream stream.
//
// Three nouns. A [Log] is the log of one programme: it appends entries and reads messages, and passes
// the conformance kit of ledger/ledgertest. [Config] says which stream that is. A [Weakness] is a
// setting of a stream that would drop or alter events; a stream that has one is refused with a
// [SettingsError] that lists them all.
//
//	js, err := jetstream.New(nc)                                  // nats.go/jetstream
//	log, err := sijil.Create(ctx, js, sijil.Config{Programme: "act4community"})
//	err = log.Append(ctx, entries)                                // durable, all or none
//	for batch, err := range log.Read(ctx, 0, 0) { … }             // everything, then what comes
//
// # On the wire
//
// The stream of programme p is SIJIL_p and takes the subjects sijil.p.>. An entry is one message: its
// position is the stream's sequence, its payload [events.Entry.Raw] byte for byte, and its subject
// sijil.p. followed by the name of its kind, such as sijil.p.contribution.recorded. Headers are
// Content-Type: application/cloudevents+json and what JetStream itself needs to append
// (Nats-Expected-Last-Sequence, Nats-Batch-Id …); nothing needed for reading lies in them. There is
// no Nats-Msg-Id: it would turn an identical retry into an ambiguous answer, while the expected
// sequence already keeps an entry from being stored twice.
//
// # Appending
//
// One entry is one publish; several are one atomic batch, at most [MaxBatch]. Either expects the
// stream's last sequence to be the position before, and the sequence that the server acknowledges is
// compared with the entry's. What the server answers means, in terms of [ledger.Log]:
//
//	10071, 10164                            ErrConflict
//	10002, 10023, 10047, 10077, 10109,      ErrStorage: no space, limits, sealed, overrun. A batch can
//	10167, 10174                            fail in its middle, so there the stream's end is asked
//	                                        too, and where it has moved the outcome is unknown
//	no responders                           ErrStorage: nobody took the message
//	10054                                   events.ErrTooLarge
//	anything else                           unknown: time-outs, disconnects, 10176, 10210 …
//
// The server's own error is always wrapped as well. A disk that is full shows as a time-out.
//
// # Reading
//
// A read is one unfiltered ephemeral consumer without acknowledgements, checked for order, and made
// anew after the last message whenever the connection or the consumer is lost. JetStream's own
// ordered consumer does the same, but does not look where the stream ends: a consumer that starts
// beyond the end is accepted, and says nothing about the messages it will never see. Here each start
// looks, and yields [projections.ErrBeyondEnd] where the stream was truncated or replaced. A read of
// a few positions asks for the messages one by one.
//
// # Caveats
//
// What a client cannot see is whether the server syncs before it acknowledges (sync_interval:
// always); ledger/embedded sets it. An administrator can still delete a stream, and settings can be
// weakened while a Log is open: ask [Log.Settings] from time to time. A mirror, or a stream that is
// the copy of one source, can be read and not appended to.
package jetstream
