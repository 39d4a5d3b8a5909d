package events

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/uuid"
)

// MaxPayload is the size of the largest payload, in bytes.
const MaxPayload = 60 << 10

// An Entry is an event in its place in the ledger.
type Entry struct {
	Checkpoint        // of this entry: its ledger, its position, the hash of Raw
	Programme  string // one NATS token
	Prev       Hash   // of the payload before
	Time       time.Time
	Cause      Cause
	Part       int   // 1 for a command's first event, 2 for its second …
	Event      Event // nil for a foreign message that a later foreign.noted names: nothing to fold
	Raw        []byte
}

// ID is the CloudEvents id: the command's id, then "-2", "-3" … for its further events.
func (e Entry) ID() string {
	if e.Part > 1 {
		return e.Cause.Command.String() + "-" + strconv.Itoa(e.Part)
	}
	return e.Cause.Command.String()
}

// Cause says which command an event follows from, and who gave it. It makes "recorded once"
// provable from the log alone.
type Cause struct {
	Command     uuid.UUID // scoped and keyed, see ledger.Request
	Hash        Hash      // HMAC of the command as received
	Actor       string    // opaque account id, from the authenticated session
	Method      Method    // how the actor was authenticated
	Correlation uuid.UUID // optional: an import batch, a request
}

// Method is how an actor was authenticated.
type Method string

// The methods.
const (
	Token    Method = "token"
	Password Method = "password"
	OIDC     Method = "oidc"
	Local    Method = "local" // by the operating system, on the ledger's own machine
)

// envelope is the payload's outer object, in the order of the wire.
type envelope struct {
	SpecVersion string         `json:"specversion"`
	ID          string         `json:"id"`
	Source      string         `json:"source"`
	Type        string         `json:"type"`
	Subject     string         `json:"subject"`
	Time        stamp          `json:"time"`
	Sequence    sequence       `json:"sequence"`
	PrevHash    Hash           `json:"prevhash"`
	CommandHash Hash           `json:"commandhash"`
	Actor       string         `json:"actor"`
	ActorMethod Method         `json:"actormethod"`
	Correlation uuid.UUID      `json:"correlationid,omitzero"`
	Data        jsontext.Value `json:"data"`
}

// Seal places e after prev and encodes it. prev.Ledger MUST be set, for the first event too.
// at is rounded down to milliseconds.
func Seal(prev Checkpoint, programme string, at time.Time, c Cause, part int, e Event) (Entry, error) {
	if err := e.Validate(); err != nil {
		return Entry{}, fmt.Errorf("%w: %s: %v", ErrInvalid, e.Kind(), err)
	}
	if !token.MatchString(programme) || prev.Ledger == uuid.Nil || part < 1 {
		return Entry{}, fmt.Errorf("%w: %s: programme %q, ledger %v, part %d", ErrInvalid, e.Kind(), programme, prev.Ledger, part)
	}
	data, err := json.Marshal(e, json.Deterministic(true))
	if err != nil {
		return Entry{}, fmt.Errorf("events: %s: %w", e.Kind(), err)
	}
	out := Entry{
		Checkpoint: Checkpoint{Ledger: prev.Ledger, Position: prev.Position + 1},
		Programme:  programme, Prev: prev.hash(), Time: at.UTC().Truncate(time.Millisecond), Cause: c, Part: part, Event: e,
	}
	w := envelope{
		SpecVersion: "1.0", ID: out.ID(), Source: "sijil:" + programme + "/" + prev.Ledger.String(),
		Type: e.Kind().String(), Subject: e.Subject(), Time: stamp(out.Time), Sequence: sequence(out.Position),
		PrevHash: out.Prev, CommandHash: c.Hash, Actor: c.Actor, ActorMethod: c.Method, Correlation: c.Correlation, Data: data,
	}
	if err := w.validate(); err != nil {
		return Entry{}, fmt.Errorf("%w: %s: %v", ErrInvalid, e.Kind(), err)
	}
	if out.Raw, err = json.Marshal(w); err != nil {
		return Entry{}, fmt.Errorf("events: %s: %w", e.Kind(), err)
	}
	if len(out.Raw) > MaxPayload {
		return Entry{}, fmt.Errorf("%w: %s has %d bytes, at most %d are stored", ErrTooLarge, e.Kind(), len(out.Raw), MaxPayload)
	}
	out.Hash = Sum(out.Raw)
	return out, nil
}

// Decode reads one payload strictly and hashes it. It needs no neighbour, so payloads may be
// decoded side by side; [Checkpoint.Follow] then puts them in their place. The entry keeps raw.
func Decode(raw []byte) (Entry, error) { return declared.decode(raw) }

