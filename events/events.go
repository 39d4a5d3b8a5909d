package events

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
)

// An Event is one immutable fact, phrased in the past tense. Events are plain structs, used as
// values; only kinds declared in this package can be decoded.
type Event interface {
	// Kind is the event's name and version on the wire.
	Kind() Kind
	// Subject is what the event is about: the CloudEvents subject.
	Subject() string
	// Validate reports whether the fact contradicts itself. It knows nothing but the fact.
	Validate() error
}

// A Kind is a declared wire name and version, such as contribution.recorded in version 1. Only
// this package makes one.
type Kind struct {
	name    string
	version int
}

// String is the CloudEvents type: "contribution.recorded.v1".
func (k Kind) String() string { return k.name + ".v" + strconv.Itoa(k.version) }

// Name is the kind without its version: "contribution.recorded". It ends the NATS subject.
func (k Kind) Name() string { return k.name }

// Kinds lists the names of all kinds in their newest version, sorted.
func Kinds() []string { return declared.names() }

// KnownKind reports whether name (without a version) is a declared kind.
func KnownKind(name string) bool { return len(declared[name]) > 0 }

// declared holds every kind and version this build can read.
var declared = registry{}

// A registry maps a kind's name and version to what decodes it.
type registry map[string]map[int]decoder

// A decoder makes an event of its subject and its data.
type decoder func(subject string, data []byte) (Event, error)

func (r registry) names() []string { return slices.Sorted(maps.Keys(r)) }

// declare registers E under a wire name and its newest version. subject writes the CloudEvents
// subject into a decoded event. Older versions follow as [was].
func declare[E Event](name string, version int, subject func(*E, string) error, older ...older) Kind {
	return declareIn[E](declared, name, version, subject, older...)
}

func declareIn[E Event](r registry, name string, version int, subject func(*E, string) error, older ...older) Kind {
	r.add(name, version, func(s string, data []byte) (Event, error) {
		return decodeAs(s, data, subject, func(e E) E { return e })
	})
	for _, o := range older {
		r.add(name, o.version, o.decode)
	}
	return Kind{name, version}
}

// older is a retired wire version with what lifts it to the newest.
type older struct {
	version int
	decode  decoder
}

// was declares a retired wire version: the shape Old, and the function that lifts it. The subject
// is read by the newest shape.
func was[Old any, E Event](version int, subject func(*E, string) error, lift func(Old) E) older {
	return older{version, func(s string, data []byte) (Event, error) {
		return decodeAs(s, data, subject, lift)
	}}
}

func decodeAs[Old any, E Event](s string, data []byte, subject func(*E, string) error, lift func(Old) E) (Event, error) {
	var old Old
	if err := json.Unmarshal(data, &old, strict); err != nil {
		return nil, classify(err, data, new(Old))
	}
	e := lift(old)
	if err := subject(&e, s); err != nil {
		return nil, fmt.Errorf("%w: subject %q: %v", ErrInvalid, s, err)
	}
	if err := e.Validate(); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrInvalid, err)
	}
	return e, nil
}

func (r registry) add(name string, version int, d decoder) {
	if r[name] == nil {
		r[name] = map[int]decoder{}
	}
	if r[name][version] != nil {
		panic(fmt.Sprintf("events: %s.v%d declared twice", name, version))
	}
	r[name][version] = d
}

// find returns the decoder of a CloudEvents type.
func (r registry) find(typ string) (decoder, error) {
	i := strings.LastIndex(typ, ".v")
	if i < 0 || len(r[typ[:i]]) == 0 {
		return nil, fmt.Errorf("%w %q", ErrUnknownKind, typ)
	}
	n, err := strconv.Atoi(typ[i+2:])
	if d := r[typ[:i]][n]; err == nil && d != nil && strconv.Itoa(n) == typ[i+2:] {
		return d, nil
	}
	return nil, fmt.Errorf("%w %q", ErrUnknownVersion, typ)
}

// What Decode refuses; see the package documentation.
var (
	ErrEncoding       = errors.New("events: not UTF-8")
	ErrMalformed      = errors.New("events: malformed")
	ErrDuplicateName  = errors.New("events: duplicate name")
	ErrFoldedName     = errors.New("events: name in another case")
	ErrUnknownField   = errors.New("events: unknown field")
	ErrUnknownKind    = errors.New("events: unknown kind")
	ErrUnknownVersion = errors.New("events: unknown version")
	ErrInvalid        = errors.New("events: invalid")
	ErrTooLarge       = errors.New("events: too large")
)
