// Package demo is a generated programme: Act4Community, as it may have been recorded from its
// founding in 2018 to its first forum in March 2020, and as it goes on today. Everybody in it is
// invented.
//
//	p := demo.New(1)
//	l, err := ledger.New(ledger.Config{Programme: demo.Name, Now: p.Clock.Now, …})
//	go l.Run(ctx)
//	err = p.History(ctx, l.Submit, nil)
//	err = p.Live(ctx, time.Second, l.Submit)
//
// Three nouns. A line is one kind of initiative and the places where there is one of it: the nine
// that the public article names, where it names them, and some more. A deed is one contribution, as a
// personnel file or a list of the foundation has it. The [Clock] is what the ledger takes for now, so
// that the history is recorded when it would have been: files of a month in the first week of the
// next, corrections and withdrawals at the desk later in the month.
//
// # What is fixed
//
// The seed decides everything but the public figures: more than 5,500 distinct people (5,501 to 5,599)
// who gave close to 16,600 volunteer days (16,550 to 16,649), after all corrections and withdrawals.
// The generator steers towards them with full and half days; it tells nobody what they came to. They
// come out of the ledger, or they do not.
//
// The same seed is the same programme, to the letter, except for the ledger's id: two ledgers never
// share one.
//
// # What to look for in it
//
//   - One initiative of quinoa at Youssoufia and in Rehamna, one of Jr. NBA at Khouribga, Ben Guerir
//     and Youssoufia, one on the mining land of Gantour, which lies in two provinces.
//   - Releases of two weeks, which exceed a soft limit that somebody accepted.
//   - Groups without names, of whom no time is known; people of whom none is known either.
//   - Attendance at workshops and at the forum, of 3 and 4 March 2020: it adds no days, while those who
//     helped there gave some.
//   - Dates of a day, of several, of a month, of a year.
//   - Contributions corrected in every field, entered twice and withdrawn; initiatives that turned out
//     to be of another type; others that were closed.
package demo
