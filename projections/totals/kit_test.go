package totals_test

import (
	"testing"

	"sijil/projections/projectiontest"
	"sijil/projections/totals"
)

func TestKit(t *testing.T) {
	projectiontest.Kit(t, totals.Totals{}, projectiontest.Histories(80))
}
