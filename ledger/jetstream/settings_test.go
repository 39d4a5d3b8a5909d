package jetstream_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"sijil/ledger"
	sijil "sijil/ledger/jetstream"
	"sijil/ledger/ledgertest"
)

// strong is the settings of a stream that keeps every event.
func strong() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name: "SIJIL_test", Subjects: []string{"sijil.test.>"}, Storage: jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew, MaxMsgs: -1, MaxBytes: -1, MaxMsgsPerSubject: -1,
		MaxMsgSize: 64 << 10, DenyDelete: true, DenyPurge: true, AllowAtomicPublish: true, Replicas: 3,
	}
}

func mirror() jetstream.StreamConfig {
	c := strong()
	c.Subjects, c.AllowAtomicPublish, c.Mirror = nil, false, &jetstream.StreamSource{Name: "SIJIL_origin"}
	return c
}

func TestCheckSettings(t *testing.T) {
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		weak   string // the setting; "" for none
		config jetstream.StreamConfig
		change func(*jetstream.StreamConfig)
	}{
		{"", strong(), func(c *jetstream.StreamConfig) {}},
		{"", strong(), func(c *jetstream.StreamConfig) { c.MaxMsgSize = -1 }},
		{"", strong(), func(c *jetstream.StreamConfig) { c.MaxMsgSize = 1 << 20 }},
		{"", strong(), func(c *jetstream.StreamConfig) { c.Compression = jetstream.S2Compression }},
		{"", strong(), func(c *jetstream.StreamConfig) { c.Sealed = true }},
		{"name", strong(), func(c *jetstream.StreamConfig) { c.Name = "ORDERS" }},
		{"storage", strong(), func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage }},
		{"retention", strong(), func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy }},
		{"retention", strong(), func(c *jetstream.StreamConfig) { c.Retention = jetstream.WorkQueuePolicy }},
		{"persist_mode", strong(), func(c *jetstream.StreamConfig) { c.PersistMode = jetstream.AsyncPersistMode }},
		{"no_ack", strong(), func(c *jetstream.StreamConfig) { c.NoAck = true }},
		{"max_msgs", strong(), func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 }},
		{"max_bytes", strong(), func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 30 }},
		{"max_msgs_per_subject", strong(), func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 1 }},
		{"max_age", strong(), func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }},
		{"max_msg_size", strong(), func(c *jetstream.StreamConfig) { c.MaxMsgSize = 60 << 10 }},
		{"discard", strong(), func(c *jetstream.StreamConfig) { c.Discard = jetstream.DiscardOld }},
		{"discard_new_per_subject", strong(), func(c *jetstream.StreamConfig) { c.DiscardNewPerSubject = true }},
		{"deny_delete", strong(), func(c *jetstream.StreamConfig) { c.DenyDelete = false }},
		{"deny_purge", strong(), func(c *jetstream.StreamConfig) { c.DenyPurge = false }},
		{"allow_atomic", strong(), func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }},
		{"allow_rollup_hdrs", strong(), func(c *jetstream.StreamConfig) { c.AllowRollup = true }},
		{"allow_msg_ttl", strong(), func(c *jetstream.StreamConfig) { c.AllowMsgTTL = true }},
		{"subject_delete_marker_ttl", strong(), func(c *jetstream.StreamConfig) { c.SubjectDeleteMarkerTTL = time.Hour }},
		{"allow_msg_counter", strong(), func(c *jetstream.StreamConfig) { c.AllowMsgCounter = true }},
		{"allow_msg_schedules", strong(), func(c *jetstream.StreamConfig) { c.AllowMsgSchedules = true }},
		{"allow_direct", strong(), func(c *jetstream.StreamConfig) { c.AllowDirect = true }},
		{"first_seq", strong(), func(c *jetstream.StreamConfig) { c.FirstSeq = 100 }},
		{"subject_transform", strong(), func(c *jetstream.StreamConfig) {
			c.SubjectTransform = &jetstream.SubjectTransformConfig{Source: "sijil.test.>", Destination: "other.>"}
		}},
		{"sources", strong(), func(c *jetstream.StreamConfig) { c.Sources = []*jetstream.StreamSource{{Name: "ORDERS"}} }},
		{"subjects", strong(), func(c *jetstream.StreamConfig) { c.Subjects = []string{"sijil.other.>"} }},
		{"subjects", strong(), func(c *jetstream.StreamConfig) { c.Subjects = append(c.Subjects, "orders.>") }},
		{"subjects", strong(), func(c *jetstream.StreamConfig) { c.Subjects = nil }},

		{"", mirror(), func(c *jetstream.StreamConfig) {}},
		{"", mirror(), func(c *jetstream.StreamConfig) { c.Name = "COPY" }},
		{"", mirror(), func(c *jetstream.StreamConfig) { c.Sources, c.Mirror = []*jetstream.StreamSource{c.Mirror}, nil }},
		{"max_age", mirror(), func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour }},
		{"deny_purge", mirror(), func(c *jetstream.StreamConfig) { c.DenyPurge = false }},
		{"subjects", mirror(), func(c *jetstream.StreamConfig) { c.Subjects = []string{"sijil.test.>"} }},
		{"filter_subject", mirror(), func(c *jetstream.StreamConfig) { c.Mirror.FilterSubject = "sijil.test.batch.>" }},
		{"opt_start_seq", mirror(), func(c *jetstream.StreamConfig) { c.Mirror.OptStartSeq = 7 }},
		{"opt_start_time", mirror(), func(c *jetstream.StreamConfig) { c.Mirror.OptStartTime = &start }},
		{"subject_transforms", mirror(), func(c *jetstream.StreamConfig) {
			c.Mirror.SubjectTransforms = []jetstream.SubjectTransformConfig{{Source: "a", Destination: "b"}}
		}},
	} {
		name := c.weak
		if name == "" {
			name = "strong"
		}
		t.Run(name, func(t *testing.T) {
			c.change(&c.config)
			weak := sijil.CheckSettings(c.config)
			switch {
			case c.weak == "" && len(weak) > 0:
				t.Errorf("weak: %v", weak)
			case c.weak != "" && (len(weak) == 0 || weak[0].Setting != c.weak):
				t.Errorf("weak: %v, want %s", weak, c.weak)
			}
			for _, w := range weak {
				if w.Is == "" && c.weak != "subjects" || w.Must == "" || w.Why == "" {
					t.Errorf("says too little: %+v", w)
				}
			}
		})
	}
}

