// Package embedded runs the NATS server of a ledger inside the process.
//
// Three nouns. A [Server] is a nats-server with JetStream on a folder of its own. [Credentials] say
// how another process on the machine reaches it. A [Lock] on the data folder keeps a second server
// away from it.
//
//	srv, err := embedded.Start(ctx, embedded.Config{Dir: "sijil-data", Programme: "act4community"})
//	defer srv.Close()
//	nc, err := srv.Connect(embedded.Ledger)
//
// # What is set
//
// Every message is synced to disk before it is acknowledged (sync_interval: always). The folder and
// its files are the owner's alone. The server listens on a free port of the loopback interface, or
// not at all. Passwords are new at each start. Order never depends on its clock.
//
// # The folder
//
//	lock           locked while a server runs; holds its process id
//	server.json    how to reach it, mode 0600, while it runs; see [Credentials]
//	jetstream/     the server's store
//
// # Who may do what
//
// Three users for programme p; each receives replies only under an inbox of its own, _INBOX_<user>.
//
//	ledger      publishes events under sijil.p.>, administers streams, answers and asks services
//	projector   reads the stream, answers questions under sijil-api.p.ask.>, publishes no events
//	client      reads the stream, asks sijil-api.p.ask.>, commands sijil-api.p.do.<actor>.> as its one
//	            actor; publishes no events, answers nothing
//
// Reading the stream means its information, single messages and consumers; none of that changes it.
// [Accounts] has it subject by subject, as configuration for an external server.
//
// The client has an account of its own, into which what it may ask is imported. NATS does not check
// where a requester wants its reply; in one account, a request whose reply subject is one of the
// stream's would have JetStream, which may publish anything, append the answer to the stream as a
// foreign message. Between accounts replies go back to where the request came from. The client's way
// to JetStream therefore has a prefix of its own, which [JetStream] knows.
//
// # Caveats
//
// The projector shares the ledger's account, and could bring the readers to a halt as just said: it
// is for the ledger's own processes. Whoever can read server.json is every user.
//
// The lock is advisory, and unknown to a nats-server that somebody starts by hand on the same store.
// On network file systems it may not hold.
package embedded
