package telnyxsim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestBulkHasAnEndUserForEach(t *testing.T) {
	t.Parallel()
	const n = 5000
	r := newRig(t, Options{Now: clock})
	r.Load(Bulk(n, SeedAgent, clock()))
	users, ids := map[string]bool{}, map[string]bool{}
	for i, c := range r.Conversations() {
		users[c.EndUser()], ids[c.ID] = true, true
		if c.EndUser() != BulkEndUser(i) || c.ID != BulkID(i) || !isUUID(c.ID) || len(c.EndUser()) != len("+12005550100") || !c.LastMessageAt.Before(clock()) {
			t.Fatalf("conversation %d: %+v", i, c)
		}
	}
	if len(users) != n || len(ids) != n {
		t.Errorf("%d end users, %d ids", len(users), len(ids))
	}
	if got := len(Bulk(maxBulk+1, SeedAgent, clock())); got != maxBulk {
		t.Errorf("%d conversations", got)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	r.Load(Bulk(2, SeedAgent, clock()))
	for _, role := range []string{RoleUser, RoleAssistant, RoleSystem} {
		if err := r.Append(BulkID(0), role, "x "+role); err != nil {
			t.Fatal(err)
		}
	}
	all := r.Messages(BulkID(0))
	if len(all) != 5 { // nothing answered
		t.Fatalf("%d messages", len(all))
	}
	for i, m := range all[2:] {
		if m.Text != "x "+m.Role || m.SentAt.IsZero() != (m.Role == RoleSystem) || !m.CreatedAt.After(all[i+1].CreatedAt) {
			t.Errorf("%+v", m)
		}
	}
	newest := r.do("GET", "/ai/conversations?order=last_message_at.desc&limit=1", "")
	if ids := newest.ids(t); len(ids) != 1 || ids[0] != BulkID(0) {
		t.Errorf("newest: %v", ids)
	}
	if r.Append(SeedID(1), RoleUser, "x") == nil || r.Append(BulkID(0), "", "x") == nil {
		t.Error("no conversation, or no role, was taken")
	}
}

// TestKeysetPaging goes through many conversations of which whole groups share one time, in both directions.
func TestKeysetPaging(t *testing.T) {
	t.Parallel()
	const n, size = 500, 50
	for _, tc := range []struct{ direction, bound string }{{"desc", "lte"}, {"asc", "gte"}} {
		r := newRig(t, Options{Now: clock})
		many := Bulk(n, SeedAgent, clock())
		for i := range many {
			many[i].LastMessageAt = clock().Add(-time.Duration(i/7) * time.Second)
		}
		r.Load(many)
		seen, from := map[string]bool{}, ""
		for range 2 * n / size {
			path := fmt.Sprintf("/ai/conversations?order=last_message_at.%s&limit=%d", tc.direction, size)
			if from != "" {
				path += "&last_message_at=" + tc.bound + "." + url.QueryEscape(from)
			}
			var page struct {
				Data []struct {
					ID string
					At string `json:"last_message_at"`
				}
			}
			r.do("GET", path, "").into(t, &page)
			for i, row := range page.Data {
				if i > 0 && (row.At > page.Data[i-1].At) == (tc.direction == "desc") && row.At != page.Data[i-1].At {
					t.Fatalf("%s: %s after %s", tc.direction, row.At, page.Data[i-1].At)
				}
				seen[row.ID], from = true, row.At
			}
		}
		if len(seen) != n {
			t.Errorf("%s: %d of %d were seen", tc.direction, len(seen), n)
		}
	}
}

// TestPageIsTheStartOfTheWholeList gathers pages and compares them with the sorted whole.
func TestPageIsTheStartOfTheWholeList(t *testing.T) {
	t.Parallel()
	many := Bulk(300, SeedAgent, clock())
	for i := range many {
		switch i % 5 {
		case 0:
			many[i].LastMessageAt = time.Time{}
		case 1:
			many[i].LastMessageAt = clock()
		}
	}
	for _, by := range []string{"last_message_at", "created_at", "name", ""} {
		for _, desc := range []bool{false, true} {
			for _, limit := range []int{1, 7, 100, 299, 300, 301} {
				p := firstRows{listQuery: &listQuery{by: by, desc: desc, limit: limit}}
				var whole []*Conversation
				for _, i := range rand.Perm(len(many)) {
					p.take(&many[i])
					whole = append(whole, &many[i])
				}
				slices.SortFunc(whole, p.order)
				if !slices.Equal(p.rows, whole[:min(limit, len(whole))]) {
					t.Errorf("by %q, desc %v, limit %d", by, desc, limit)
				}
			}
		}
	}
}

func TestPlainTextIsReadAsJSONWouldBe(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`"+14155550137"`, `""`, `"a\"b"`, `"\u00e9"`, `"é"`, `"a\\"`, `" x "`, `"1"`} {
		var want string
		if err := json.Unmarshal([]byte(raw), &want); err != nil {
			t.Fatal(err)
		}
		if got, ok := (Metadata{"k": json.RawMessage(" " + raw)}).Text("k"); !ok || got != want {
			t.Errorf("%s: %q, %v", raw, got, ok)
		}
	}
	for _, raw := range []string{`"`, "\"a\nb\"", `"a"b"`} {
		if got, ok := (Metadata{"k": json.RawMessage(raw)}).Text("k"); ok {
			t.Errorf("%s is no JSON, but read as %q", raw, got)
		}
	}
}

func BenchmarkList(b *testing.B) {
	for name, query := range map[string]string{
		"newest": "order=last_message_at.desc&limit=100",
		"since":  "order=last_message_at.asc&limit=100&last_message_at=gte." + url.QueryEscape(clock().Add(-time.Hour).Format(time.RFC3339Nano)),
		"line":   "order=last_message_at.desc&limit=10&metadata-%3Etelnyx_end_user_target=eq." + url.QueryEscape(BulkEndUser(4321)),
	} {
		b.Run(name, func(b *testing.B) {
			s := New(Options{Now: clock})
			defer s.Close()
			s.Load(Bulk(5000, SeedAgent, clock()))
			for b.Loop() {
				w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/v2/ai/conversations?"+query, nil)
				r.Header.Set("Authorization", "Bearer k")
				if s.Handler().ServeHTTP(w, r); w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}

func BenchmarkText(b *testing.B) {
	s := New(Options{Now: clock})
	defer s.Close()
	s.Load(Bulk(5000, SeedAgent, clock()))
	for _, c := range s.Conversations() {
		if err := s.FlipAI(c.ID, true); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		s.Text(b.Context(), BulkEndUser(77), SeedAgent, "ok")
	}
}

// FuzzText compares the short way of reading a text with that of encoding/json.
func FuzzText(f *testing.F) {
	for _, raw := range []string{`"+14155550137"`, `"a\"b"`, `"\u00e9é"`, ` "x" `, `true`, `3`, `null`, `["x"]`, `"`, "\"\x7f\""} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var want string
		if json.Unmarshal([]byte(raw), &want) != nil || strings.TrimSpace(raw) == "null" {
			return // no text
		}
		if got, ok := (Metadata{"k": json.RawMessage(raw)}).Text("k"); !ok || got != want {
			t.Errorf("%q: %q, %v; want %q", raw, got, ok, want)
		}
	})
}
