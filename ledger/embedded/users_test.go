package embedded_test

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"sijil/events"
	"sijil/ledger/embedded"
	"sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
)

// A user is a connection that hears of what it may not do.
type user struct {
	*nats.Conn
	denied chan error
}

func connect(t *testing.T, srv *embedded.Server, name string) user {
	t.Helper()
	u := user{denied: make(chan error, 100)}
	nc, err := srv.Connect(name, nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { u.denied <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	u.Conn = nc
	return u
}

// refused waits until the server has dealt with what was sent, and reports whether it refused it.
func (u user) refused(t *testing.T) bool {
	t.Helper()
	if err := u.FlushWithContext(patient(t)); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-u.denied:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%v, want a permission violation", err)
		}
		return true
	default:
		// Errors are handed on by another goroutine; the connection remembers the last at once.
		return errors.Is(u.LastError(), nats.ErrPermissionViolation)
	}
}

func TestWhoMayPublishAndSubscribe(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true, Actor: "local-7"})
	log := open(t, srv)
	entries := ledgertest.Chain(3)
	ledgertest.Fill(t, log, entries)
	const (
		publish   = true
		subscribe = false
		l, p, c   = embedded.Ledger, embedded.Projector, embedded.Client
	)
	for _, test := range []struct {
		user    string
		publish bool
		subject string
		allowed bool
	}{
		{p, publish, "sijil.test.contribution.recorded", false},
		{c, publish, "sijil.test.contribution.recorded", false},
		{c, publish, "sijil.test.x", false},
		{l, publish, "sijil.other.contribution.recorded", false},
		{c, publish, "sijil.other.contribution.recorded", false},

		{l, publish, "sijil-api.test.ask.totals", true},
		{p, publish, "sijil-api.test.ask.totals", true},
		{c, publish, "sijil-api.test.ask.totals", true},
		{c, publish, "sijil-api.test.do.local-7.record", true},
		{c, publish, "sijil-api.test.do.local-8.record", false},
		{c, publish, "sijil-api.test.do.*.record", false},
		{p, publish, "sijil-api.test.do.local-7.record", false},
		{c, publish, "sijil-api.other.do.local-7.record", false},

		{p, publish, "$JS.API.STREAM.DELETE.SIJIL_test", false},
		{p, publish, "$JS.API.STREAM.UPDATE.SIJIL_test", false},
		{p, publish, "$JS.API.STREAM.PURGE.SIJIL_test", false},
		{p, publish, "$JS.API.STREAM.MSG.DELETE.SIJIL_test", false},
		{p, publish, "$JS.API.STREAM.CREATE.OTHER", false},
		{c, publish, "$JS.API.STREAM.DELETE.SIJIL_test", false},
		{c, publish, "$JS.API.STREAM.INFO.SIJIL_test", false},
		{c, publish, "$SYS.REQ.SERVER.PING", false},
		{l, publish, "$SYS.REQ.SERVER.PING", false},
		{c, publish, embedded.InboxPrefix(l) + ".x", false},

		{l, subscribe, "sijil-api.test.do.*.record", true},
		{l, subscribe, "sijil-api.test.ask.totals", true},
		{p, subscribe, "sijil-api.test.ask.totals", true},
		{p, subscribe, "sijil-api.test.do.*.record", false},
		{p, subscribe, "sijil-api.test.>", false},
		{c, subscribe, "sijil-api.test.ask.totals", false},
		{c, subscribe, "sijil-api.test.do.local-7.record", false},
		{c, subscribe, "sijil.test.>", false},
		{c, subscribe, ">", false},
		{c, subscribe, "_INBOX.>", false},
		{c, subscribe, embedded.InboxPrefix(p) + ".>", false},
		{p, subscribe, embedded.InboxPrefix(l) + ".>", false},
		{c, subscribe, embedded.InboxPrefix(c) + ".x", true},
	} {
		verb := "subscribe to "
		if test.publish {
			verb = "publish to "
		}
		t.Run(test.user+" "+verb+test.subject, func(t *testing.T) {
			u := connect(t, srv, test.user)
			var err error
			if test.publish {
				err = u.PublishRequest(test.subject, embedded.InboxPrefix(test.user)+".reply", []byte("{}"))
			} else {
				_, err = u.SubscribeSync(test.subject)
			}
			if err != nil {
				t.Fatal(err)
			}
			if refused := u.refused(t); refused == test.allowed {
				t.Errorf("refused: %v", refused)
			}
		})
	}
	verify(t, log, entries[2].Checkpoint)
}

