package events

import "testing"

// typical is a contribution as an import records it most often.
func typical() ContributionRecorded {
	c := ofVolunteer()
	c.Session, c.Replaces = [16]byte{}, [16]byte{}
	c.Evidence, c.Note, c.PlaceEntered = nil, nil, ""
	return ContributionRecorded{ID: testCause.Command, After: c}
}

func BenchmarkDecode(b *testing.B) {
	e, err := Seal(testPrev, "act4community", testTime, testCause, 1, typical())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(e.Raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(e.Raw); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(e.Raw)), "payload-bytes")
}

func BenchmarkSeal(b *testing.B) {
	var size int
	b.ReportAllocs()
	for b.Loop() {
		e, err := Seal(testPrev, "act4community", testTime, testCause, 1, typical())
		if err != nil {
			b.Fatal(err)
		}
		size = len(e.Raw)
	}
	b.ReportMetric(float64(size), "payload-bytes")
}
