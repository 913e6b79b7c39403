package telnyx

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// imported are messages that a batch import gave one time. It has no order but that of the server.
func imported(messages ...string) []string {
	list := make([]string, len(messages))
	for i, m := range messages {
		list[i] = fmt.Sprintf(`{%s,"created_at":"2026-11-20T10:00:00Z","sent_at":"2026-11-20T10:00:00Z"}`, m)
	}
	return list
}

func TestOrderOfMessagesOfOneTime(t *testing.T) {
	t.Parallel()
	talk := imported(`"role":"user","text":"1"`, `"role":"assistant","text":"2"`, `"role":"user","text":"3"`, `"role":"assistant","text":"4"`)
	withTools := imported(`"role":"user","text":"1"`,
		`"role":"assistant","text":"2","tool_calls":[{"function":{"name":"a"}}]`, `"role":"tool","text":"3"`,
		`"role":"assistant","text":"4","tool_calls":[{"function":{"name":"b"}}]`, `"role":"tool","text":"5"`, `"role":"assistant","text":"6"`)
	withSystem := append(imported(`"role":"system","text":"0"`), talk...)
	withDeveloper := append(imported(`"role":"developer","text":"0"`), talk...)
	aNote := append(talk[:4:4], imported(`"role":"system","text":"5","metadata":{"source":"human"}`)...)
	for _, c := range []struct {
		name     string
		earlier  []string // of another conversation of the account, read before
		messages []string
		only     string // the order of the server in which it can be known: "newest", or both
	}{
		{"tool calls", nil, withTools, ""},
		{"a system text", nil, withSystem, ""},
		{"a text of the developer", nil, withDeveloper, ""},
		{"no sign at all", nil, talk, "newest"},
		{"a note is no sign", nil, aNote, "newest"},
		{"another conversation showed it", said(3), talk, ""},
		{"what was seen counts for more than what makes sense", said(3), slices.Concat(talk, withSystem[:1]), ""},
	} {
		for _, oldestFirst := range []bool{false, true} {
			if oldestFirst && c.only == "newest" {
				continue
			}
			f := newFake(t)
			f.oldestFirst = oldestFirst
			f.add(convA, `{}`).messages = c.messages
			f.add(convB, `{}`).messages = c.earlier
			p := f.provider()
			if c.earlier != nil {
				if _, err := p.Transcript(t.Context(), convB, 0); err != nil {
					t.Fatal(err)
				}
			}
			tr, err := p.Transcript(t.Context(), convA, 0)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for _, m := range c.messages {
				var page MessagePage
				if err := page.decode([]byte(`{"data":[` + m + `]}`)); err != nil {
					t.Fatal(err)
				}
				want = append(want, string(page.Messages[0].Text))
			}
			if got := texts(tr); !slices.Equal(got, want) {
				t.Errorf("%s, oldest first %t: got %q, want %q", c.name, oldestFirst, got, want)
			}
		}
	}
}

// TestTheDirectionIsLookedForInOtherConversations: a process that has just started knows nothing of the
// account, and the first conversation that it reads may not show it.
func TestTheDirectionIsLookedForInOtherConversations(t *testing.T) {
	t.Parallel()
	talk := imported(`"role":"user","text":"1"`, `"role":"assistant","text":"2"`, `"role":"user","text":"3"`)
	for name, tt := range map[string]struct {
		oldestFirst bool
		others      []string // of the only other conversation
		failing     bool     // whose messages cannot be read
		want        []string
		calls       int // in the first reading; the second one makes one
	}{
		"newest first":      {false, said(3), false, []string{"1", "2", "3"}, 3},
		"oldest first":      {true, said(3), false, []string{"1", "2", "3"}, 3},
		"it does not show":  {false, talk, false, []string{"1", "2", "3"}, 3},
		"it is not known":   {true, talk, false, []string{"3", "2", "1"}, 3},
		"it cannot be read": {true, said(3), true, []string{"3", "2", "1"}, 3},
	} {
		f := newFake(t)
		f.oldestFirst = tt.oldestFirst
		f.add(convA, `{}`).messages = talk
		f.add(convB, `{}`).messages = tt.others
		if tt.failing {
			f.intercept = func(w http.ResponseWriter, r *http.Request, _ int) bool {
				if strings.Contains(r.URL.Path, convB) {
					http.Error(w, "{}", http.StatusInternalServerError)
				}
				return strings.Contains(r.URL.Path, convB)
			}
		}
		p := f.provider()
		for n, calls := range []int{tt.calls, 1} {
			before := len(f.calls)
			tr, err := p.Transcript(t.Context(), convA, 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(tr); !slices.Equal(got, tt.want) || len(f.calls)-before != calls {
				t.Errorf("%s, reading %d: got %q after %d calls, want %q after %d: %q", name, n+1, got, len(f.calls)-before, tt.want, calls, f.calls[before:])
			}
		}
	}
}

// When a message was sent is shown, but decides no order: it may be by another clock.
func TestTimeOfSendingDecidesNoOrder(t *testing.T) {
	t.Parallel()
	at := func(second, sent string) string {
		return fmt.Sprintf(`"created_at":"2026-11-20T10:00:%sZ","sent_at":%s`, second, sent)
	}
	for _, oldestFirst := range []bool{false, true} {
		f := newFake(t)
		f.oldestFirst = oldestFirst
		f.add(convA, `{}`).messages = []string{
			`{"role":"assistant","text":"which unit?",` + at("10", `"2026-11-20T10:00:10Z"`) + `}`,
			`{"role":"user","text":"4B",` + at("20", `"2026-11-20T09:59:40Z"`) + `}`,
			`{"role":"assistant","text":"thank you",` + at("21", `"2026-11-20T10:00:40Z"`) + `}`,
			`{"role":"user","text":"is he coming?",` + at("30", `null`) + `}`,
		}
		tr, err := f.provider().Transcript(t.Context(), convA, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := texts(tr), []string{"which unit?", "4B", "thank you", "is he coming?"}; !slices.Equal(got, want) {
			t.Errorf("oldest first %t: got %q, want %q", oldestFirst, got, want)
		}
		for i, want := range []struct{ shown, at string }{{"10:00:10", "10:00:10"}, {"09:59:40", "10:00:20"}, {"10:00:40", "10:00:40"}, {"10:00:30", "10:00:30"}} {
			m := tr.Messages[i]
			if shown, at := m.ShownAt().Format(time.TimeOnly), time.Time(m.At).Format(time.TimeOnly); shown != want.shown || at != want.at {
				t.Errorf("%q: shown as %s, compared by %s; want %s and %s", m.Text, shown, at, want.shown, want.at)
			}
		}
	}
}

// Without any time of creation the server's order stays.
func TestOrderWithoutTimesOfCreation(t *testing.T) {
	t.Parallel()
	page := []Message{{Role: "user", Text: "1"}, {Role: "assistant", Text: "2"}, {Role: "user", Text: "3"}}
	for i, second := range []int{10, 5, 40} {
		page[i].SentAt.Time = time.Date(2026, 11, 20, 10, 0, second, 0, time.UTC)
	}
	for i, m := range inOrder(page) {
		if m.Text != page[i].Text {
			t.Errorf("message %d is %q", i, m.Text)
		}
	}
	if m := page[0].domain("k"); m.Role != takeover.RoleEndUser || time.Time(m.At).Second() != 10 {
		t.Errorf("got %+v", m)
	}
}