// A reply subject is no way around the permissions: see the package documentation.
func TestClientCannotHaveRepliesAppended(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true, Actor: "local-7"})
	log := open(t, srv)
	entries := ledgertest.Chain(3)
	ledgertest.Fill(t, log, entries)
	service := connect(t, srv, embedded.Ledger)
	answered := make(chan string, 10)
	if _, err := service.Subscribe("sijil-api.test.do.>", func(m *nats.Msg) {
		_ = m.Respond([]byte("done"))
		answered <- m.Subject
	}); err != nil {
		t.Fatal(err)
	}
	if err := service.Flush(); err != nil {
		t.Fatal(err)
	}

	client := connect(t, srv, embedded.Client)
	js, err := embedded.JetStream(client.Conn, embedded.Client)
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := js.CreateConsumer(patient(t), log.Stream(), natsjs.ConsumerConfig{AckPolicy: natsjs.AckNonePolicy})
	if err != nil {
		t.Fatal(err)
	}
	const reply = "sijil.test.contribution.recorded"
	for _, r := range []struct{ subject, body string }{
		{"sijil-js.STREAM.INFO." + log.Stream(), ""},
		{"sijil-js.STREAM.MSG.GET." + log.Stream(), `{"seq":2}`},
		{"sijil-js.CONSUMER.MSG.NEXT." + log.Stream() + "." + consumer.CachedInfo().Name, `{"batch":2}`},
		{"sijil-api.test.do.local-7.record", ""},
	} {
		if err := client.PublishRequest(r.subject, reply, []byte(r.body)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := js.CreatePushConsumer(patient(t), log.Stream(), natsjs.ConsumerConfig{
		AckPolicy: natsjs.AckNonePolicy, DeliverSubject: reply,
	}); err == nil {
		t.Error("a consumer delivers into the stream")
	}
	select {
	case <-answered:
	case <-patient(t).Done():
		t.Fatal("the service was not asked")
	}
	if err := service.Flush(); err != nil {
		t.Fatal(err)
	}
	// Requests are dealt with in order: when the client has its own answers, the ones above are sent.
	clientLog := openAs(t, client.Conn, embedded.Client)
	if _, err := clientLog.End(patient(t)); err != nil {
		t.Fatal(err)
	}
	verify(t, clientLog, entries[2].Checkpoint)
	ledgertest.Fill(t, log, ledgertest.After(entries[2].Checkpoint, 1, "next"))
}

func openAs(t *testing.T, nc *nats.Conn, user string) *jetstream.Log {
	t.Helper()
	js, err := embedded.JetStream(nc, user)
	if err != nil {
		t.Fatal(err)
	}
	log, err := jetstream.Open(patient(t), js, ledgertest.Programme)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func TestReadersReadAndDoNotAppend(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true})
	log := open(t, srv)
	entries := ledgertest.Chain(1300)
	ledgertest.Fill(t, log, entries)
	for _, name := range []string{embedded.Projector, embedded.Client} {
		t.Run(name, func(t *testing.T) {
			u := connect(t, srv, name)
			verify(t, openAs(t, u.Conn, name), entries[1299].Checkpoint)
			if u.refused(t) {
				t.Error("reading takes permissions that it has not")
			}
			js, err := embedded.JetStream(u.Conn, name)
			if err != nil {
				t.Fatal(err)
			}
			// What is not permitted is not answered either.
			impatient, err := jetstream.OpenConfig(patient(t), js, jetstream.Config{
				Programme: ledgertest.Programme, Timeout: 50 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []int{1, 2} {
				if err := impatient.Append(patient(t), ledgertest.After(entries[1299].Checkpoint, n, "mallory")); err == nil {
					t.Errorf("appends %d", n)
				}
			}
			verify(t, log, entries[1299].Checkpoint)
		})
	}
}

// Clients and services meet across accounts, and each reply comes to whoever asked.
func TestServicesAnswer(t *testing.T) {
	srv := start(t, embedded.Config{Dir: t.TempDir(), NoListen: true, Actor: "local-7"})
	for subject, name := range map[string]string{
		"sijil-api.test.do.*.record": embedded.Ledger, "sijil-api.test.ask.totals": embedded.Projector,
	} {
		service := connect(t, srv, name)
		if _, err := service.Subscribe(subject, func(m *nats.Msg) { _ = m.Respond([]byte(name + " " + m.Subject)) }); err != nil {
			t.Fatal(err)
		}
		if err := service.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ user, subject, answer string }{
		{embedded.Client, "sijil-api.test.do.local-7.record", "ledger sijil-api.test.do.local-7.record"},
		{embedded.Client, "sijil-api.test.ask.totals", "projector sijil-api.test.ask.totals"},
		{embedded.Ledger, "sijil-api.test.ask.totals", "projector sijil-api.test.ask.totals"},
	} {
		m, err := connect(t, srv, test.user).RequestWithContext(patient(t), test.subject, nil)
		if err != nil || string(m.Data) != test.answer {
			t.Errorf("%s asks %s: %v, %v; want %q", test.user, test.subject, m, err, test.answer)
		}
	}
	if !events.ValidToken(srv.Actor()) {
		t.Errorf("actor %q", srv.Actor())
	}
}
