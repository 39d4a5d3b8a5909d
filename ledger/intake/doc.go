// Package intake reads CSV files and .xlsx workbooks into [ledger.Record] commands.
//
// Three nouns. A [Map] says which columns a field comes from and how a file writes things. A [File]
// is a file whose form is understood. A [Row] is one row of it: the records it makes, or its
// [Problem]s.
//
//	m, err := intake.ParseMap(yaml)
//	f, err := intake.Open("personnel.xlsx", intake.Options{System: "rh", Map: m, New: true})
//	for row, err := range f.Rows() {       // as often as needed: first all, to validate, then again
//		if len(row.Problems) > 0 { … }     // file, sheet, row, column, value, what is allowed
//		for _, rec := range row.Records { … }
//	}
//
// intake decides on form: columns, encodings, dates, numbers, units, several people in a cell, a
// reference that stands twice. What a value means (whether there is such a place, type, initiative
// or volunteer, whether 80 days fit into one) the ledger decides on the record. Its refusals name a
// field; [File.Problem] says which columns that field came from and what their cells say.
//
// # Files
//
// What a file is, its content says, not its name. CSV (RFC 4180) has comma, semicolon or tab
// between cells, whichever the header is written with; lines end in LF or CRLF; quoted cells may
// hold line breaks; empty lines are skipped; a first line "sep=;" is understood. It is UTF-8 with
// or without a byte order mark, UTF-16 with one, or windows-1256 or windows-1252 if the options or
// the map say so. A row with more or fewer cells than the header is a bad row. CSV is read as a
// stream: memory grows by the 50 bytes or so per row that remember its reference.
//
// A workbook is held in memory unzipped, up to a limit. Its cells are read by their type: a number
// that is formatted as a date is a date, in the 1900 and the 1904 system; a number with a format of
// lengths of time (h:mm, [h]:mm) is one, such as 7h30; a formula is its last result; #N/A and its
// kin are bad. A date whose format shows a month only, and which is the first, is a month. A cell
// that a merged one covers is bad, since nothing says which rows its value is true of. Rows and
// columns are read whether hidden or not. Cells beside the header's columns are not read.
//
// # Maps
//
// A map is YAML. Per field it has a constant or a template over the names of columns:
//
//	id: "{country}-{year}"        # the reference; required
//	date: "{year}"                # and, or instead, from: and to:
//	headcount: "{volunteers}"     # and, or instead, volunteer:
//	initiative: "brand-audit-{country}"
//	type: PRX-ACT
//	basis: unknown
//	dates: iso
//	decimal: point
//
// A brace that is meant as such is written twice. A field whose columns are all empty in a row is
// absent there. Where only some are empty, prose (name, title, affiliation, note) is what there is;
// of any other field that is a bad row, since half a reference is another reference.
//
//	id              what the source system calls the row; with it, it is recognised again
//	date            when, as precisely as is known: a day, month, year, or an ISO interval of days
//	from, to        first and last day, both included; for rows without date
//	volunteer, name the person's reference and name; a cell may have several
//	headcount       how many, where nobody is named
//	initiative, title, title_language, type
//	place, place_level
//	role            volunteering or attendance
//	quantity, unit, per
//	basis           paid_work_time, paid_leave, own_time or unknown
//	affiliation, session, note
//
// And how the file writes things:
//
//	dates       iso, dmy or mdy: the order in 3/4/2020. Without it such a date is a bad row
//	decimal     point or comma. Without it a point is one where it can't separate thousands
//	sheet       the sheet of a workbook; without it the only visible one that is not empty
//	header      the row with the names of the columns; without it the first that is not empty
//	charset     utf-8, windows-1256 or windows-1252. A byte order mark overrules it
//	delimiter   ";", ",", tab or "|"
//	separator   what stands between several volunteers in a cell: one text, a list of them, or none.
//	            Without it ; / ؛ and the line break
//	values      per field, what a cell may say and what is meant:
//	              values: {basis: {"congé": paid_leave}, quantity: {"une matinée": "½ jour"}}
//
// Without a map, columns bear the names of fields. [Map.Hash] is the same for the same map, however
// it is written.
//
// # Text
//
// Text becomes NFC, white space of any kind one space, none at the ends; zero-width spaces and soft
// hyphens go. A control character or one that turns the direction of text (U+202A to U+202E, U+2066
// to U+2069) makes a bad row. Whatever is compared or counted (all but name, title, affiliation and
// note) also loses direction marks, and its Arabic-Indic (٠١٢) and Eastern (۰۱۲) digits become
// Western ones: ١٢٣ and 123 are one reference.
//
// # Dates
//
// Understood without the map: 2019, 2019-11, 2019-11-23, the same with / or . between, 11/2019, and
// names of months in French, English and Arabic (of the Maghreb, Egypt and the Levant): 23 nov. 2019,
// 1er mars 2020, مارس 2019, الثلاثاء 3 مارس 2020, where a day of the week must be the right one. With
// dates: dmy or mdy also 3/4/2020, 3-4-2020, 3.4.2020. Years have four digits. A time of day is left
// out and noted, one in a time zone is a bad row. from and to are whole days of one year.
//
// # Quantities
//
// Understood: 3 · 0.5 or 0,5 · ½ · 1 ½ · 1/2 · ٠٫٥ · demi-journée, une demi-journée, 3 demi-journées,
// half a day · نصف يوم · يومان · ثلاثة أيام · 2 jours et demi · يوم ونصف · 7h30 · ½ j/pers. Bad rows:
// zero, negative, anything between thousands (1 500, 1.500 where the map does not say what a point
// is), what is not a decimal of up to 6 places, and a unit other than that of the unit column. An
// empty cell is an unknown quantity. 7h20, which is no such decimal of hours, is 440 minutes.
//
// # Words
//
// Compared without case, accents, hamza forms, ة/ه, ى/ي, tatweel and hyphens:
//
//	minutes         minute(s), min, mn · دقيقة، دقائق، دقيقتان
//	hours           hour(s), h, hr · heure(s) · ساعة، ساعات، ساعتان
//	days            day(s), d · jour(s), j, jr, journée(s) · يوم، أيام، يومان
//	of a unit       half, demi(e), نصف; quarter, quart, ربع
//	per person      person, per person, each · par personne, par pers, chacun, par bénévole · للفرد، لكل شخص
//	per group       group, for the group, in all · groupe, par groupe, pour le groupe, en tout, au total, collectif · للمجموعة، جماعي
//	paid_work_time  work time · temps de travail · وقت العمل، أثناء وقت العمل
//	paid_leave      paid leave · congé payé · إجازة مدفوعة، رخصة مؤدى عنها
//	own_time        own time, free time · temps libre, temps personnel, hors temps de travail · وقت خاص، خارج وقت العمل
//	unknown         inconnu, non précisé · غير معروف، غير محدد
//	volunteering    volunteer · bénévole, bénévolat, volontariat · تطوع، متطوع
//	attendance      présence, présent · حضور
//
// words.go has all of them. What it leaves out is ambiguous (congé may be unpaid, a week may have
// five days or seven): values: in the map says what a file means.
//
// # Several volunteers in a cell
//
// Each becomes a record, its reference the row's with #1, #2 … in the order of the cell, under one
// session: the map's, or else the row's reference. Names are split alike and must be as many. A
// quantity per person, or not said per what, is each one's. One per group is divided, and becomes
// each person's share, if that is exact (hours may become minutes); otherwise it is a bad row, since
// rounded shares would not add up to what was entered.
//
// # Rejects
//
// [Rejects] writes bad rows as UTF-8 CSV with a byte order mark: all columns as they were, then
// sijil_sheet, sijil_row and sijil_problems. Mended, it is imported with the same map: a file with
// those columns has its header in its first row and its own encoding and delimiter, whatever the map
// says of the file it came from. Rows whose fault does not show in their cells (too few cells, a
// merged one) are refused until their sijil_problems is emptied.
//
// # Caveats
//
// A quote that is out of place ends the reading of a CSV file, since nothing after it is certain.
// Adding a second volunteer to a row that had one changes its reference (X becomes X#1 and X#2).
// References are told apart within a file by 128 bits of their SHA-256.
package intake
