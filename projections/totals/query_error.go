package totals

import (
	"errors"
	"fmt"
	"strings"
)

// ErrQuery says that a query asks for something that there is not.
var ErrQuery = errors.New("this cannot be asked")

// A QueryError says what cannot be asked for, and what can. It is an [ErrQuery].
type QueryError struct {
	Field     string    `json:"field"` // by, where, from or to
	Dimension Dimension `json:"dimension,omitzero"`
	Value     string    `json:"value,omitzero"`
	Reason    string    `json:"reason"`
	// Candidates are all that is allowed, or what may have been meant, nearest first.
	Candidates []string `json:"candidates,omitzero"`
}

func (e *QueryError) Error() string {
	s := e.Field + ": "
	if e.Dimension != "" {
		s += string(e.Dimension) + " "
	}
	if e.Value != "" {
		s += fmt.Sprintf("%q ", e.Value)
	}
	s += e.Reason
	if len(e.Candidates) > 0 {
		s += "; try " + strings.Join(e.Candidates, ", ")
	}
	return s
}

// Is makes it an ErrQuery.
func (e *QueryError) Is(target error) bool { return target == ErrQuery }
