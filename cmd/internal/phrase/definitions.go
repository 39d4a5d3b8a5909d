package phrase

// A Definition says what a measure counts.
type Definition struct {
	Measure string // as in the totals: participants, days …
	Name    string // in the language: Participants, Jours de volontariat, أيام التطوع
	Text    string
}

// measures are those of the totals, and the regions, in the order in which the sentence needs them.
var measures = []string{"participants", "days", "initiatives", "regions", "participations", "headcount", "unquantified"}

// Definitions defines every measure in a language, and is nil for one that is not among [Languages].
func Definitions(lang string) []Definition {
	w, err := in(lang)
	if err != nil {
		return nil
	}
	out := make([]Definition, len(measures))
	for i, m := range measures {
		out[i] = Definition{m, w.say("name_" + m), w.say("define_" + m)}
	}
	return out
}
