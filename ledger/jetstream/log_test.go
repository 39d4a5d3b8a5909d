package jetstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sijil/ledger"
	"sijil/ledger/embedded"
	sijil "sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
)

// serve starts a server that ends with the test.
func serve(t testing.TB) (*embedded.Server, jetstream.JetStream) {
	t.Helper()
	srv, err := embedded.Start(t.Context(), embedded.Config{
		Dir: t.TempDir(), Programme: ledgertest.Programme, NoListen: true, MinFree: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv, connect(t, srv, embedded.Ledger)
}

func connect(t testing.TB, srv *embedded.Server, user string) jetstream.JetStream {
	t.Helper()
	nc, err := srv.Connect(user)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

func create(t testing.TB, js jetstream.JetStream) *sijil.Log {
	t.Helper()
	log, err := sijil.Create(t.Context(), js, sijil.Config{Programme: ledgertest.Programme, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// patience is how long a test waits for what must come, on a machine that has much else to do.
const patience = 30 * time.Second

// patient is a context that outlasts whatever has to come.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func TestConformance(t *testing.T) {
	ledgertest.Conformance(t, func(t *testing.T) ledger.Log {
		_, js := serve(t)
		return create(t, js)
	})
}