func TestCreateIsRepeatable(t *testing.T) {
	_, js := serve(t)
	ledgertest.Fill(t, create(t, js), ledgertest.Chain(3))
	if end, err := create(t, js).End(patient(t)); err != nil || end != 3 {
		t.Errorf("created again, it ends at @%d, %v", end, err)
	}
	log, err := sijil.Open(patient(t), js, ledgertest.Programme)
	if err != nil {
		t.Fatal(err)
	}
	config, weak, err := log.Settings(patient(t))
	if err != nil || len(weak) > 0 || config.MaxMsgSize != sijil.MaxMsgSize || config.Storage != jetstream.FileStorage {
		t.Errorf("settings %+v, weak %v, %v", config, weak, err)
	}
}

func TestWeakStreamsAreRefused(t *testing.T) {
	_, js := serve(t)
	weakened := strong()
	weakened.Replicas = 1
	weakened.MaxAge, weakened.DenyPurge, weakened.MaxMsgs = time.Hour, false, 10
	if _, err := js.CreateStream(patient(t), weakened); err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() (*sijil.Log, error){
		"create": func() (*sijil.Log, error) { return sijil.Create(patient(t), js, sijil.Config{Programme: "test"}) },
		"open":   func() (*sijil.Log, error) { return sijil.Open(patient(t), js, "test") },
	} {
		t.Run(name, func(t *testing.T) {
			_, err := open()
			var settings *sijil.SettingsError
			if !errors.Is(err, sijil.ErrSettings) || !errors.As(err, &settings) {
				t.Fatalf("%v, want ErrSettings", err)
			}
			if len(settings.Weaknesses) != 3 {
				t.Errorf("weaknesses %v, want 3", settings.Weaknesses)
			}
			for _, say := range []string{"SIJIL_test", "max_age", "1h0m0s", "deny_purge", "max_msgs"} {
				if !strings.Contains(err.Error(), say) {
					t.Errorf("does not say %s: %v", say, err)
				}
			}
		})
	}
}

// What an administrator changes under an open log is seen when it is asked for.
func TestSettingsAreCurrent(t *testing.T) {
	_, js := serve(t)
	log := create(t, js)
	config, _, err := log.Settings(patient(t))
	if err != nil {
		t.Fatal(err)
	}
	config.MaxAge = time.Hour
	if _, err := js.UpdateStream(patient(t), config); err != nil {
		t.Fatal(err)
	}
	if _, weak, err := log.Settings(patient(t)); err != nil || len(weak) != 1 || weak[0].Setting != "max_age" {
		t.Errorf("weak %v, %v; want max_age", weak, err)
	}
}

func TestOpenWhatIsNotThere(t *testing.T) {
	_, js := serve(t)
	if _, err := sijil.Open(patient(t), js, ledgertest.Programme); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("%v, want ErrStreamNotFound", err)
	}
	for _, programme := range []string{"", "a.b", "*", ">", "Test", "a b"} {
		if _, err := sijil.Open(patient(t), js, programme); err == nil || errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("programme %q: %v", programme, err)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sijil.Create(ended, js, sijil.Config{Programme: ledgertest.Programme}); !errors.Is(err, context.Canceled) {
		t.Errorf("under an ended context: %v", err)
	}
}

func TestAnotherStreamTakesTheSubjects(t *testing.T) {
	_, js := serve(t)
	if _, err := js.CreateStream(patient(t), jetstream.StreamConfig{Name: "GREEDY", Subjects: []string{"sijil.>"}}); err != nil {
		t.Fatal(err)
	}
	_, err := sijil.Create(patient(t), js, sijil.Config{Programme: ledgertest.Programme})
	if err == nil || !strings.Contains(err.Error(), "GREEDY") {
		t.Errorf("%v, want an error that names the stream", err)
	}
}

func TestCopiesAreReadAndNotAppendedTo(t *testing.T) {
	_, js := serve(t)
	entries := ledgertest.Chain(40)
	ledgertest.Fill(t, create(t, js), entries)
	of := &jetstream.StreamSource{Name: sijil.StreamName(ledgertest.Programme)}
	for name, config := range map[string]jetstream.StreamConfig{
		"MIRROR":  {Mirror: of, DenyDelete: true, DenyPurge: true},
		"SOURCED": {Sources: []*jetstream.StreamSource{of}, DenyDelete: true, DenyPurge: true},
	} {
		t.Run(name, func(t *testing.T) {
			config.Name = name
			if _, err := js.CreateStream(patient(t), config); err != nil {
				t.Fatal(err)
			}
			log, err := sijil.OpenConfig(patient(t), js, sijil.Config{Programme: ledgertest.Programme, Stream: name})
			if err != nil {
				t.Fatal(err)
			}
			wantTail(t, log, entries)
			if err := log.Append(patient(t), ledgertest.After(entries[39].Checkpoint, 1, "x")); !errors.Is(err, ledger.ErrStorage) {
				t.Errorf("append to a copy: %v, want ErrStorage", err)
			}
		})
	}
}
