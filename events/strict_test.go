package events

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// refusals are all errors that Decode tells apart.
var refusals = []error{
	ErrEncoding, ErrMalformed, ErrDuplicateName, ErrFoldedName, ErrUnknownField, ErrUnknownKind, ErrUnknownVersion, ErrInvalid, ErrTooLarge,
}

// Each change to a good payload is refused for its own reason and no other.
func TestStrict(t *testing.T) {
	good := string(goldenPayload(t, "contribution.recorded.v1"))
	if _, err := Decode([]byte(good)); err != nil {
		t.Fatal(err)
	}
	hash := Sum([]byte("a command")).String() // commandhash
	reference, err := ofVolunteer().Origin.Reference.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, old, new string
		want           error
	}{
		{"an envelope name twice", `"actor":"clerk-7"`, `"actor":"clerk-7","actor":"clerk-7"`, ErrDuplicateName},
		{"a data name twice", `"date":"2019-11-23"`, `"date":"2019-11-23","date":"2019-11-23"`, ErrDuplicateName},
		{"a name twice, once escaped", `"date":"2019-11-23"`, `"date":"2019-11-23","d\u0061te":"2019-11-23"`, ErrDuplicateName},
		{"a name twice, deep", `"kind":"attendance list"`, `"kind":"a","kind":"attendance list"`, ErrDuplicateName},
		{"a name twice in an unknown object", `"data":{`, `"data":{"x":{"a":1,"a":2},`, ErrDuplicateName},

		{"an envelope name in upper case", `"actor":`, `"Actor":`, ErrFoldedName},
		{"an envelope name twice, once in upper case", `"actor":"clerk-7"`, `"actor":"clerk-7","ACTOR":"clerk-7"`, ErrFoldedName},
		{"a data name in upper case", `"minutes":720`, `"Minutes":720`, ErrFoldedName},
		{"a deep name in upper case", `"row":12`, `"ROW":12`, ErrFoldedName},

		{"an unknown envelope name", `"actor":`, `"whose":"x","actor":`, ErrUnknownField},
		{"an unknown data name", `"data":{`, `"data":{"hours":3,`, ErrUnknownField},
		{"an unknown name, deep", `"kind":"attendance list"`, `"kind":"attendance list","pages":2`, ErrUnknownField},
		{"the subject in data", `"data":{`, `"data":{"id":"5d0f8f0e-1111-8222-a333-444455556666",`, ErrUnknownField},
		{"a Go name", `"placeentered":`, `"PlaceEntereds":`, ErrUnknownField},

		{"an unknown kind", "contribution.recorded.v1", "contribution.imagined.v1", ErrUnknownKind},
		{"a kind in upper case", "contribution.recorded.v1", "Contribution.Recorded.v1", ErrUnknownKind},
		{"a Go type as kind", "contribution.recorded.v1", "ContributionRecorded", ErrUnknownKind},
		{"no version", "contribution.recorded.v1", "contribution.recorded", ErrUnknownKind},
		{"an empty kind", "contribution.recorded.v1", ".v1", ErrUnknownKind},
		{"version 2", "contribution.recorded.v1", "contribution.recorded.v2", ErrUnknownVersion},
		{"version 01", "contribution.recorded.v1", "contribution.recorded.v01", ErrUnknownVersion},
		{"version +1", "contribution.recorded.v1", "contribution.recorded.v+1", ErrUnknownVersion},
		{"version 0", "contribution.recorded.v1", "contribution.recorded.v0", ErrUnknownVersion},
		{"version -1", "contribution.recorded.v1", "contribution.recorded.v-1", ErrUnknownVersion},
		{"version nothing", "contribution.recorded.v1", "contribution.recorded.v", ErrUnknownVersion},
		{"version one", "contribution.recorded.v1", "contribution.recorded.vone", ErrUnknownVersion},
		{"version 1 more than uint64", "contribution.recorded.v1", "contribution.recorded.v18446744073709551617", ErrUnknownVersion},

		{"invalid UTF-8", "Site Gantour", "Site Gantou\xe9", ErrEncoding},
		{"UTF-8 of a surrogate", "Site Gantour", "\xed\xa0\x80", ErrEncoding},
		{"half a surrogate pair", "Site Gantour", `\ud83d`, ErrMalformed},
		{"a control character", "Site Gantour", "Site\tGantour", ErrMalformed},

		{"null for a string", `"actor":"clerk-7"`, `"actor":null`, ErrMalformed},
		{"null for a UUID", `"volunteer":"` + amina.String() + `"`, `"volunteer":null`, ErrMalformed},
		{"null for an optional UUID", `"correlationid":"` + testCause.Correlation.String() + `"`, `"correlationid":null`, ErrMalformed},
		{"null for a hash", `"prevhash":"` + testPrev.Hash.String() + `"`, `"prevhash":null`, ErrMalformed},
		{"null for an unknown name", `"restates":["2019"]`, `"x":null`, ErrMalformed},
		{"null for a list", `"restates":["2019"]`, `"restates":null`, ErrMalformed},
		{"null in a list", `"restates":["2019"]`, `"restates":["2019",null]`, ErrMalformed},
		{"null for a number", `"minutes":720`, `"minutes":null`, ErrMalformed},
		{"null for a sealed text", `"reference":"` + string(reference) + `"`, `"reference":null`, ErrMalformed},
		{"a number for a string", `"actor":"clerk-7"`, `"actor":7`, ErrMalformed},
		{"a number for a UUID", `"volunteer":"` + amina.String() + `"`, `"volunteer":7`, ErrMalformed},
		{"a string for a number", `"minutes":720`, `"minutes":"720"`, ErrMalformed},
		{"a fraction", `"minutes":720`, `"minutes":720.5`, ErrMalformed},
		{"an exponent", `"minutes":720`, `"minutes":7.2e2`, ErrMalformed},
		{"a number beyond 64 bits", `"minutes":720`, `"minutes":9223372036854775808`, ErrMalformed},
		{"a leading zero", `"minutes":720`, `"minutes":0720`, ErrMalformed},
		{"a list for an object", `"accepted":{`, `"accepted":[{`, ErrMalformed},
		{"true", `"sequence":"00000000000000000042"`, `"sequence":true`, ErrMalformed},

		{"a UUID in upper case", amina.String(), strings.ToUpper(amina.String()), ErrMalformed},
		{"a UUID in braces", amina.String(), "{" + amina.String() + "}", ErrMalformed},
		{"a UUID as URN", amina.String(), "urn:uuid:" + amina.String(), ErrMalformed},
		{"a UUID without hyphens", amina.String(), strings.ReplaceAll(amina.String(), "-", ""), ErrMalformed},
		{"a UUID with other hyphens", amina.String(), strings.ReplaceAll(amina.String(), "-", "_"), ErrMalformed},
		{"no hexadecimal", amina.String(), "g" + amina.String()[1:], ErrMalformed},

		{"a padded hash", hash, hash + "=", ErrMalformed},
		{"a hash with trailing bits", hash, lastLetter(hash, 1), ErrMalformed},
		{"a hash in base64 for files", hash, "+/" + hash[2:], ErrMalformed},
		{"a short hash", hash, hash[:42], ErrMalformed},
		{"a hash with a line break", hash, hash[:42] + `\n`, ErrMalformed},
		{"a hash in hexadecimal", hash, fmt.Sprintf("%x", testCause.Hash[:]), ErrMalformed},
		{"a padded sealed text", string(reference), string(reference) + "=", ErrMalformed},
		{"a sealed text with trailing bits", string(reference), lastLetter(string(reference), 1), ErrMalformed},
		{"a sealed text with a line break", string(reference), string(reference[:40]) + `\r\n` + string(reference[40:]), ErrMalformed},
		{"a sealed text of no text", string(reference), string(reference[:100]), ErrMalformed},
		{"an empty sealed text", string(reference), "", ErrMalformed},

		{"a sequence of 19 digits", "00000000000000000042", "0000000000000000042", ErrMalformed},
		{"a sequence of 21 digits", "00000000000000000042", "000000000000000000042", ErrMalformed},
		{"a sequence with a sign", "00000000000000000042", "+0000000000000000042", ErrMalformed},
		{"a sequence as number", `"00000000000000000042"`, "42", ErrMalformed},
		{"sequence 0", "00000000000000000042", "00000000000000000000", ErrMalformed},
		{"a sequence beyond 64 bits", "00000000000000000042", "18446744073709551616", ErrMalformed},

		{"a time with an offset", "05:22:13.120Z", "05:22:13.120+00:00", ErrMalformed},
		{"a time with microseconds", "05:22:13.120Z", "05:22:13.120000Z", ErrMalformed},
		{"a time with seconds", "05:22:13.120Z", "05:22:13Z", ErrMalformed},
		{"a time with a comma", "05:22:13.120Z", "05:22:13,120Z", ErrMalformed},
		{"a time in lower case", "2026-11-24T05:22:13.120Z", "2026-11-24t05:22:13.120z", ErrMalformed},
		{"a time with a space", "2026-11-24T", "2026-11-24 ", ErrMalformed},
		{"hour 24", "T05:22", "T24:22", ErrMalformed},
		{"second 60", "05:22:13.120Z", "05:22:60.120Z", ErrMalformed},
		{"30 February", "2026-11-24T", "2026-02-30T", ErrMalformed},

		{"specversion 1", `"specversion":"1.0"`, `"specversion":"1"`, ErrMalformed},
		{"no specversion", `"specversion":"1.0",`, ``, ErrMalformed},
		{"another source", `"sijil:act4community/`, `"/act4community/`, ErrMalformed},
		{"a source with two tokens", `"sijil:act4community/`, `"sijil:act4.community/`, ErrMalformed},
		{"a source without a ledger", testLedger.String(), "", ErrMalformed},
		{"a source with ledger 0", testLedger.String(), "00000000-0000-0000-0000-000000000000", ErrMalformed},
		{"an actor with a name", "clerk-7", "Amina Benali", ErrMalformed},
		{"an unknown method", `"password"`, `"fingerprint"`, ErrMalformed},
		{"no time", `"time":"2026-11-24T05:22:13.120Z",`, ``, ErrMalformed},
		{"no prevhash", `"prevhash":"` + testPrev.Hash.String() + `",`, ``, ErrMalformed},
		{"no commandhash", `"commandhash":"` + hash + `",`, ``, ErrMalformed},
		{"no sequence", `"sequence":"00000000000000000042",`, ``, ErrMalformed},
		{"data twice", `"data":{`, `"data":[],"data":{`, ErrDuplicateName},

		{"a subject that is no UUID", `"subject":"5d0f8f0e`, `"subject":"5D0F8F0E`, ErrInvalid},
		{"an empty subject", `"subject":"5d0f8f0e-1111-8222-a333-444455556666"`, `"subject":""`, ErrMalformed},
		{"a date that is not there", `"2019-11-23"`, `"2019-02-29"`, ErrInvalid},
		{"a volunteer and a headcount", `"data":{"after":{`, `"data":{"after":{"headcount":3,`, ErrInvalid},
		{"a quantity with a comma", `"quantity":"1.5"`, `"quantity":"1,5"`, ErrInvalid},
		{"negative minutes", `"minutes":720`, `"minutes":-720`, ErrInvalid},
		{"no after", `"data":{"after":`, `"data":{"before":`, ErrUnknownField},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, replace(t, good, c.old, c.new), c.want)
		})
	}
	for _, c := range []struct {
		name, payload string
		want          error
	}{
		{"nothing", "", ErrMalformed},
		{"null", "null", ErrMalformed},
		{"a list", "[" + good + "]", ErrMalformed},
		{"half of it", good[:len(good)/2], ErrMalformed},
		{"more after it", good + "{}", ErrMalformed},
		{"twice", good + "\n" + good, ErrMalformed},
		{"a byte order mark", "\ufeff" + good, ErrMalformed},
		{"a comment", "//\n" + good, ErrMalformed},
		{"a comma too many", strings.TrimSuffix(good, "}") + ",}", ErrMalformed},
		{"an empty object", "{}", ErrUnknownKind},
		{"data missing", good[:strings.Index(good, `,"data":`)] + "}", ErrMalformed},
		{"data null", good[:strings.Index(good, `"data":`)] + `"data":null}`, ErrMalformed},
		{"data a string", good[:strings.Index(good, `"data":`)] + `"data":"{}"}`, ErrMalformed},
		{"data empty", good[:strings.Index(good, `"data":`)] + `"data":{}}`, ErrInvalid},
		{"too deep", good[:strings.Index(good, `"data":`)] + `"data":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}", ErrMalformed},
		{"too large", strings.Repeat(" ", MaxPayload) + good, ErrTooLarge},
	} {
		t.Run(c.name, func(t *testing.T) { refused(t, c.payload, c.want) })
	}
}

// The id is the command's, with -2, -3 … for its further events: one spelling per event.
func TestStrictID(t *testing.T) {
	good := string(goldenPayload(t, "contribution.recorded.v1"))
	id := testCause.Command.String()
	for suffix, part := range map[string]int{"": 1, "-2": 2, "-3": 3, "-1000": 1000} {
		e, err := Decode([]byte(replace(t, good, id+`-2"`, id+suffix+`"`)))
		if err != nil || e.Part != part || e.Cause.Command != testCause.Command || e.ID() != id+suffix {
			t.Errorf("%q: part %d, %v", suffix, e.Part, err)
		}
	}
	for _, suffix := range []string{"-1", "-0", "-02", "--2", "-", "-+2", "-2-2", "_2", "2", " ", "-2 ", "-1e1", "-99999999999999999999"} {
		t.Run(suffix, func(t *testing.T) {
			refused(t, replace(t, good, id+`-2"`, id+suffix+`"`), ErrMalformed)
		})
	}
}

// The word null is nothing bad inside a text.
func TestNullInText(t *testing.T) {
	good := string(goldenPayload(t, "contribution.recorded.v1"))
	if _, err := Decode([]byte(replace(t, good, "Site Gantour", "null, annullé"))); err != nil {
		t.Error(err)
	}
	if _, err := Decode([]byte(replace(t, good, "Site Gantour", `\",null,\"`))); err != nil {
		t.Error(err)
	}
}

