package embedded

import (
	"crypto/rand"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"golang.org/x/crypto/bcrypt"

	"sijil/ledger/jetstream"
)

// The users of a server.
const (
	Ledger    = "ledger"
	Projector = "projector"
	Client    = "client"
)

// The accounts. The owner's name is that of a folder in the store.
const (
	ownerAccount = "SIJIL"
	guestAccount = "SIJIL_CLIENTS"
)

const (
	jsAPI     = "$JS.API" // JetStream's own prefix, and the ledger's and the projector's
	clientAPI = "sijil-js"
)

// InboxPrefix is the inbox of a user, where it alone receives replies.
func InboxPrefix(user string) string { return "_INBOX_" + user }

// JetStream is JetStream as a user reaches it. The client's account has none of its own: it reads the
// ledger's stream under a prefix of its own.
func JetStream(nc *nats.Conn, user string) (natsjs.JetStream, error) {
	if user == Client {
		return natsjs.NewWithAPIPrefix(nc, clientAPI)
	}
	return natsjs.New(nc)
}

// Accounts is the "accounts" block of a nats-server's configuration for a programme, in JSON, which
// that configuration is a superset of: who may do what, on servers embedded and external alike. The
// client acts as actor. passwords, by user, are plain or hashed with bcrypt.
func Accounts(programme, actor string, passwords map[string]string) ([]byte, error) {
	type permissions struct {
		Publish   []string `json:"publish"`
		Subscribe []string `json:"subscribe"`
	}
	type user struct {
		User        string      `json:"user"`
		Password    string      `json:"password"`
		Permissions permissions `json:"permissions"`
	}
	type export struct {
		Service      string   `json:"service"`
		ResponseType string   `json:"response_type"`
		Accounts     []string `json:"accounts"`
	}
	type service struct {
		Account string `json:"account"`
		Subject string `json:"subject"`
	}
	type imported struct {
		Service service `json:"service"`
		To      string  `json:"to"`
	}
	type account struct {
		JetStream string     `json:"jetstream,omitzero"`
		Users     []user     `json:"users"`
		Exports   []export   `json:"exports,omitzero"`
		Imports   []imported `json:"imports,omitzero"`
	}

	api, stream := "sijil-api."+programme, jetstream.StreamName(programme)
	ask, do, discover := api+".ask.>", api+".do."+actor+".>", "$SRV.>"
	next := jsAPI + ".CONSUMER.MSG.NEXT." + stream + ".*"
	read := []string{
		jsAPI + ".STREAM.INFO." + stream,
		jsAPI + ".STREAM.MSG.GET." + stream,
		jsAPI + ".CONSUMER.CREATE." + stream + ".>",
		jsAPI + ".CONSUMER.INFO." + stream + ".*",
		jsAPI + ".CONSUMER.DELETE." + stream + ".*",
		next,
	}
	replies := []string{"_R_.>", InboxPrefix(Ledger) + ".>", InboxPrefix(Projector) + ".>"}

	owner := account{JetStream: "enabled", Users: []user{
		{Ledger, passwords[Ledger], permissions{
			Publish:   slices.Concat(replies, []string{jetstream.Subjects(programme), jsAPI + ".>", api + ".>", discover}),
			Subscribe: []string{InboxPrefix(Ledger) + ".>", api + ".>", discover},
		}},
		{Projector, passwords[Projector], permissions{
			Publish:   slices.Concat(replies, read, []string{ask}),
			Subscribe: []string{InboxPrefix(Projector) + ".>", ask, discover},
		}},
	}}
	guest := account{Users: []user{
		{Client, passwords[Client], permissions{
			Publish:   []string{clientAPI + ".>", ask, do, discover},
			Subscribe: []string{InboxPrefix(Client) + ".>"},
		}},
	}}
	for _, subject := range slices.Concat(read, []string{ask, do, discover}) {
		response := "singleton"
		if subject == next || subject == discover {
			response = "stream"
		}
		owner.Exports = append(owner.Exports, export{subject, response, []string{guestAccount}})
		guest.Imports = append(guest.Imports, imported{
			Service: service{ownerAccount, subject}, To: strings.Replace(subject, jsAPI, clientAPI, 1),
		})
	}
	return json.Marshal(map[string]any{
		"accounts": map[string]account{ownerAccount: owner, guestAccount: guest},
	}, json.Deterministic(true), jsontext.WithIndent("  "))
}

// newPasswords are new passwords by user, and their hashes, which is all that the server needs. The
// passwords are random, so that the hash may be a cheap one.
func newPasswords() (plain, hashed map[string]string, err error) {
	plain, hashed = map[string]string{}, map[string]string{}
	for _, user := range []string{Ledger, Projector, Client} {
		plain[user] = rand.Text()
		h, err := bcrypt.GenerateFromPassword([]byte(plain[user]), bcrypt.MinCost)
		if err != nil {
			return nil, nil, err
		}
		hashed[user] = string(h)
	}
	return plain, hashed, nil
}
