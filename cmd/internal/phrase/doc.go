// Package phrase says a programme's figures in one public sentence, in Arabic, French and English, and
// defines each measure in the same language.
//
//	s, err := phrase.Sentence("en", phrase.Figures{Since: 2018, Participants: 5534, Days: 16587.5, Initiatives: 62, Regions: 8})
//	// Since 2018, more than 5,500 people have taken part, for close to 16,600 volunteer days, in 62
//	// initiatives across 8 regions.
//
// # What it may say
//
// A public number may be rounded, and the sentence then says in which direction:
//
//	people  from 100: down, to two leading digits   5,534 → more than 5,500, 16,434 → more than 16,000
//	days    from 1,000: to the nearest hundred      16,587.5 → close to 16,600
//	        from 100: to the nearest ten            104 → close to 100
//
// People are a lower bound, so "more than" is true whatever is found to be missing. Halves of days are
// rounded up. A number that is round already is said as it is: 5,500 people is not "more than 5,500".
// Smaller numbers, and those of initiatives, regions, groups and contributions without a time, are
// exact. Nothing above zero is said to be zero.
//
// The sentence does not claim that the people gave the days: some of them attended, and some days are
// those of groups. What is zero is left out. Headcounts of groups are never added to people, and stand
// in a sentence of their own.
//
// # Words
//
// The texts are in active.*.json, in the plural forms that CLDR has for each language; Arabic has six.
// Numbers are written as in Morocco, with Western digits: 16,600 in English, 16 600 (with a space that
// does not break) in French, and, as the press there prints it, 16600 in Arabic.
package phrase