// What stands in a payload in another order, or with white space, is read: another writer may have
// written it, and its bytes are hashed as they are.
func TestOrderAndSpace(t *testing.T) {
	good := string(goldenPayload(t, "contribution.recorded.v1"))
	want, err := Decode([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	moved := replace(t, good, `"specversion":"1.0",`, "\n  ")
	moved = strings.TrimSuffix(moved, "}") + `, "specversion": "1.0" }`
	got, err := Decode([]byte(moved))
	if err != nil {
		t.Fatal(err)
	}
	if got.Hash == want.Hash || got.ID() != want.ID() || got.Position != want.Position {
		t.Errorf("read as %+v", got)
	}
}

func refused(t *testing.T, payload string, want error) {
	t.Helper()
	e, err := Decode([]byte(payload))
	var is []error
	for _, r := range refusals {
		if errors.Is(err, r) {
			is = append(is, r)
		}
	}
	if !slices.Equal(is, []error{want}) {
		t.Errorf("%v, not %v", err, want)
	}
	if e.Event != nil || e.Position != 0 {
		t.Error("refused, and returned all the same")
	}
}

// replace changes one place in a payload.
func replace(t testing.TB, s, old, new string) string {
	t.Helper()
	if strings.Count(s, old) == 0 {
		t.Fatalf("the golden payload has no %q", old)
	}
	return strings.Replace(s, old, new, 1)
}

// lastLetter changes the last letter of base64url by its lowest bits.
func lastLetter(s string, by int) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	i := strings.IndexByte(letters, s[len(s)-1])
	return s[:len(s)-1] + string(letters[i^by])
}
