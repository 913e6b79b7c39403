package anyreach

import (
	"encoding/json"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

func FuzzPage(f *testing.F) {
	for _, seed := range []string{`[{"id":"a","created_at":"2026-11-20T03:00:00.1+00:00","user_id":"+14155550142","status":"new","duration":null,"agent":{"name":7}}]`,
		`[null,1,{}]`, `[]`, `{"detail":"x"}`, `[{"id":"../x"}]`, `[{"id":"a","conversation":[[]],"duration":1e99}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := decodePage(body)
		if err != nil {
			return
		}
		if len(p.rows) > p.raw {
			t.Errorf("%d rows of %d", len(p.rows), p.raw)
		}
		for _, c := range p.rows {
			d := c.domain()
			if !isID(string(d.ID)) {
				t.Errorf("id %q", d.ID)
			}
			if strings.HasPrefix(string(d.EndUser), "+") && numberOf(c.UserID) == "" && !strings.HasPrefix(c.UserID, "+") {
				t.Errorf("%q became %q", c.UserID, string(d.EndUser))
			}
		}
	})
}

func FuzzTranscript(f *testing.F) {
	for _, seed := range []string{`{"items":[{"type":"message","role":"user","content":["a","b"],"created_at":1.5}]}`, `[{"speaker":"agent","text":"x"}]`,
		`{"chat_ctx":{"items":[]}}`, `null`, `""`, `"{\"items\":[{\"role\":\"user\"}]}"`, `{"items":{"items":{"items":[1]}}}`, `{"items":[1,[],{}]}`,
		`[{"type":"function_call","arguments":{"a":1}},{"type":"function_call_output","output":null}]`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		c := Conversation{Sensitive: true}
		c.readTranscript(raw, true)
		if c.State == takeover.TranscriptHidden || c.State != takeover.TranscriptRead && len(c.Messages) > 0 {
			t.Fatalf("state %q with %d messages", c.State, len(c.Messages))
		}
		keys := map[string]bool{}
		for _, m := range c.Messages {
			if keys[m.Key] || m.Role == takeover.RoleSystem {
				t.Errorf("message %+v", m)
			}
			keys[m.Key] = true
		}
	})
}

func FuzzScopes(f *testing.F) {
	for _, seed := range []string{`["a"]`, `{"scopes":["a","a"]}`, `{"a":["b"],"c":["d"]}`, `null`, `[1]`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if scopes, ok := decodeScopes(body); !ok && len(scopes) > 0 && !strings.HasPrefix(strings.TrimSpace(string(body)), "{") {
			t.Errorf("%q", scopes)
		}
	})
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"+14155550142", "14155550142", "1 (415) 555-0142", "guest_1", "%", "+1%4155550142"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, userID string) {
		n := numberOf(userID)
		if n == "" {
			return
		}
		if len(n) < 9 || len(n) > 16 || n != "+"+takeover.Digits(userID) || !sameEndUser(userID, n) || sameEndUser(userID, n+"1") {
			t.Errorf("%q became %q", userID, n)
		}
	})
}
