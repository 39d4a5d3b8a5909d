package events

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// A kind as it would look once its shape has changed: the newest struct, the old one below it, and
// the function that lifts it. It is declared in a registry of this test only.

type gardenPlanted struct {
	ID    uuid.UUID `json:"-"`
	Trees []tree    `json:"trees"`
}

type tree struct {
	Species string `json:"species"`
	Count   int64  `json:"count"`
}

// gardenPlanted1 knew one species only.
type gardenPlanted1 struct {
	Species string `json:"species"`
	Trees   int64  `json:"trees"`
}

func liftGarden1(was gardenPlanted1) gardenPlanted {
	return gardenPlanted{Trees: []tree{{was.Species, was.Trees}}}
}

func (gardenPlanted) Kind() Kind        { return Kind{"garden.planted", 2} }
func (e gardenPlanted) Subject() string { return e.ID.String() }
func (e gardenPlanted) Validate() error {
	for _, t := range e.Trees {
		if t.Count <= 0 {
			return errors.New("no trees")
		}
	}
	return nil
}

func gardens() registry {
	r := registry{}
	subject := idSubject(func(e *gardenPlanted) *uuid.UUID { return &e.ID })
	declareIn[gardenPlanted](r, "garden.planted", 2, subject, was(1, subject, liftGarden1))
	return r
}

// The bytes of an older version stay what they are; they are read as the newest.
func TestLift(t *testing.T) {
	r := gardens()
	old := func(version int, data string) string {
		return fmt.Sprintf(`{"specversion":"1.0","id":"%s","source":"sijil:act4community/%s","type":"garden.planted.v%d",`+
			`"subject":"%s","time":"2019-11-24T05:22:13.120Z","sequence":"00000000000000000042","prevhash":"%s",`+
			`"commandhash":"%s","actor":"clerk-7","actormethod":"token","data":%s}`,
			testCause.Command, testLedger, version, oasis, testPrev.Hash, testCause.Hash, data)
	}
	raw := old(1, `{"species":"argan","trees":30}`)
	e, err := r.decode([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	lifted, ok := e.Event.(gardenPlanted)
	if !ok || lifted.ID != oasis || len(lifted.Trees) != 1 || lifted.Trees[0] != (tree{"argan", 30}) {
		t.Errorf("lifted to %+v", e.Event)
	}
	if e.Event.Kind().String() != "garden.planted.v2" || e.Hash != Sum([]byte(raw)) || e.Position != 42 {
		t.Errorf("read as %+v", e)
	}
	// It chains like any other, and written anew it is of the newest version.
	at := testPrev
	if err := at.Follow(e); err != nil {
		t.Error(err)
	}
	next, err := Seal(at, "act4community", testTime, testCause, 1, e.Event)
	if err != nil || !strings.Contains(string(next.Raw), `"type":"garden.planted.v2"`) ||
		!strings.HasSuffix(string(next.Raw), `"data":{"trees":[{"species":"argan","count":30}]}}`) {
		t.Errorf("written as %s, %v", next.Raw, err)
	}
	if again, err := r.decode(next.Raw); err != nil || again.Event.Subject() != oasis.String() {
		t.Errorf("version 2: %v", err)
	}

	// Each version is as strict as if it were the only one.
	for data, want := range map[string]error{
		`{"species":"argan","trees":[{"species":"argan","count":30}]}`: ErrMalformed, // the newer shape
		`{"species":"argan","trees":30,"height":2}`:                    ErrUnknownField,
		`{"Species":"argan","trees":30}`:                               ErrFoldedName,
		`{"species":"argan","species":"argan","trees":30}`:             ErrDuplicateName,
		`{"species":"argan","trees":0}`:                                ErrInvalid, // by the newest's rules
	} {
		if _, err := r.decode([]byte(old(1, data))); !errors.Is(err, want) {
			t.Errorf("%s: %v, not %v", data, err, want)
		}
	}
	for version, want := range map[int]error{0: ErrUnknownVersion, 3: ErrUnknownVersion, 2: ErrUnknownField} {
		if _, err := r.decode([]byte(old(version, `{"species":"argan","trees":[]}`))); !errors.Is(err, want) {
			t.Errorf("version %d: %v, not %v", version, err, want)
		}
	}
	if _, err := Decode([]byte(raw)); !errors.Is(err, ErrUnknownKind) {
		t.Errorf("the kind of a test is declared for all: %v", err)
	}
}

func TestDeclaredTwice(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	r := gardens()
	declareIn[gardenPlanted](r, "garden.planted", 1, idSubject(func(e *gardenPlanted) *uuid.UUID { return &e.ID }))
}
