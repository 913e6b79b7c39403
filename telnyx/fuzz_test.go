package telnyx

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func FuzzConversation(f *testing.F) {
	for _, seed := range []string{`{"data":{"id":"` + convA + `","name":null,"metadata":` + rich + `}}`,
		`{"id":"` + convA + `","metadata":{"\ud800":1,"a":"\u2028"}}`, `{"data":[{"id":"` + convA + `"}]}`, `{}`, `[`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var rows []json.RawMessage
		if err := dataInto(&rows)(body); err == nil && len(readableRows(rows)) > len(rows) {
			t.Errorf("%d rows of %d", len(readableRows(rows)), len(rows))
		}
		c, err := decodeOne(body)
		if err != nil {
			return
		}
		if d := c.domain(); !isUUID(string(d.ID)) {
			t.Errorf("id %q", d.ID)
		}
		// What was read is written, and what was written reads the same.
		out, err := json.Marshal(c.Metadata)
		if err != nil {
			t.Fatalf("read but not written: %v", err)
		}
		var again Metadata
		if err := json.Unmarshal(out, &again); err != nil || len(again) != len(c.Metadata) {
			t.Fatalf("written as %s: %v", out, err)
		}
		if lost := lostEntries(c.Metadata, again); len(lost) > 0 {
			t.Errorf("lost %q", lost)
		}
	})
}

func FuzzMessages(f *testing.F) {
	golden, err := os.ReadFile(filepath.Join("testdata", "messages.json"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(golden)
	f.Add([]byte(`{"data":[` + strings.Join(said(3), ",") + `]}`))
	f.Add([]byte(`{"data":[{"created_at":"9999-12-31T23:59:59+23:59"}],"meta":{"total_pages":-1,"total_results":1e99}}`))
	f.Add([]byte(`{"data":[` + strings.Join(imported(`"role":"system","text":"a"`, `"role":"tool","text":"b"`, `"role":"assistant","tool_calls":[{}]`), ",") + `]}`))
	f.Add([]byte(`{"data":[{"created_at":"2026-11-27 03:06:06","sent_at":"2026-11-27t03:06:06+00"},{"sent_at":"0001-01-01T00:00:00Z"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var page MessagePage
		if page.decode(body) != nil {
			return
		}
		(&Provider{}).seen(page.Messages)
		byContents(page.Messages)
		var before time.Time
		for _, m := range inOrder(page.Messages) {
			if at := m.CreatedAt.Time; !at.IsZero() {
				if at.Before(before) {
					t.Error("not in the order of time")
				}
				before = at
			}
		}
		r := &reader{size: largePage, list: page.Messages}
		keys := map[string]bool{}
		for _, m := range r.transcript().Messages {
			keys[m.Key] = true
			if m.At.Before(m.SentAt) {
				t.Error("counts as older than when it was sent")
			}
		}
		if len(keys) != len(page.Messages) {
			t.Errorf("%d keys for %d messages", len(keys), len(page.Messages))
		}
	})
}

func FuzzFlag(f *testing.F) {
	for _, seed := range []string{`true`, `"true"`, `1`, `null`, `"1"`, `1e0`, ``, `[true]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !readFlag(raw) {
			return
		}
		var v any
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatalf("%q is no JSON but reads as set", raw)
		}
		switch v := v.(type) {
		case bool:
		case float64:
			if v != 1 {
				t.Errorf("%q reads as set", raw)
			}
		case string:
			if s := strings.ToLower(v); s != "1" && s != "true" {
				t.Errorf("%q reads as set", raw)
			}
		default:
			t.Errorf("%q reads as set", raw)
		}
	})
}

func FuzzEqualJSON(f *testing.F) {
	f.Add([]byte(rich), []byte(`{"a":1}`))
	f.Add([]byte(`1234567890123456789`), []byte(`1.2345678901234568e18`))
	f.Add([]byte(`["a"]`), []byte(`["a",null]`))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if json.Valid(a) != equalJSON(a, a) {
			t.Errorf("%q compared with itself: %t", a, equalJSON(a, a))
		}
		if equalJSON(a, b) != equalJSON(b, a) {
			t.Errorf("%q and %q: not the same both ways", a, b)
		}
		if equalJSON(a, b) && (spoilt(a, b) || grown(a, b)) {
			t.Errorf("%q and %q are equal and spoilt or grown", a, b)
		}
		if v := flagValue(true, len(a)%2 == 0); !readFlag(v) {
			t.Errorf("flag %s reads as off", v)
		}
	})
}
