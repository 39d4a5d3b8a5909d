package totals

import (
	"encoding/json"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"pgregory.net/rapid"

	"sijil/projections/projectiontest"
)

func TestDays(t *testing.T) {
	for _, c := range []struct {
		minutes, perDay int64
		want            string
	}{
		{0, 480, "0"}, {480, 480, "1"}, {4080, 480, "8.5"}, {36, 480, "0.08"}, // 0.075: to the even 0.08
		{12, 480, "0.02"}, // 0.025: to the even 0.02
		{2, 480, "0"},     // 0.0041…
		{34, 480, "0.07"}, // 0.0708…
		{7968000, 480, "16600"},
		{100, 7, "14.29"}, {1, 1440, "0"}, {60, 0, "0"},
	} {
		if got := DaysOf(c.minutes, c.perDay).String(); got != c.want {
			t.Errorf("%d minutes by %d are %s days, not %s", c.minutes, c.perDay, got, c.want)
		}
	}
}

// Days are read back from JSON as they were, by this reader and as any number.
func TestDaysJSON(t *testing.T) {
	projectiontest.Check(t, 200, func(t *rapid.T) {
		d := Days(rapid.Int64Range(0, 1e12).Draw(t, "hundredths"))
		b, err := jsonv2.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back Days
		if err := jsonv2.Unmarshal(b, &back); err != nil || back != d {
			t.Fatalf("%s read back as %d, %v", b, back, err)
		}
		var f float64
		if err := json.Unmarshal(b, &f); err != nil || Days(f*100+0.5) != d {
			t.Fatalf("%s is %v, %v", b, f, err)
		}
	})
	for _, bad := range []string{"1.234", "-1", `"1"`, "1e3", "null", "."} {
		var d Days
		if err := d.UnmarshalJSON([]byte(bad)); err == nil {
			t.Errorf("%s was read as %v", bad, d)
		}
	}
}
