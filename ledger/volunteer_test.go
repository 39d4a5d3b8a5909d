package ledger_test

import (
	"strings"
	"testing"

	"sijil/ledger"
)

// The reference says who somebody is; a name that contradicts it is noted, another spelling is not.
func TestOtherName(t *testing.T) {
	w := founded(t)
	named := func(ref, name string) ledger.Record {
		return row(ref, func(r *ledger.Record) { r.Volunteer, r.Name, r.Quantity = "M1", name, "0.5" })
	}
	noted := func(o ledger.Outcome) bool { return strings.Contains(strings.Join(o.Notes, " "), "another name") }
	w.ok(named("1", "Amina Berrada"))
	for name, want := range map[string]bool{
		"": false, "BERRADA Amina": false, "Amina Berada": false, "Amina Berrada": false, "Karim Saïdi": true,
	} {
		if o := w.ok(named("with "+name, name)); noted(o) != want {
			t.Errorf("%q: noted %v, want %v: %q", name, noted(o), want, o.Notes)
		}
	}
}
