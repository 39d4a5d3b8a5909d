// Package events holds the facts of a participation ledger: one file per kind of event, the
// envelope they travel in, and the hash chain that ties them together.
//
// Three nouns. An [Event] is one immutable fact, phrased in the past tense. An [Entry] is an event
// in its place in the ledger. A [Checkpoint] names one point of one ledger: what a reader has, and
// what the next entry must follow.
//
//	var at events.Checkpoint            // before the first event of any ledger
//	for payload := range messages {
//		e, err := events.Decode(payload) // strict: anything unexpected is an error
//		if err == nil {
//			err = at.Follow(e)           // dense sequence, hash chain, one ledger
//		}
//		...
//	}
//
// # The payload, byte by byte
//
// A payload is one CloudEvents 1.0 JSON object in structured mode, UTF-8, without insignificant
// white space, at most [MaxPayload] bytes. Its members, in this order:
//
//	specversion   "1.0"
//	id            the command's id: a UUID, 36 lower-case characters; the command's second event
//	              is "<uuid>-2", its third "<uuid>-3" and so on
//	source        "sijil:" programme "/" ledger id; a programme is 1 to 63 characters of
//	              a-z 0-9 - _, beginning with a letter or digit, so that it is one NATS token
//	type          kind "." "v" version, such as "contribution.recorded.v1"
//	subject       what the event is about: the id of a contribution, volunteer, initiative or
//	              batch, the code of a place or type, the programme, the number of a catalogue, or
//	              the position of a foreign message; never repeated in data
//	time          when it was recorded, UTC, milliseconds: "2026-11-24T05:22:13.120Z"; never
//	              earlier than the entry before it
//	sequence      the position in the ledger, 20 decimal digits, 1 for the first
//	prevhash      SHA-256 of the whole payload at the position before, whatever it is, in base64url
//	              without padding (43 characters); for position 1 the SHA-256 of nothing
//	commandhash   HMAC-SHA-256, keyed by a secret of the vault, of the command as it was received;
//	              43 characters as above. The same id with another hash is another command
//	actor         opaque account id: 1 to 63 characters of a-z 0-9 - _
//	actormethod   how the actor was authenticated: "token", "password", "oidc" or "local"
//	correlationid optional: the UUID of the import batch or request the event belongs to
//	data          the fact itself: one object, described at the Go struct of its kind
//
// A hash is always over the payload bytes as they are stored; nothing is ever re-encoded to be
// hashed. Nothing that is needed to read the ledger lies in message headers.
//
// # Strictness
//
// [Decode] refuses, each with its own error: text that is not UTF-8 ([ErrEncoding]), text that is
// not JSON or of another form than said above ([ErrMalformed]), a name that appears twice in one
// object ([ErrDuplicateName]), a name in another case than specified ([ErrFoldedName]), a name that
// is not specified ([ErrUnknownField]), a kind that is not declared ([ErrUnknownKind]), a kind in a
// version that is not declared ([ErrUnknownVersion]), and data that contradicts itself
// ([ErrInvalid]).
//
// A null, a UUID in upper case, base64 with padding, with unused bits or a line break, and a time or
// position in another form are malformed. The order of members, white space, escapes in strings and
// empty values that could have been left out are free when reading: [Seal] writes them as said above,
// and no meaning depends on them.
//
// # Values
//
// UUIDs are 36 lower-case characters. Hashes are base64url. Dates are [Date]. Sealed text
// ([Sealed]) is ciphertext whose key is kept outside the log. Members that are absent mean
// "unknown" or "none"; null is never written.
//
// # Adding a kind
//
// One file named after the wire, such as contribution_recorded.go: the struct, its methods Kind,
// Subject and Validate, and one line that declares it; and a golden file in testdata/golden. When a
// shape must change, the old struct stays below the new one, with the function that lifts it
// (see [was]).
package events
