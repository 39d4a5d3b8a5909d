package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"sijil/cmd/internal/importer"
	"sijil/cmd/internal/node"
	"sijil/events"
	"sijil/ledger"
	"sijil/ledger/intake"
	"sijil/projections/totals"
)

// importFlags are the flags of import.
type importFlags struct {
	source, mapFile, charset, sheet, skipBad, accept, format, close string
	dry, new                                                        bool
}

// importCommand brings in a file.
func (a *app) importCommand() *cobra.Command {
	var f importFlags
	c := &cobra.Command{
		Use:   "import FILE --source SYSTEM [--map MAP.yaml]",
		Short: "Bring in a CSV or XLSX file",
		Long: `Bring in a CSV or XLSX file, one contribution a row.

The whole file is tried first, and every bad row is reported. By default one bad row means that
nothing is recorded; --skip-bad records the good rows and writes the bad ones to a file that can be
mended and imported again. The same file again records nothing. Cut short, it goes on where it was.

A map says what the columns mean; without one they bear the names of the fields:

  id: "{country}-{year}"        # the reference: what the source calls the contribution
  date: "{year}"                # or from: and to:
  headcount: "{volunteers}"     # or volunteer: and name:
  initiative: "brand-audit-{country}"
  type: PRX-ACT                 # of a new initiative
  place: "{country}"
  basis: unknown
  dates: iso                    # iso, dmy or mdy; ambiguous without it is a bad row
  decimal: point                # or comma

Fields: id, date, from, to, volunteer, name, headcount, initiative, title, type, place, role, quantity,
unit, per, basis, affiliation, session, note. --source names the system that ids and volunteers
belong to: keep it the same from file to file.`,
		Example: `  sijil import hours-2019.xlsx --source hr --map hr.yaml --dry-run
  sijil import hours-2019.xlsx --source hr --map hr.yaml --new
  sijil import hours.csv --source hr --charset windows-1252 --skip-bad bad-rows.csv`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if f.close != "" {
				return a.closeBatch(c.Context(), f.close)
			}
			if len(args) == 0 {
				return usageError{errors.New("sijil import needs a file"), "usage: " + c.UseLine()}
			}
			if f.source == "" {
				return usageError{errors.New("--source is needed"), "name the system that the file comes from, the same for each of its files: --source hr"}
			}
			// A dry run shows what would be new, whether that is allowed yet or not.
			o := intake.Options{System: f.source, Charset: f.charset, Sheet: f.sheet, New: f.new || f.dry, Accept: f.accept}
			if f.mapFile != "" {
				b, err := os.ReadFile(f.mapFile)
				if err == nil {
					o.Map, err = intake.ParseMap(b)
				}
				if err != nil {
					return fmt.Errorf("%s: %w", f.mapFile, err)
				}
			}
			file, err := intake.Open(args[0], o)
			if err != nil {
				return err
			}
			return a.with(c.Context(), func(s *node.Session) error { return a.importFile(c.Context(), s, file, f) })
		},
	}
	c.Flags().StringVar(&f.source, "source", "", "the system that the file comes from")
	c.Flags().StringVar(&f.mapFile, "map", "", "what the columns mean (YAML)")
	c.Flags().StringVar(&f.charset, "charset", "", "utf-8, windows-1256 or windows-1252 (default utf-8, or the map's)")
	c.Flags().StringVar(&f.sheet, "sheet", "", "the sheet of a workbook")
	c.Flags().BoolVar(&f.dry, "dry-run", false, "try the whole file, and record nothing")
	c.Flags().BoolVar(&f.new, "new", false, "allow new volunteers and initiatives")
	c.Flags().StringVar(&f.skipBad, "skip-bad", "", "record the good rows, and write the bad ones to this CSV file")
	c.Flags().StringVar(&f.accept, "accept-warnings", "", "why soft limits may be exceeded")
	c.Flags().StringVar(&f.close, "close", "", "give up an import that was cut short, by the id of its batch; what it recorded stays")
	formatFlag(c, &f.format, "table", "json")
	return c
}

// closeBatch ends an import that is not to be taken up again.
func (a *app) closeBatch(ctx context.Context, batch string) error {
	id, err := events.ParseID(batch)
	if err != nil {
		return usage("--close: %v", err)
	}
	return a.with(ctx, func(s *node.Session) error {
		out, err := submit(ctx, s, request("", ledger.CloseBatch{Batch: id, Rejected: math.MaxInt64}))
		if err == nil {
			fmt.Fprintf(a.stdout, "Closed at @%d. What it recorded stays; withdraw what should not count.\n", out.Last)
		}
		return err
	})
}

