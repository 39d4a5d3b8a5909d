package ledger

import (
	"fmt"
	"iter"
	"slices"

	"sijil/events"
	"sijil/projections"
)

// findPlace finds the place that people call text: by code, or by a name or alias in any spelling
// ([Fold]). level, optional, is the kind (town, site …) or level (region, province) that is meant
// where several places share a name. A place that another stands for is that other, and a retired
// one is meant only where nothing else is. Where an ancestor and its descendants share a name, the
// ancestor is meant. note says what was understood where that may surprise.
func (b Books) findPlace(text, level string) (code, note string, err error) {
	named := b.named('p', text)
	if p := b.Place(text); p != nil {
		named = []string{text}
	}
	codes, broken := b.inForce(named, func(code string) (mapped string, retired, ok bool) {
		if p := b.Place(code); p != nil {
			return p.MappedTo, p.Retired, true
		}
		return "", false, false
	})
	if level != "" {
		codes = slices.DeleteFunc(codes, func(c string) bool { return !b.isLevel(c, level) })
	}
	code, shadowed := b.highest(codes)
	switch {
	case len(codes) == 0 && broken != "":
		return "", "", refuse(BadCatalogue, "place", "%q stands for %s, which is not in the catalogue or stands for itself", text, broken).
			hint("correct the catalogue")
	case len(codes) == 0:
		r := refuse(UnknownPlace, "place", "no place is called %q", text)
		if level != "" {
			r = refuse(UnknownPlace, "place", "no %s is called %q", level, text)
		}
		return "", "", r.candidates(b.nearestPlaces(text)).hint("correct it, or add the place (or an alias) to the catalogue: sijil catalogue export, then adopt")
	case code == "":
		return "", "", refuse(AmbiguousPlace, "place", "%q may be any of %d places", text, len(codes)).
			candidates(b.labels(codes)).hint("write the code, or say the level in the map: place_level")
	case b.Place(code).Retired:
		return "", "", refuse(RetiredPlace, "place", "%s is retired and takes no new contributions", b.label(code)).
			hint("name the place that stands for it")
	case shadowed:
		note = fmt.Sprintf("%q is read as %s, not as a place of that name inside it", text, b.label(code))
	case !slices.Contains(named, code):
		note = fmt.Sprintf("%q is read as %s, which stands for it", text, b.label(code))
	}
	return code, note, nil
}

// findType finds the type that people call text, likewise.
func (b Books) findType(text string) (string, error) {
	named := b.named('t', text)
	if t := b.Type(text); t != nil {
		named = []string{text}
	}
	codes, broken := b.inForce(named, func(code string) (mapped string, retired, ok bool) {
		if t := b.Type(code); t != nil {
			return t.MappedTo, t.Retired, true
		}
		return "", false, false
	})
	switch {
	case len(codes) == 0 && broken != "":
		return "", refuse(BadCatalogue, "type", "%q stands for %s, which is not in the catalogue or stands for itself", text, broken).
			hint("correct the catalogue")
	case len(codes) == 0:
		return "", refuse(UnknownType, "type", "no type is called %q", text).candidates(b.nearestTypes(text)).
			hint("correct it, or add the type to the catalogue")
	case len(codes) > 1:
		return "", refuse(AmbiguousType, "type", "%q may be any of %d types", text, len(codes)).candidates(codes).hint("write the code")
	case b.Type(codes[0]).Retired:
		return "", refuse(RetiredType, "type", "%s is retired and takes no new initiatives", codes[0]).
			hint("name the type that stands for it")
	}
	return codes[0], nil
}

