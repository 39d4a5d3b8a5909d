package projections_test

import (
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sijil/events"
	"sijil/projections"
	"sijil/projections/projectiontest"
)

// text is a row that is just its bytes; none are no row.
type text []byte

// Encode implements [projections.Value].
func (x *text) Encode() []byte {
	if len(*x) == 0 {
		return nil
	}
	return bytes.Clone(*x)
}

// Decode reads what Encode wrote.
func (x *text) Decode(b []byte) error {
	*x = bytes.Clone(b)
	return nil
}

// A scripted projection does what it is told, so that rows change by any steps and still belong to a
// checkpoint.
type scripted struct{ do *func(*projections.Rows) }

func (scripted) Name() string { return "scripted.v1" }

func (s scripted) Fold(rows *projections.Rows, _ events.Entry) error {
	(*s.do)(rows)
	return nil
}

var (
	someKeys     = []string{"\x00", "a", "a\x00", "ab", "abc", "ac", "b", "ba", "\xfe\xff", "\xff", "\xff\xff"}
	somePrefixes = append(someKeys, "", "abcd", "\xff\xff\xff")
)

// A layer is rows beside the map that says what they hold.
type layer struct {
	rows *projections.Rows
	want map[string]string
}

// Rows on rows on a file hold what a map would, whatever is done to them in whatever order.
func TestRows(t *testing.T) {
	dir, files := t.TempDir(), 0
	h := projectiontest.Random(5, 400, projectiontest.Small)
	projectiontest.Check(t, 150, func(t *rapid.T) {
		files++
		file := filepath.Join(dir, fmt.Sprint(files))
		do := func(*projections.Rows) {}
		p := scripted{&do}
		open := func() *projections.Model {
			cache := rapid.SampledFrom([]int{1, 3, 100}).Draw(t, "cache")
			m, err := projections.Open(file, p, projections.Options{NoSync: true, Cache: cache})
			if err != nil {
				t.Fatal(err)
			}
			return m
		}
		m := open()
		defer func() { _ = m.Close() }()
		stored := map[string]string{} // as flushed
		layers := []layer{{m.Rows(), map[string]string{}}}
		key := func() []byte { return []byte(rapid.SampledFrom(someKeys).Draw(t, "key")) }
		top := func() *layer { return &layers[len(layers)-1] }

		// step folds the next entry, and what is to be done with it.
		step := func(change func(rows *projections.Rows, want map[string]string)) {
			l := top()
			at := int(l.rows.Checkpoint().Position)
			if at == len(h.Entries) {
				t.Skip("the history is used up")
			}
			do = func(rows *projections.Rows) { change(rows, l.want) }
			if len(layers) == 1 {
				if err := m.Fold(h.Entries[at : at+1]); err != nil {
					t.Fatal(err)
				}
			} else if err := l.rows.Fold(p, h.Entries[at]); err != nil {
				t.Fatal(err)
			}
		}
		onlyFile := func() {
			if len(layers) > 1 {
				t.Skip("there are layers")
			}
		}
		anyLayers := func() {
			if len(layers) == 1 {
				t.Skip("there are no layers")
			}
		}
		again := func() { layers[0] = layer{m.Rows(), maps.Clone(stored)} }

		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				k, v := key(), rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")
				if v == nil {
					v = []byte{}
				}
				step(func(rows *projections.Rows, want map[string]string) {
					rows.Put(k, v)
					want[string(k)] = string(v)
				})
			},
			"delete": func(*rapid.T) {
				k := key()
				step(func(rows *projections.Rows, want map[string]string) {
					rows.Delete(k)
					delete(want, string(k))
				})
			},
			"edit": func(t *rapid.T) {
				k, more := key(), rapid.SampledFrom([]string{"", "x", "yy"}).Draw(t, "more")
				step(func(rows *projections.Rows, want map[string]string) {
					x := projections.Edit[text](rows, k)
					if string(*x) != want[string(k)] {
						t.Fatalf("edits %x as %q, not %q", k, *x, want[string(k)])
					}
					if *x = append(*x, more...); len(*x) > 5 {
						*x = nil
					}
					if want[string(k)] = string(*x); len(*x) == 0 {
						delete(want, string(k))
					}
				})
			},
			"edit twice": func(*rapid.T) {
				k := key()
				step(func(rows *projections.Rows, want map[string]string) {
					x := projections.Edit[text](rows, k)
					*x = append(*x, 'z')
					if y := projections.Edit[text](rows, k); x != y {
						t.Fatal("a row is two values")
					}
					want[string(k)] += "z"
				})
			},
			"read": func(*rapid.T) {
				k := key()
				want, ok := top().want[string(k)]
				if x := projections.Read[text](top().rows, k); (x != nil) != ok || x != nil && string(*x) != want {
					t.Fatalf("reads %x as %q, not %q, %v", k, x, want, ok)
				}
			},
			"layer": func(*rapid.T) {
				if len(layers) < 4 {
					layers = append(layers, layer{projections.On(top().rows), maps.Clone(top().want)})
				}
			},
			"merge": func(*rapid.T) {
				anyLayers()
				up := *top()
				layers = layers[:len(layers)-1]
				up.rows.Merge()
				top().want = up.want
			},
			"drop": func(*rapid.T) {
				anyLayers()
				layers = layers[:len(layers)-1]
			},
			"flush": func(t *rapid.T) {
				onlyFile()
				if err := m.Flush(); err != nil {
					t.Fatal(err)
				}
				stored = maps.Clone(top().want)
			},
			"reset": func(*rapid.T) {
				onlyFile()
				m.Reset()
				again()
			},
			"reopen": func(t *rapid.T) {
				onlyFile()
				if err := m.Close(); err != nil {
					t.Fatal(err)
				}
				m = open()
				again()
			},
			"": func(t *rapid.T) {
				for i, l := range layers {
					l.check(t)
					below := stored
					if i > 0 {
						below = layers[i-1].want
						l.changes(t, below, slices.Collect(projections.Diff(layers[i-1].rows, l.rows)), "differs")
					}
					l.changes(t, below, slices.Collect(l.rows.Changes()), "changes")
				}
			},
		})
	})
}