func (a *app) importFile(ctx context.Context, s *node.Session, file *intake.File, f importFlags) error {
	job := importer.Job{Client: s.Client, File: file, System: f.source, Accept: f.accept}
	var rejected bytes.Buffer
	rejects, err := intake.NewRejects(&rejected, file)
	if err != nil {
		return err
	}
	job.Reject = func(row intake.Row, more []intake.Problem) error { return rejects.Add(row, more...) }
	bar := a.progress(&job, "trying")
	report, err := job.Try(ctx)
	bar()
	if err != nil {
		return err
	}
	a.problems(file, report.Problems)
	if f.dry {
		if err := a.printTrial(file, report, f); err != nil {
			return err
		}
		return a.wouldFail(report, f)
	}
	if report.Rejected > 0 && f.skipBad == "" {
		if err := a.printReport(report, f, true); err != nil {
			return err
		}
		if report.Unfinished() {
			fmt.Fprintln(a.stderr, "sijil: nothing more was recorded, and the import is still not complete: correct the rows above")
		} else {
			fmt.Fprintln(a.stderr, "sijil: nothing was recorded: correct the rows above")
		}
		fmt.Fprintln(a.stderr, "hint: --skip-bad REJECTS.csv records the other rows, and writes these to a file to be mended and imported")
		return quietError{errors.New("bad rows")}
	}
	// What is rejected is on disk before anything is recorded.
	var written []byte
	if report.Rejected > 0 {
		if written, err = writeRejects(f.skipBad, rejects, &rejected, nil); err != nil {
			return err
		}
	}
	if report.Unfinished() {
		fmt.Fprintln(a.stderr, "This import was begun before and cut short: it goes on.")
	}
	bar = a.progress(&job, "recording")
	done, err := job.Record(ctx, report)
	bar()
	if err != nil {
		return fmt.Errorf("%w\nthe import is not complete; run it again, and it goes on where it was", err)
	}
	if err := a.printReport(done, f, false); err != nil {
		return err
	}
	if late := done.Problems[len(report.Problems):]; len(late) > 0 {
		a.problems(file, late)
		_, err := writeRejects(f.skipBad, rejects, &rejected, written)
		return errors.Join(err, errors.New("some rows were good when tried and refused when recorded: see above"))
	}
	return nil
}

// writeRejects writes the file of bad rows, whole or not at all, and returns what it wrote. A file that
// is there and says something else than was written before may have been mended already: it is left
// alone.
func writeRejects(path string, rejects *intake.Rejects, content *bytes.Buffer, before []byte) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	if err := rejects.Flush(); err != nil {
		return nil, err
	}
	written := bytes.Clone(content.Bytes())
	switch there, err := os.ReadFile(path); {
	case err == nil && bytes.Equal(there, written):
		return written, nil
	case err == nil && (before == nil || !bytes.Equal(there, before)):
		return nil, fmt.Errorf("--skip-bad %s: the file is there and holds other rows; name another, or remove it", path)
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return nil, err
	}
	temporary, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(written)
	return written, errors.Join(err, temporary.Sync(), temporary.Close(), os.Rename(temporary.Name(), path))
}

// progress shows how far a job is, where somebody watches.
func (a *app) progress(job *importer.Job, what string) (done func()) {
	if a.onRows != nil {
		job.Progress = func(rows int64) { a.onRows(what, rows) }
	}
	if _, ok := terminal(a.stderr); !ok {
		return func() {}
	}
	bar := progressbar.NewOptions64(-1, progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionSetItsString("rows"), progressbar.OptionClearOnFinish())
	job.Progress = func(rows int64) { _ = bar.Set64(rows) }
	return func() { _ = bar.Finish() }
}

// problems prints what is wrong.
func (a *app) problems(file *intake.File, list []intake.Problem) {
	var said sayings
	for _, p := range list {
		said.add(p.Sheet, p.Row, p.String())
	}
	for _, s := range said.list {
		where := filepath.Base(file.Path())
		if s.sheet != "" {
			where += ", sheet " + s.sheet
		}
		fmt.Fprintf(a.stderr, "%s, %s: %s\n", where, rowList(s.rows), s.text)
	}
}

// sayings are what is said of rows, each once for all rows of which it is said.
type sayings struct {
	list []*saying
	by   map[saidOf]*saying
}

type saidOf struct{ sheet, text string }

type saying struct {
	saidOf
	rows []int64
}

func (s *sayings) add(sheet string, row int64, text string) {
	if s.by == nil {
		s.by = map[saidOf]*saying{}
	}
	of := saidOf{sheet, text}
	if s.by[of] == nil {
		s.by[of] = &saying{saidOf: of}
		s.list = append(s.list, s.by[of])
	}
	if rows := s.by[of].rows; len(rows) == 0 || rows[len(rows)-1] != row {
		s.by[of].rows = append(rows, row)
	}
}

