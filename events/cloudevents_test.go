package events

import (
	"maps"
	"strings"
	"testing"

	"github.com/cloudevents/sdk-go/v2/event"
)

// Anybody's CloudEvents library reads what is written here.
func TestCloudEvents(t *testing.T) {
	for name, e := range golden {
		t.Run(name, func(t *testing.T) {
			sealed := sealGolden(t, e)
			var ce event.Event
			if err := ce.UnmarshalJSON(sealed.Raw); err != nil {
				t.Fatal(err)
			}
			if err := ce.Validate(); err != nil {
				t.Fatal(err)
			}
			got := map[string]string{
				"specversion": ce.SpecVersion(), "id": ce.ID(), "source": ce.Source(), "type": ce.Type(), "subject": ce.Subject(),
				"time": ce.Time().UTC().Format(stampLayout),
			}
			for name, value := range ce.Extensions() {
				s, ok := value.(string)
				if !ok {
					t.Errorf("%s is a %T", name, value)
				}
				got[name] = s
			}
			want := map[string]string{
				"specversion": "1.0", "id": "5d0f8f0e-1111-8222-a333-444455556666-2",
				"source": "sijil:act4community/0b8f5a52-8a3e-4c1e-9a55-6f0e2d4c7b10", "type": e.Kind().String(), "subject": e.Subject(),
				"time": "2026-11-24T05:22:13.120Z", "sequence": "00000000000000000042", "prevhash": testPrev.Hash.String(),
				"commandhash": testCause.Hash.String(), "actor": "clerk-7", "actormethod": "password",
				"correlationid": testCause.Correlation.String(),
			}
			if !maps.Equal(got, want) {
				t.Errorf("attributes\n%v, not\n%v", got, want)
			}
			_, data, _ := strings.Cut(string(sealed.Raw), `,"data":`)
			if got := string(ce.Data()); got != strings.TrimSuffix(data, "}") {
				t.Errorf("data %s, not %s", got, data)
			}
			var fact map[string]any
			if err := ce.DataAs(&fact); err != nil || len(fact) == 0 {
				t.Errorf("data: %v, %v", fact, err)
			}
		})
	}
}