// inForce is what codes stand for, each once: what they are mapped to, and retired nodes only where
// nothing else is left. broken is a code that a mapping leads to in vain.
func (b Books) inForce(codes []string, node func(string) (mapped string, retired, ok bool)) (out []string, broken string) {
	var retired []string
	for _, code := range codes {
		for seen := []string{}; ; {
			mapped, gone, ok := node(code)
			switch {
			case !ok || slices.Contains(seen, code):
				broken = code
			case mapped != "":
				seen, code = append(seen, code), mapped
				continue
			case gone:
				retired = append(retired, code)
			case !slices.Contains(out, code):
				out = append(out, code)
			}
			break
		}
	}
	if len(out) == 0 {
		out = slices.Compact(slices.Sorted(slices.Values(retired)))
	}
	return out, broken
}

// role is what people do in initiatives of a type, where they do not say.
func (b Books) role(typ string) events.Role {
	for range 100 {
		t := b.Type(typ)
		switch {
		case t == nil:
			return events.Volunteering
		case t.TimeCounts != "":
			return t.TimeCounts
		}
		typ = t.Parent
	}
	return events.Volunteering
}

func (b Books) named(tag byte, text string) []string {
	if codes := projections.Read[jsonRow[[]string]](b.View, textKey(tag, Fold(text))); codes != nil {
		return codes.V
	}
	return nil
}

// highest is the one of codes that all others lie in; "" where there is none.
func (b Books) highest(codes []string) (code string, shadowed bool) {
	for _, c := range codes {
		if !slices.ContainsFunc(codes, func(other string) bool { return other != c && !b.liesIn(other, c) }) {
			return c, len(codes) > 1
		}
	}
	return "", false
}

func (b Books) liesIn(code, ancestor string) bool {
	return b.climb(code, ancestor, map[string]bool{})
}

func (b Books) climb(code, ancestor string, seen map[string]bool) bool {
	p := b.Place(code)
	if p == nil || seen[code] {
		return false
	}
	seen[code] = true
	return slices.ContainsFunc(p.Parents, func(up string) bool { return up == ancestor || b.climb(up, ancestor, seen) })
}

func (b Books) isLevel(code, level string) bool {
	p := b.Place(code)
	if p == nil {
		return false
	}
	region := len(p.Parents) == 0
	province := !region && slices.ContainsFunc(p.Parents, func(up string) bool {
		above := b.Place(up)
		return above != nil && len(above.Parents) == 0
	})
	return p.Kind == level || level == "region" && region || level == "province" && province && p.Kind != "town" && p.Kind != "site" && p.Kind != "venue"
}

func (b Books) nearestPlaces(text string) []string {
	return nearest(text, func(yield func(name, label string) bool) {
		for code, p := range b.places() {
			if !yieldNames(yield, code, b.label(code), p.Names, p.Aliases) {
				return
			}
		}
	})
}

func (b Books) nearestTypes(text string) []string {
	return nearest(text, func(yield func(name, label string) bool) {
		for code, t := range b.types() {
			if !yieldNames(yield, code, code, t.Names, t.Aliases) {
				return
			}
		}
	})
}

func yieldNames(yield func(name, label string) bool, code, label string, names map[string]string, aliases []string) bool {
	for n := range allNames(code, names, aliases) {
		if !yield(n, label) {
			return false
		}
	}
	return true
}

func allNames(code string, names map[string]string, aliases []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(code) {
			return
		}
		for _, n := range names {
			if !yield(n) {
				return
			}
		}
		for _, n := range aliases {
			if !yield(n) {
				return
			}
		}
	}
}

// label is how a place is shown in a message: "MA-YUS (Youssoufia, province)".
func (b Books) label(code string) string {
	p := b.Place(code)
	if p == nil {
		return code
	}
	name := p.Names["en"]
	for _, lang := range []string{"fr", "ar"} {
		if name == "" {
			name = p.Names[lang]
		}
	}
	switch {
	case name == "" && p.Kind == "":
		return code
	case name == "":
		return fmt.Sprintf("%s (%s)", code, p.Kind)
	case p.Kind == "":
		return fmt.Sprintf("%s (%s)", code, name)
	}
	return fmt.Sprintf("%s (%s, %s)", code, name, p.Kind)
}

func (b Books) labels(codes []string) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = b.label(c)
	}
	return out
}