// rowList writes rows as "row 4", "rows 2-5, 12".
func rowList(rows []int64) string {
	var parts []string
	for i := 0; i < len(rows); {
		j := i
		for j+1 < len(rows) && rows[j+1] == rows[j]+1 {
			j++
		}
		if j == i {
			parts = append(parts, fmt.Sprint(rows[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", rows[i], rows[j]))
		}
		i = j + 1
	}
	if len(rows) == 1 {
		return "row " + parts[0]
	}
	return "rows " + strings.Join(parts, ", ")
}

// printReport prints what was recorded.
func (a *app) printReport(r *importer.Report, f importFlags, nothing bool) error {
	recorded := r.Recorded
	if nothing {
		recorded = 0
	}
	if f.format == "json" {
		b, err := json.Marshal(struct {
			Batch    string `json:"batch"`
			Rows     int64  `json:"rows"`
			Recorded int64  `json:"recorded"`
			Already  int64  `json:"already"`
			Rejected int64  `json:"rejected"`
		}{r.Batch.String(), r.Rows, recorded, r.Already, r.Rejected})
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\n", b)
		}
		return err
	}
	fmt.Fprintf(a.stdout, "%d rows: %d recorded, %d already, %d rejected.\n", r.Rows, recorded, r.Already, r.Rejected)
	if nothing {
		return nil
	}
	switch {
	case recorded > 0 || r.Unfinished():
		fmt.Fprintf(a.stdout, "Batch %s is complete.\n", r.Batch)
	case r.Already > 0 && r.Rejected == 0:
		fmt.Fprintln(a.stdout, "Nothing new: the ledger holds this file already.")
	case r.Already > 0:
		fmt.Fprintln(a.stdout, "Nothing new: the ledger holds the good rows already.")
	}
	if r.Withdrawn > 0 {
		fmt.Fprintf(a.stdout, "%d of those already there were withdrawn since, and stay so.\n", r.Withdrawn)
	}
	if r.Rejected > 0 && f.skipBad != "" {
		fmt.Fprintf(a.stdout, "The rejected rows are in %s: mend them and import that file with the same map.\n", f.skipBad)
	}
	return nil
}

// printTrial prints what a dry run found.
func (a *app) printTrial(file *intake.File, r *importer.Report, f importFlags) error {
	if f.format == "json" {
		b, err := json.Marshal(r, json.Deterministic(true))
		if err == nil {
			fmt.Fprintf(a.stdout, "%s\n", b)
		}
		return err
	}
	fmt.Fprintf(a.stdout, "Dry run of %s: nothing was recorded.\n", filepath.Base(file.Path()))
	fmt.Fprintf(a.stdout, "%d rows: %d would be recorded, %d already, %d rejected.\n", r.Rows, r.Recorded, r.Already, r.Rejected)
	days := figure(totals.Figures{Days: totals.DaysOf(r.Minutes, r.MinutesPerDay())}, "days")
	fmt.Fprintf(a.stdout, "New: %d contributions, %d volunteers, headcount %d, %s volunteer days, %d without a known duration.\n",
		r.Contributions, r.Volunteers, r.Headcount, days, r.Unquantified)
	if unused := file.Unused(); len(unused) > 0 {
		fmt.Fprintf(a.stdout, "Columns that the map does not use: %q\n", unused)
	}
	for _, n := range r.Novelties {
		fmt.Fprintln(a.stdout, noveltyText(n))
	}
	var notes sayings
	for _, n := range r.Notes {
		notes.add(n.Sheet, n.Row, n.Text)
	}
	for _, s := range notes.list {
		fmt.Fprintf(a.stdout, "%s: %s\n", rowList(s.rows), s.text)
	}
	rules := make([]string, 0, len(r.Accepted))
	for rule := range r.Accepted {
		rules = append(rules, rule)
	}
	sort.Strings(rules)
	for _, rule := range rules {
		fmt.Fprintf(a.stdout, "accepted: %d contributions beyond %s\n", r.Accepted[rule], rule)
	}
	return nil
}

// wouldFail says what keeps the import that was tried from being recorded.
func (a *app) wouldFail(r *importer.Report, f importFlags) error {
	refused := len(r.Novelties) > 0 && !f.new
	if refused {
		fmt.Fprintln(a.stderr, "hint: what is new is recorded only with --new: look whether any of it is a misspelling")
	}
	if r.Rejected > 0 && f.skipBad == "" {
		fmt.Fprintln(a.stderr, "hint: with bad rows nothing is recorded, unless --skip-bad REJECTS.csv writes them to a file to be mended and imported")
		refused = true
	}
	if refused {
		return quietError{errors.New("the import would be refused")}
	}
	return nil
}
