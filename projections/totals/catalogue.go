package totals

import (
	"bytes"
	"fmt"

	"sijil/events"
	"sijil/projections"
)

// programme is the row at rulesKey.
type programme struct {
	Programme string       `json:"programme"`
	Rules     events.Rules `json:"rules"`
}

type (
	described = versions[events.Initiative]
	placed    = versions[events.Place]
	typed     = versions[events.Type]
)

func reviseInitiative(rows *projections.Rows, e events.InitiativeRevised) error {
	from, err := begin(rows, e.Mode, e.Effective)
	if err != nil {
		return err
	}
	key := idKey(tagInitiative, e.ID)
	is, ok := getJSON[described](rows, key)
	if !ok {
		return fmt.Errorf("initiative %s is revised, but was not opened", e.ID)
	}
	putJSON(rows, key, is.from(from, e.After))
	return nil
}

// adopt puts what is staged into effect.
func (s *state) adopt(rows *projections.Rows, e events.CatalogueAdopted) error {
	from, err := begin(rows, e.Mode, e.Effective)
	if err != nil {
		return err
	}
	s.catalogue = e.Number
	enact[events.Place](rows, tagStagedPlace, tagPlace, from)
	enact[events.Type](rows, tagStagedType, tagType, from)
	return nil
}

func enact[T any](rows *projections.Rows, staged, tag byte, from month) {
	var keys [][]byte
	for k := range rows.Scan([]byte{staged}) {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		is, _ := getJSON[T](rows, k)
		rows.Delete(k)
		k[0] = tag
		was, _ := getJSON[versions[T]](rows, k)
		putJSON(rows, k, was.from(from, is))
	}
}
