package totals

import (
	"strconv"

	"github.com/google/uuid"

	"sijil/events"
	"sijil/projections"
)

// A resolver tells the values of a cell's dimensions. It resolves each place and initiative once for
// every time at which something changed, and gives each text a number, so that scanning cells makes
// no texts.
type resolver struct {
	view      projections.View
	catalogue *catalogue

	ids   map[string]uint32
	texts []string

	byPlace      map[moment][3]uint32 // region, province, place
	byInitiative map[moment][3]uint32 // theme, type, initiative
	byYear       map[int]uint32
	byMonth      map[month]uint32
	affiliations map[uint32]uint32
	roles, bases []uint32
	unspecified  uint32

	lastPlace, lastInitiative     moment // cells next to each other share them
	lastPlaceIs, lastInitiativeIs [3]uint32

	titles map[string]map[string]string // of the initiatives resolved, by code
}

// A moment is a place or an initiative, by its ordinal, in an epoch of the catalogue.
type moment struct {
	ordinal uint32
	epoch   int
}

func newResolver(v projections.View) *resolver {
	r := &resolver{
		view: v, catalogue: catalogueOf(v), ids: map[string]uint32{},
		byPlace: map[moment][3]uint32{}, byInitiative: map[moment][3]uint32{},
		byYear: map[int]uint32{}, byMonth: map[month]uint32{}, affiliations: map[uint32]uint32{},
		titles: map[string]map[string]string{},
	}
	for _, role := range roles {
		r.roles = append(r.roles, r.id(string(role)))
	}
	for _, basis := range bases {
		r.bases = append(r.bases, r.id(string(basis)))
	}
	r.unspecified = r.id(Unspecified)
	return r
}

// id is the number of a text.
func (r *resolver) id(text string) uint32 {
	id, ok := r.ids[text]
	if !ok {
		id = uint32(len(r.texts))
		r.ids[text], r.texts = id, append(r.texts, text)
	}
	return id
}

// value is the id of a cell's value in a dimension.
func (r *resolver) value(d Dimension, k *cellKey) uint32 {
	switch d {
	case Region:
		return r.place(k)[0]
	case Province:
		return r.place(k)[1]
	case Place:
		return r.place(k)[2]
	case Theme:
		return r.initiative(k)[0]
	case Type:
		return r.initiative(k)[1]
	case Initiative:
		return r.initiative(k)[2]
	case Year:
		return remember(r.byYear, k.year, func() uint32 { return r.id(string(events.YearDate(k.year))) })
	case Month:
		if k.from != k.to {
			return r.unspecified
		}
		m := monthOf(k.year, k.from)
		return remember(r.byMonth, m, func() uint32 { return r.id(monthText(m)) })
	case Role:
		return r.roles[k.role]
	case Basis:
		return r.bases[k.basis]
	default:
		return r.affiliation(k.affiliation)
	}
}

func monthText(m month) string {
	s := strconv.Itoa(int(m%12) + 1)
	if len(s) == 1 {
		s = "0" + s
	}
	return string(events.YearDate(int(m/12))) + "-" + s
}

func remember[K comparable, V any](memo map[K]V, k K, find func() V) V {
	v, ok := memo[k]
	if !ok {
		v = find()
		memo[k] = v
	}
	return v
}

func (r *resolver) place(k *cellKey) [3]uint32 {
	at := moment{k.place, r.catalogue.epoch(monthOf(k.year, k.from))}
	if at != r.lastPlace {
		r.lastPlace, r.lastPlaceIs = at, remember(r.byPlace, at, func() [3]uint32 {
			code := string(r.view.Get(numberKey(nameTags[places], at.ordinal)))
			place, province, region := r.catalogue.placesIn(at.epoch).placement(code)
			return [3]uint32{r.id(region), r.id(province), r.id(place)}
		})
	}
	return r.lastPlaceIs
}

func (r *resolver) initiative(k *cellKey) [3]uint32 {
	at := moment{k.initiative, r.catalogue.epoch(monthOf(k.year, k.from))}
	if at != r.lastInitiative {
		r.lastInitiative, r.lastInitiativeIs = at, remember(r.byInitiative, at, func() [3]uint32 {
			id := r.view.Get(numberKey(nameTags[initiatives], at.ordinal))
			is, ok := r.catalogue.initiative(id)
			if !ok { // never opened: the ledger does not write such a log
				return [3]uint32{r.unspecified, r.unspecified, r.id(uuid.UUID(id).String())}
			}
			typ, theme := r.catalogue.typesIn(at.epoch).classification(is.at(r.catalogue.begins(at.epoch)).Type)
			now := is.newest()
			r.titles[now.Code] = now.Titles
			return [3]uint32{r.id(theme), r.id(typ), r.id(now.Code)}
		})
	}
	return r.lastInitiativeIs
}

func (r *resolver) affiliation(n uint32) uint32 {
	if n == 0 {
		return r.unspecified
	}
	return remember(r.affiliations, n, func() uint32 {
		return r.id(string(r.view.Get(numberKey(nameTags[affiliations], n))))
	})
}