func (r registry) decode(raw []byte) (Entry, error) {
	if len(raw) > MaxPayload {
		return Entry{}, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(raw))
	}
	if !utf8.Valid(raw) {
		return Entry{}, ErrEncoding
	}
	var w envelope
	if err := json.Unmarshal(raw, &w, strict); err != nil {
		return Entry{}, classify(err, raw, new(envelope))
	}
	if hasNull(raw) {
		return Entry{}, fmt.Errorf("%w: a member is null; what is unknown is left out", ErrMalformed)
	}
	dec, err := r.find(w.Type)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{
		Checkpoint: Checkpoint{Position: uint64(w.Sequence), Hash: Sum(raw)},
		Prev:       w.PrevHash, Time: time.Time(w.Time), Raw: raw,
		Cause: Cause{Hash: w.CommandHash, Actor: w.Actor, Method: w.ActorMethod, Correlation: w.Correlation},
	}
	if err := w.validate(); err != nil {
		return Entry{}, fmt.Errorf("%w: %v", ErrMalformed, err)
	}
	if e.Cause.Command, e.Part, err = parseEventID(w.ID); err != nil {
		return Entry{}, fmt.Errorf("%w: id: %v", ErrMalformed, err)
	}
	if e.Programme, e.Ledger, err = parseSource(w.Source); err != nil {
		return Entry{}, fmt.Errorf("%w: source: %v", ErrMalformed, err)
	}
	if e.Event, err = dec(w.Subject, w.Data); err != nil {
		return Entry{}, fmt.Errorf("%s: %w", w.Type, err)
	}
	return e, nil
}

func (w envelope) validate() error {
	switch {
	case w.SpecVersion != "1.0":
		return fmt.Errorf("specversion %q, not 1.0", w.SpecVersion)
	case w.Sequence == 0:
		return errors.New("sequence 0")
	case time.Time(w.Time).IsZero() || time.Time(w.Time).Year() > 9999:
		return errors.New("no time, or one beyond the year 9999")
	case w.PrevHash.IsZero():
		return errors.New("no prevhash")
	case w.CommandHash.IsZero():
		return errors.New("no commandhash")
	case !token.MatchString(w.Actor):
		return fmt.Errorf("actor %q is not 1 to 63 characters of a-z 0-9 - _", w.Actor)
	case !w.ActorMethod.valid():
		return fmt.Errorf("actormethod %q is not token, password, oidc or local", w.ActorMethod)
	case w.Data.Kind() != '{':
		return errors.New("data is not an object")
	case w.Subject == "":
		return errors.New("no subject")
	}
	return nil
}

func (m Method) valid() bool { return m == Token || m == Password || m == OIDC || m == Local }

// token is what a programme and an actor may be: one token of a NATS subject.
var token = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,62}$`)

// ValidToken reports whether s can name a programme or an actor: one NATS token of 1 to 63
// characters of a-z 0-9 - _, beginning with a letter or digit.
func ValidToken(s string) bool { return token.MatchString(s) }

func parseEventID(s string) (id uuid.UUID, part int, err error) {
	part = 1
	if len(s) > 36 {
		n, ok := strings.CutPrefix(s[36:], "-")
		if part, err = strconv.Atoi(n); !ok || err != nil || part < 2 || strconv.Itoa(part) != n {
			return id, 0, fmt.Errorf("%q is not a UUID with -2, -3 …", s)
		}
		s = s[:36]
	}
	id, err = ParseID(s)
	return id, part, err
}

func parseSource(s string) (programme string, ledger uuid.UUID, err error) {
	rest, ok := strings.CutPrefix(s, "sijil:")
	programme, id, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || !token.MatchString(programme) {
		return "", ledger, fmt.Errorf("%q is not sijil:<programme>/<ledger id>", s)
	}
	ledger, err = ParseID(id)
	if err == nil && ledger == uuid.Nil {
		err = errors.New("no ledger id")
	}
	return programme, ledger, err
}

// stamp is a time on the wire: UTC, milliseconds, 24 characters.
type stamp time.Time

const stampLayout = "2006-01-02T15:04:05.000Z"

func (s stamp) MarshalText() ([]byte, error) {
	return time.Time(s).AppendFormat(nil, stampLayout), nil
}

func (s *stamp) UnmarshalText(b []byte) error {
	var t time.Time
	if len(b) != len(stampLayout) || b[19] != '.' || b[23] != 'Z' {
		return fmt.Errorf("%q is not like %s", b, stampLayout)
	}
	err := t.UnmarshalText(b)
	*s = stamp(t)
	return err
}

// sequence is a position on the wire: 20 digits.
type sequence uint64

func (s sequence) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%020d", uint64(s)), nil }

func (s *sequence) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 64)
	if len(b) != 20 || err != nil {
		return fmt.Errorf("%q is not a position of 20 digits", b)
	}
	*s = sequence(n)
	return nil
}
