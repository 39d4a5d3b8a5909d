package totals_test

import (
	"fmt"

	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

func Example() {
	log := projectiontest.Facts(append(founded(),
		recorded(1, gave(amina, "MA-REH", "2019-11-23", 240)),
		recorded(2, gave(brahim, "gantour", "2019-11", 480)),
		recorded(3, gave(brahim, "MA-05", "2020-02-01/2020-02-05", 2400)),
	)...)
	rows, err := log.Rows(totals.Totals{}) // in memory; a projections.Model keeps them in a file
	if err != nil {
		panic(err)
	}
	a, err := totals.Query{By: []totals.Dimension{totals.Region}}.Answer(rows)
	if err != nil {
		panic(err)
	}
	for _, row := range a.Rows {
		name := a.Labels[totals.Region][row.Value(totals.Region)]["en"]
		fmt.Println(name, row.Participants, "people,", row.Days, "days")
	}
	fmt.Println("In all", a.Total.Participants, "people,", a.Total.Days, "days")
	// Output:
	// Beni Mellal-Khenifra 1 people, 5 days
	// Marrakesh-Safi 2 people, 1.5 days
	// In all 2 people, 6.5 days
}
