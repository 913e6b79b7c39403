package telnyxsim

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

const messagesPath = convPath + "/messages"

// chatty is the conversation of convPath with n messages "1" to "n".
func chatty(n int) Conversation {
	c := conv(1, "+14155550101")
	for i := range n {
		c.add(Message{Role: RoleUser, Text: fmt.Sprint(i + 1), delivered: true}, noonUTC)
	}
	return c
}

type page struct {
	Data []struct{ Text *string }
	Meta meta
}

func (p page) texts() []string {
	var out []string
	for _, m := range p.Data {
		out = append(out, *m.Text)
	}
	return out
}

func (r *rig) page(query string) (p page) {
	r.t.Helper()
	r.do("GET", messagesPath+query, "").into(r.t, &p)
	return p
}

func TestMessagePages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, chatty(45))
	for _, tc := range []struct {
		query       string
		first, last string
		meta        meta
	}{
		{"", "45", "26", meta{3, 45, 1, 20}},
		{"?page[size]=100", "45", "1", meta{1, 45, 1, 100}},
		{"?page%5Bsize%5D=10&page%5Bnumber%5D=5", "5", "1", meta{5, 45, 5, 10}},
		{"?page[number]=4", "", "", meta{3, 45, 4, 20}},
		{"?page[number]=9223372036854775807", "", "", meta{3, 45, 9223372036854775807, 20}},
		{"?limit=1", "45", "26", meta{3, 45, 1, 20}},
	} {
		p := r.page(tc.query)
		texts := append(p.texts(), "")
		if texts[0] != tc.first || tc.last != "" && texts[len(texts)-2] != tc.last || p.Meta != tc.meta {
			t.Errorf("%s: %v %+v", tc.query, texts, p.Meta)
		}
	}
	for _, bad := range []string{"page[size]=0", "page[size]=101", "page[size]=x", "page[number]=0", "page[number]=-1"} {
		name, _, _ := strings.Cut(bad, "=")
		if a := r.do("GET", messagesPath+"?"+bad, ""); a.status != 422 || !strings.Contains(a.body, `"loc":["query","`+name+`"]`) {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
}

func TestMessageSwitches(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, chatty(3))
	r.faults(Faults{Order: OrderOldest})
	if got := r.page("").texts(); !slices.Equal(got, []string{"1", "2", "3"}) {
		t.Errorf("oldest first: %v", got)
	}
	r.faults(Faults{HistoryLost: true})
	if p := r.page(""); len(p.Data) != 0 || p.Meta.TotalResults != 0 {
		t.Errorf("history lost: %+v", p)
	}
	r.faults(Faults{DropSentAt: true})
	if a := r.do("GET", messagesPath, ""); strings.Contains(a.body, "sent_at") || !strings.Contains(a.body, `"created_at"`) {
		t.Errorf("sent_at dropped: %s", a.body)
	}
}

func TestMessageTextNullOrEmpty(t *testing.T) {
	t.Parallel()
	c := conv(1, "+14155550101")
	call := []ToolCall{{ID: "call_1", Type: "function", Function: ToolFunction{"f", `{"a":`}}}
	c.add(Message{Role: RoleAssistant, NullText: true, ToolCalls: call}, noonUTC)
	c.add(Message{Role: RoleAssistant, ToolCalls: call}, noonUTC)
	c.add(Message{Role: RoleTool, Text: "{}"}, noonUTC)
	r := newRig(t, Options{}, c)
	for text, want := range map[string][]bool{"": {true, false, false}, TextNull: {true, true, false}, TextEmpty: {false, false, false}} {
		r.faults(Faults{Order: OrderOldest, Text: text})
		var p page
		a := r.do("GET", messagesPath, "")
		a.into(t, &p)
		null := []bool{p.Data[0].Text == nil, p.Data[1].Text == nil, p.Data[2].Text == nil}
		if !slices.Equal(null, want) {
			t.Errorf("%q: %v, %s", text, null, a.body)
		}
		if !strings.Contains(a.body, `"arguments":"{\"a\":"`) || strings.Count(a.body, "sent_at") != 2 {
			t.Errorf("%q: tool messages are %s", text, a.body)
		}
	}
}

func TestMessageArrivesBetweenPages(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, chatty(30))
	r.faults(Faults{InsertInPaging: 1})
	one, two := r.page(""), r.page("?page[number]=2")
	if one.texts()[19] != "11" || two.texts()[0] != "11" || two.Meta.TotalResults != 31 {
		t.Errorf("page 1 ends with %s, page 2 begins with %s, %+v", one.texts()[19], two.texts()[0], two.Meta)
	}
	if again := r.page("?page[number]=1"); again.Meta.TotalResults != 31 || r.Faults().InsertInPaging != 0 {
		t.Errorf("inserted more than once: %+v", again.Meta)
	}
}

func TestAddMessageStoresAndSendsNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, conv(1, "+14155550101"))
	body := `{"role":"assistant","content":"On my way","text":"ignored","sent_at":"2026-11-20T10:06:00Z","metadata":{"source":"human","n":[1]}}`
	if a := r.do("POST", convPath+"/message", body); a.status != 200 || a.body != "" {
		t.Fatalf("got %d %q", a.status, a.body)
	}
	want := `{"data":[{"role":"assistant","text":"On my way","tool_calls":null,"created_at":"2026-11-20T11:03:00Z","sent_at":"2026-11-20T10:06:00Z","metadata":{"n":[1],"source":"human"}}],`
	if a := r.do("GET", messagesPath, ""); !strings.HasPrefix(a.body, want) {
		t.Errorf("got %s", a.body)
	}
	if p := r.Phone("+14155550101", SeedAgent); len(p) != 0 {
		t.Errorf("the phone shows %v", p)
	}
	r.do("POST", convPath+"/message", `{"role":"user","content":"hello"}`)
	if m := r.Messages(SeedID(9001)); len(m) != 2 {
		t.Errorf("the assistant answered an inserted message: %v", m)
	}
}

func TestSentAtIsFilledInLater(t *testing.T) {
	t.Parallel()
	for _, shift := range []time.Duration{0, 3 * time.Second, -3 * time.Second} {
		r := newRig(t, Options{Now: clock})
		r.faults(Faults{SentAtLateMS: 2000, SentAtShiftMS: int(shift.Milliseconds())})
		id := r.text("hello")
		path := "/ai/conversations/" + id
		if a := r.do("POST", path+"/message", `{"role":"assistant","content":"hi","sent_at":"2026-01-02T03:04:05Z"}`); a.status != 200 {
			t.Fatal(a)
		}
		r.faults(Faults{}) // what is missing stays so
		for _, step := range []struct {
			wait time.Duration
			sent bool
		}{{0, false}, {1999 * time.Millisecond, false}, {time.Millisecond, true}, {time.Hour, true}} {
			r.Advance(step.wait)
			var out struct{ Data []Message }
			r.do("GET", path+"/messages", "").into(t, &out)
			for _, m := range out.Data[1:] {
				want := time.Time{}
				if step.sent {
					want = m.CreatedAt.Add(shift)
				}
				if !m.SentAt.Equal(want) {
					t.Errorf("shift %s: created %s, sent %s", shift, m.CreatedAt, m.SentAt)
				}
			}
			if own := out.Data[0]; own.SentAt.Year() != 2026 || own.SentAt.Month() != time.January {
				t.Errorf("what was sent with a time has another: %s", own.SentAt)
			}
		}
	}
}

func TestMessagesOutOfOrder(t *testing.T) {
	t.Parallel()
	c := conv(1, "+14155550101")
	for i := range 7 {
		c.add(Message{Role: RoleUser, Text: fmt.Sprint(i + 1), delivered: true}, noonUTC)
	}
	r := newRig(t, Options{Now: clock}, c)
	pages := func(size int) string {
		t.Helper()
		var texts []string
		for page := 1; page <= (7+size-1)/size; page++ {
			var out struct{ Data []Message }
			r.do("GET", fmt.Sprintf("%s/messages?page[size]=%d&page[number]=%d", convPath, size, page), "").into(t, &out)
			for _, m := range out.Data {
				texts = append(texts, m.Text)
			}
		}
		return strings.Join(texts, "")
	}
	r.faults(Faults{Order: OrderSwapped})
	if whole, paged := pages(100), pages(3); whole != "6745231" || paged != whole {
		t.Errorf("swapped: %s, in pages %s", whole, paged)
	}
	r.faults(Faults{Order: OrderScrambled})
	sorted := func(s string) string {
		b := []byte(s)
		slices.Sort(b)
		return string(b)
	}
	whole, paged := pages(100), pages(3)
	if whole == "7654321" || whole == "1234567" || whole != pages(100) || sorted(whole) != "1234567" {
		t.Errorf("scrambled: %s", whole)
	}
	if sorted(paged[:3]) != "567" || sorted(paged[3:6]) != "234" || paged[6:] != "1" {
		t.Errorf("scrambled in pages: %s", paged)
	}
	if all := r.Messages(SeedID(9001)); all[0].Text != "1" || all[6].Text != "7" {
		t.Errorf("the truth is scrambled: %v", all)
	}
}
