package phrase

import "math"

// people is n as it may be said, and whether the truth is more.
func people(n int64) (said int64, more bool) {
	step := int64(1)
	for n/step >= 100 {
		step *= 10
	}
	said = n / step * step
	return said, said < n
}

// days is d, in hundredths of a day, as it may be said, and whether that is rounded.
func days(d int64) (said int64, rounded bool) {
	const day = 100
	step := int64(1)
	switch {
	case d >= 1000*day:
		step = 100 * day
	case d >= 100*day:
		step = 10 * day
	}
	said = (d + step/2) / step * step
	return said, said != d
}

// hundredths is days in hundredths, half to even as in the totals, but never zero where there is
// anything.
func hundredths(days float64) int64 {
	n := int64(math.RoundToEven(days * 100))
	if n == 0 && days > 0 {
		return 1
	}
	return n
}
