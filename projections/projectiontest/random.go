package projectiontest

import (
	"math/bits"
	"math/rand/v2"

	"pgregory.net/rapid"
)

// Histories draws random valid histories of up to about most entries.
func Histories(most int) *rapid.Generator[History] {
	return rapid.Custom(func(t *rapid.T) History {
		dice := func(n int) int { return even(t, n) }
		return newWriter(Small, dice).write(1 + dice(most))
	})
}

// even draws 0 to n-1, each about as often: rapid's own ranges prefer what is small, which would make
// most histories short and all alike. It shrinks towards 0.
func even(t *rapid.T, n int) int {
	u := 0
	for range bits.Len(uint(n-1)) + 2 {
		u <<= 1
		if coin.Draw(t, "choice") {
			u |= 1
		}
	}
	return u % n
}

var coin = rapid.Bool()

// Random makes a history of about that many entries, the same for the same seed.
func Random(seed uint64, length int, size Size) History {
	r := rand.New(rand.NewPCG(seed, 0))
	return newWriter(size, r.IntN).write(length)
}

// A Size says how much there is of everything that contributions name.
type Size struct {
	Places, Types, Initiatives, Volunteers, Affiliations, Years int
	// Calm histories are mostly new contributions, as a real log is.
	Calm bool
}

// Small lets contributions meet often.
var Small = Size{Places: 9, Types: 6, Initiatives: 5, Volunteers: 6, Affiliations: 2, Years: 2}

// Large is like a programme of some years.
var Large = Size{Places: 80, Types: 40, Initiatives: 400, Volunteers: 8000, Affiliations: 12, Years: 8, Calm: true}
