package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/nats-io/nats.go"
)

// Credentials are how another process reaches a running server. They lie in server.json in its
// folder, one JSON object, mode 0600, from when the server listens until it is closed:
//
//	url         nats://127.0.0.1:<port>
//	programme   the programme that the permissions are for
//	actor       the actor that the client acts as
//	pid         the server's process
//	users       an object of user → password
//
// After a crash the file is left behind; the lock tells whether a server runs.
type Credentials struct {
	URL       string            `json:"url"`
	Programme string            `json:"programme"`
	Actor     string            `json:"actor"`
	PID       int               `json:"pid"`
	Users     map[string]string `json:"users"`
}

// String leaves the passwords out.
func (c Credentials) String() string { return fmt.Sprintf("%s (programme %s)", c.URL, c.Programme) }

// GoString leaves the passwords out.
func (c Credentials) GoString() string { return c.String() }

// ErrNotRunning says that no server runs, or none that listens.
var ErrNotRunning = errors.New("no server runs")

const credentialsFile = "server.json"

// ReadCredentials reads how to reach the server that runs on a data folder.
func ReadCredentials(dir string) (Credentials, error) {
	b, err := os.ReadFile(filepath.Join(dir, credentialsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return Credentials{}, fmt.Errorf("embedded: %s: %w", dir, ErrNotRunning)
	}
	var c Credentials
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil {
		return Credentials{}, fmt.Errorf("embedded: %s: %w", filepath.Join(dir, credentialsFile), err)
	}
	return c, nil
}

// Connect connects as one of the users. Errors that belong to no call are dropped, unless opts have a
// nats.ErrorHandler.
func (c Credentials) Connect(user string, opts ...nats.Option) (*nats.Conn, error) {
	password, ok := c.Users[user]
	if !ok {
		return nil, fmt.Errorf("embedded: no user %q; there are %s, %s and %s", user, Ledger, Projector, Client)
	}
	nc, err := nats.Connect(c.URL, append(connectOptions(user, password), opts...)...)
	if err != nil {
		return nil, fmt.Errorf("embedded: connect to %s as %s: %w", c.URL, user, err)
	}
	return nc, nil
}

func connectOptions(user, password string) []nats.Option {
	return []nats.Option{
		nats.Name("sijil " + user),
		nats.UserInfo(user, password),
		nats.CustomInboxPrefix(InboxPrefix(user)),
		nats.MaxReconnects(-1),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // nats.go prints them otherwise
	}
}

// write puts the file in place at once, whole.
func (c Credentials) write(dir string) error {
	b, err := json.Marshal(c, json.Deterministic(true), jsontext.WithIndent("  "))
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, credentialsFile+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, credentialsFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

func removeCredentials(dir string) error {
	err := os.Remove(filepath.Join(dir, credentialsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
