package events

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/google/uuid"
)

// idSubject declares that the subject is a UUID, kept at the field that at points to.
func idSubject[E Event](at func(*E) *uuid.UUID) func(*E, string) error {
	return func(e *E, s string) (err error) {
		*at(e), err = ParseID(s)
		return err
	}
}

// codeSubject declares that the subject is the code of a place or type, or a programme.
func codeSubject[E Event](at func(*E) *string) func(*E, string) error {
	return func(e *E, s string) error {
		if !ValidCode(s) {
			return errors.New("not a code: 1 to 64 letters, digits, dots, - or _")
		}
		*at(e) = s
		return nil
	}
}

// numberSubject declares that the subject is a decimal number.
func numberSubject[E Event](at func(*E) *uint64) func(*E, string) error {
	return func(e *E, s string) (err error) {
		*at(e), err = strconv.ParseUint(s, 10, 64)
		if err == nil && strconv.FormatUint(*at(e), 10) != s {
			err = fmt.Errorf("not a decimal number in its shortest form")
		}
		return err
	}
}

var code = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidCode reports whether s can be the code of a place or type: 1 to 64 ASCII letters, digits,
// - _ or ., beginning with a letter or digit.
func ValidCode(s string) bool { return code.MatchString(s) }
