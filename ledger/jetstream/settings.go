package jetstream

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A Weakness is a setting of a stream that would drop or alter events, or let others in.
type Weakness struct {
	Setting string `json:"setting"` // as the nats command prints it: max_age, deny_purge …
	Is      string `json:"is"`
	Must    string `json:"must"`
	Why     string `json:"why"`
}

// String is one sentence: what is, what must be, and why.
func (w Weakness) String() string {
	return fmt.Sprintf("%s is %s and must be %s: %s", w.Setting, w.Is, w.Must, w.Why)
}

// ErrSettings says that a stream's settings would drop or alter events.
var ErrSettings = errors.New("the stream's settings would not keep every event as it is")

// A SettingsError lists everything that is wrong with a stream's settings. It is [ErrSettings].
type SettingsError struct {
	Stream     string
	Weaknesses []Weakness
}

func (e *SettingsError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "stream %s: %v:", e.Stream, ErrSettings)
	for _, w := range e.Weaknesses {
		fmt.Fprintf(&b, "\n  %v", w)
	}
	return b.String()
}

// Unwrap makes a SettingsError an ErrSettings.
func (e *SettingsError) Unwrap() error { return ErrSettings }

// CheckSettings names everything in a programme's stream's settings, or in those of a copy of it,
// that would drop or alter events. It is pure: the programme is taken from the stream's name.
func CheckSettings(c jetstream.StreamConfig) []Weakness {
	programme, ok := strings.CutPrefix(c.Name, streamPrefix)
	if !ok && !isCopy(c) {
		return append([]Weakness{{"name", c.Name, streamPrefix + "<programme>", "it is not the stream of a programme"}},
			checkSettings(c, programme)...)
	}
	return checkSettings(c, programme)
}

// Settings asks for the stream's settings as they are now, and checks them.
func (l *Log) Settings(ctx context.Context) (jetstream.StreamConfig, []Weakness, error) {
	info, err := l.info(ctx)
	if err != nil {
		return jetstream.StreamConfig{}, nil, err
	}
	return info.Config, checkSettings(info.Config, l.programme), nil
}

// isCopy reports whether a stream takes its messages from one other stream, and from nobody else.
func isCopy(c jetstream.StreamConfig) bool {
	return c.Mirror != nil || len(c.Sources) == 1 && len(c.Subjects) == 0
}

func checkSettings(c jetstream.StreamConfig, programme string) (weak []Weakness) {
	check := func(ok bool, setting string, is any, must, why string) {
		if !ok {
			weak = append(weak, Weakness{setting, fmt.Sprint(is), must, why})
		}
	}
	unlimited := func(n int64) bool { return n == 0 || n == -1 }

	check(c.Storage == jetstream.FileStorage, "storage", c.Storage, "File", "memory does not outlive the server")
	check(c.Retention == jetstream.LimitsPolicy, "retention", c.Retention, "Limits", "messages go once they were read")
	check(c.PersistMode == jetstream.DefaultPersistMode, "persist_mode", c.PersistMode, "default",
		"messages are acknowledged before they are stored")
	check(!c.NoAck, "no_ack", c.NoAck, "false", "nothing is ever acknowledged")
	check(unlimited(c.MaxMsgs), "max_msgs", c.MaxMsgs, "-1", "the oldest events go when it is lowered")
	check(unlimited(c.MaxBytes), "max_bytes", c.MaxBytes, "-1", "the oldest events go when it is lowered")
	check(unlimited(c.MaxMsgsPerSubject), "max_msgs_per_subject", c.MaxMsgsPerSubject, "-1",
		"the oldest events of a kind go when it is lowered")
	check(c.MaxAge == 0, "max_age", c.MaxAge, "0", "events go after that time")
	check(c.MaxMsgSize == -1 || c.MaxMsgSize == 0 || c.MaxMsgSize >= MaxMsgSize, "max_msg_size", c.MaxMsgSize,
		fmt.Sprint(MaxMsgSize), "events of a legal size are refused")
	check(c.DenyDelete, "deny_delete", c.DenyDelete, "true", "single events can be deleted")
	check(c.DenyPurge, "deny_purge", c.DenyPurge, "true", "all events can be deleted")
	check(!c.AllowRollup, "allow_rollup_hdrs", c.AllowRollup, "false", "a message can delete those before it")
	check(!c.AllowMsgTTL, "allow_msg_ttl", c.AllowMsgTTL, "false", "a message can expire")
	check(c.SubjectDeleteMarkerTTL == 0, "subject_delete_marker_ttl", c.SubjectDeleteMarkerTTL, "0",
		"the server appends messages of its own")
	check(!c.AllowMsgCounter, "allow_msg_counter", c.AllowMsgCounter, "false", "payloads are replaced by sums")
	check(!c.AllowMsgSchedules, "allow_msg_schedules", c.AllowMsgSchedules, "false",
		"the server appends messages of its own, and turns deny_purge off")
	check(!c.AllowDirect, "allow_direct", c.AllowDirect, "false", "a replica that lags may answer that an event is missing")
	check(c.FirstSeq <= 1, "first_seq", c.FirstSeq, "1", "positions do not begin at 1")
	check(c.SubjectTransform == nil, "subject_transform", "set", "absent", "events are stored under other subjects")

	if !isCopy(c) {
		check(c.Discard == jetstream.DiscardNew, "discard", c.Discard, "New", "the oldest events go when a limit is met")
		check(!c.DiscardNewPerSubject, "discard_new_per_subject", c.DiscardNewPerSubject, "false",
			"it limits how many events of a kind there are")
		check(c.AllowAtomicPublish, "allow_atomic", c.AllowAtomicPublish, "true", "several events cannot be stored all or none")
		check(len(c.Sources) == 0, "sources", fmt.Sprintf("%d streams", len(c.Sources)), "absent",
			"messages of other streams come between the events")
		want := Subjects(programme)
		check(len(c.Subjects) == 1 && c.Subjects[0] == want, "subjects", strings.Join(c.Subjects, " "), want,
			"events are missing or foreign messages come in")
		return weak
	}
	check(len(c.Subjects) == 0, "subjects", strings.Join(c.Subjects, " "), "absent", "foreign messages come into the copy")
	from := c.Mirror
	if from == nil {
		from = c.Sources[0]
	}
	check(from.FilterSubject == "", "filter_subject", from.FilterSubject, "absent", "the copy leaves out events")
	check(len(from.SubjectTransforms) == 0, "subject_transforms", "set", "absent", "the copy leaves out events or moves them")
	check(from.OptStartSeq <= 1, "opt_start_seq", from.OptStartSeq, "absent", "the copy does not begin at position 1")
	var start string
	if from.OptStartTime != nil {
		start = from.OptStartTime.Format(time.RFC3339)
	}
	check(from.OptStartTime == nil, "opt_start_time", start, "absent", "the copy does not begin at position 1")
	return weak
}