// check compares everything that rows say with the map.
func (l layer) check(t *rapid.T) {
	for _, k := range someKeys {
		want, ok := l.want[k]
		if got := l.rows.Get([]byte(k)); (got != nil) != ok || string(got) != want {
			t.Fatalf("%x is %q, not %q, %v", k, got, want, ok)
		}
	}
	for _, prefix := range somePrefixes {
		var want, got []string
		for _, k := range slices.Sorted(maps.Keys(l.want)) {
			if strings.HasPrefix(k, prefix) {
				want = append(want, k, l.want[k])
			}
		}
		for k, v := range l.rows.Scan([]byte(prefix)) {
			got = append(got, string(k), string(v))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("scan of %x: %q, not %q", prefix, got, want)
		}
		for k := range l.rows.Scan([]byte(prefix)) { // and may be given up
			if string(k) != want[0] {
				t.Fatalf("scan of %x begins at %x", prefix, k)
			}
			break
		}
	}
	plain := projections.On(projections.Empty)
	for k, v := range l.want {
		plain.Put([]byte(k), []byte(v))
	}
	if projections.Digest(l.rows) != projections.Digest(plain) {
		t.Fatal("the digest depends on how rows came about")
	}
}

// changes compares said with the difference of two maps.
func (l layer) changes(t *rapid.T, below map[string]string, said []projections.Change, what string) {
	var want, got []string
	keys := maps.Clone(below)
	maps.Copy(keys, l.want)
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		was, before := below[k]
		is, after := l.want[k]
		if before != after || was != is {
			want = append(want, fmt.Sprintf("%x %q %v %q %v", k, was, before, is, after))
		}
	}
	for _, c := range said {
		got = append(got, fmt.Sprintf("%x %q %v %q %v", c.Key, c.Before, c.Before != nil, c.After, c.After != nil))
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%s: %q, not %q", what, got, want)
	}
}

// Digest tells a key from a value, and nothing from emptiness.
func TestDigest(t *testing.T) {
	seen := map[events.Hash]string{}
	for name, rows := range map[string][][2]string{
		"none":         {},
		"a=bc":         {{"a", "bc"}},
		"ab=c":         {{"ab", "c"}},
		"abc=":         {{"abc", ""}},
		"a=b, c=":      {{"a", "b"}, {"c", ""}},
		"a=, b=c":      {{"a", ""}, {"b", "c"}},
		"a=b, c=d":     {{"a", "b"}, {"c", "d"}},
		"a=bcd longer": {{"a", "bcd"}},
	} {
		view := projections.On(projections.Empty)
		for _, r := range rows {
			view.Put([]byte(r[0]), []byte(r[1]))
		}
		d := projections.Digest(view)
		if other, ok := seen[d]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		seen[d] = name
	}
}
