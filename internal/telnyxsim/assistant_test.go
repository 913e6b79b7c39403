package telnyxsim

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// talk writes texts from a new phone and returns what the phone shows of the other side's answers.
func talk(t *testing.T, texts ...string) (*Sim, string, []string) {
	t.Helper()
	s := New(Options{Now: clock})
	t.Cleanup(func() { s.Close() })
	var id string
	for _, text := range texts {
		id = s.Text(context.Background(), "+14155550101", SeedAgent, text)
	}
	return s, id, heard(s)
}

func heard(s *Sim) []string {
	var out []string
	for _, b := range s.Phone("+14155550101", SeedAgent) {
		if b.Role == RoleAssistant {
			out = append(out, b.Text)
		}
	}
	return out
}

func TestAssistantReactsToWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		texts []string
		want  []string // in the answers, one each
	}{
		{"a leak", []string{"hi", "there is water coming from the ceiling", "4B", "it is running", "yes a lamp", "when is he coming?", "thanks"},
			[]string{"night desk", "Which unit", "dripping", "“it is running”. Is there a light", "Keep away from lights", "is open and with the technician", "stays open until the leak in unit 4B"}},
		{"unit at once", []string{"Heating is out in unit 12"}, []string{"Unit 12, understood. What does the thermostat show?"}},
		{"no unit", []string{"i am locked out", "my keys are inside"}, []string{"Let us get you back inside", "I still need the number"}},
		{"not understood", []string{"purple elephants"}, []string{"You wrote “purple elephants”"}},
		{"another topic", []string{"heating is cold in 3A", "62", "also there is a wrong charge on my invoice"}, []string{"thermostat", "“62”", "I can look into that"}},
		{"a person", []string{"let me talk to a person", "a human please"}, []string{"I asked a colleague", "have been asked already"}},
		{"gas", []string{"I smell gas in 4B"}, []string{"call 911"}},
		{"Arabic", []string{"مرحبا، الماء يقطر من السقف"}, []string{"سجّلت: «مرحبا، الماء يقطر من السقف»"}},
		{"no unit in a time", []string{"water is dripping since 3am"}, []string{"Which unit"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, got := talk(t, tc.texts...)
			if len(got) != len(tc.want) {
				t.Fatalf("%d answers: %q", len(got), got)
			}
			for i, want := range tc.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("to %q: %q, want %q in it", tc.texts[i], got[i], want)
				}
			}
		})
	}
}

func TestAssistantRecordsItsToolCall(t *testing.T) {
	t.Parallel()
	s, id, _ := talk(t, "water from the ceiling, unit 4B", "running", "no")
	m := s.Messages(id)
	call, result := m[len(m)-3], m[len(m)-2]
	if len(call.ToolCalls) != 1 || !call.NullText || call.ToolCalls[0].Function.Name != "create_work_order" ||
		call.ToolCalls[0].Function.Arguments != `{"details":"water from the ceiling, unit 4B","topic":"leak","unit":"4B"}` {
		t.Errorf("call is %+v", call)
	}
	if result.Role != RoleTool || !strings.Contains(result.Text, `"work_order":"WO-`) || !result.SentAt.IsZero() {
		t.Errorf("result is %+v", result)
	}
	c, _ := s.Conversation(id)
	if string(c.Metadata[KeyCalledTools]) != `["create_work_order"]` {
		t.Errorf("called_tools is %s", c.Metadata[KeyCalledTools])
	}
}

func TestAssistantIsDeterministic(t *testing.T) {
	t.Parallel()
	for _, c := range Seeds(noonUTC) {
		if one, two := compose(&c), compose(&c); one != two || one.text == "" {
			t.Errorf("%s: %+v and %+v", c.Name, one, two)
		}
	}
}

// TestAssistantGoesOnFromTheSeeds writes one more text in some seeds: the answer has to fit what went before.
func TestAssistantGoesOnFromTheSeeds(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		seed       int
		text, want string
	}{
		{1, "the plaster fell down!! when is he here", "Work order WO-4213 (the leak, unit 4B) is open"},
		{3, "the heating is off again", "I added “the heating is off again” to work order WO-3318"},
		{5, "still no warm water", "I added “still no warm water” to work order WO-6047 (the heating, unit 7C)"},
		{6, "sigue igual", "You wrote “sigue igual”"},
		{7, "wieder kalt", "I added “wieder kalt” to work order WO-5522 (the heating, unit 5E)"},
		{8, "نعم معي بطاقة", "سجّلت: «نعم معي بطاقة»"},
		{9, "hello?", "Since when has it been going on?"},
	} {
		s := New(Options{Now: clock})
		s.Load(Seeds(noonUTC))
		c, _ := s.Conversation(SeedID(tc.seed))
		id := s.Text(context.Background(), c.EndUser(), c.Agent(), tc.text)
		m := s.Messages(id)
		if got := m[len(m)-1].Text; id != SeedID(tc.seed) || !strings.Contains(got, tc.want) {
			t.Errorf("seed %d, to %q: %q, want %q in it", tc.seed, tc.text, got, tc.want)
		}
		s.Close()
	}
}

func TestAssistantIsSilentIfAndOnlyIfTheFlagIsOn(t *testing.T) {
	t.Parallel()
	for raw, silent := range map[string]bool{
		`true`: true, `"true"`: true, `"TRUE"`: true, `1`: true, `"1"`: true, `false`: false, `"false"`: false, `null`: false, `0`: false, `""`: false,
	} {
		s := New(Options{Now: clock})
		s.Load([]Conversation{conv(1, "+14155550101", KeyAIDisabled, raw)})
		id := s.Text(context.Background(), "+14155550101", SeedAgent, "hello")
		if got := len(heard(s)) == 0; got != silent || id != SeedID(9001) {
			t.Errorf("%s: silent is %t", raw, got)
		}
		s.Close()
	}
}

func TestAssistantChatAnswers400WhenDisabled(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{}, conv(1, "+14155550101", KeyAIDisabled, `"true"`))
	for path, body := range map[string]string{
		"/chat":     `{"content":"hi","conversation_id":"` + SeedID(9001) + `"}`,
		"/chat/sms": `{"from":"` + SeedAgent + `","to":"+14155550101"}`,
	} {
		if a := r.do("POST", "/ai/assistants/"+NightDeskAssistant+path, body); a.status != 400 || !strings.Contains(a.body, "disabled") {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if n := len(r.Messages(SeedID(9001))); n != 0 {
		t.Errorf("%d messages were stored", n)
	}
}

func TestAssistantRefersToWhatAPersonLeft(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, Seeds(noonUTC)[0])
	text := func(s string) { r.Text(context.Background(), SeedEndUser, SeedAgent, s) }
	last := func() string {
		all := r.Phone(SeedEndUser, SeedAgent)
		return all[len(all)-1].Text
	}
	path := "/ai/conversations/" + SeedID(1)
	if err := r.FlipAI(SeedID(1), true); err != nil {
		t.Fatal(err)
	}
	text("is anybody there?")
	if last() != "is anybody there?" {
		t.Fatalf("silenced, it says %q", last())
	}
	r.do("POST", path+"/message", `{"role":"assistant","content":"Dana here, I am at your door in 10 minutes."}`)
	r.do("POST", path+"/message", `{"role":"system","content":"Stop valve of 5B closed,\nplumber at 8."}`)
	if err := r.FlipAI(SeedID(1), false); err != nil {
		t.Fatal(err)
	}
	text("ok, so what happens now?")
	if want := "My colleague told me: “Stop valve of 5B closed, plumber at 8.”."; !strings.HasPrefix(last(), want) {
		t.Errorf("after hand-back it says %q", last())
	}
	text("is it the plumber who rings?")
	if strings.Contains(last(), "colleague told me") || !strings.Contains(last(), "WO-4213") {
		t.Errorf("then it says %q", last())
	}
}

func TestTextFindsOrOpensTheConversation(t *testing.T) {
	t.Parallel()
	now := noonUTC
	s := New(Options{Now: func() time.Time { return now }, Inactivity: time.Hour})
	defer s.Close()
	call := conv(1, "+14155550101", KeyChannel, `"phone_call"`)
	old := conv(30, "+14155550101", KeyAIDisabled, `true`, KeyAssistantID, `"assistant-x"`)
	s.Load([]Conversation{call, old, conv(2, "+14155550102")})
	text := func() string { return s.Text(context.Background(), "+14155550101", SeedAgent, "hello") }
	if got := text(); got != old.ID {
		t.Errorf("written in %s, want the newest that is no call", got)
	}
	now = now.Add(time.Hour)
	fresh := text()
	c, _ := s.Conversation(fresh)
	if fresh == old.ID || c.AIDisabled() || c.text(KeyAssistantID) != "assistant-x" || c.Channel() != "sms_chat" || len(c.Messages) != 2 {
		t.Errorf("after an hour: %+v", c)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if got := s.Text(ended, "+14155550101", SeedAgent, "hello"); got != "" {
		t.Errorf("with an ended context: %s", got)
	}
}

func TestChangesTell(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	defer s.Close()
	changes, cancel := s.Changes()
	s.Load([]Conversation{conv(1, "+14155550101")})
	for what, change := range map[string]func() error{
		"text":      func() error { s.Text(context.Background(), "+14155550101", SeedAgent, "hi"); return nil },
		"flip":      func() error { return s.FlipAI(SeedID(9001), true) },
		"says":      func() error { return s.AssistantSays(SeedID(9001), "late") },
		"switches":  func() error { return s.SetFaults(Faults{}) },
		"metadata":  func() error { return s.SetMetadata(SeedID(9001), "a", json.RawMessage(`[1]`)) },
		"metadata-": func() error { return s.SetMetadata(SeedID(9001), "a", nil) },
	} {
		<-changes
		if err := change(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	<-changes
	cancel()
	if s.FlipAI("nobody", true) == nil || s.SetMetadata(SeedID(9001), "a", json.RawMessage(`{`)) == nil {
		t.Error("nonsense was accepted")
	}
	select {
	case <-changes:
		t.Error("told after cancel")
	default:
	}
}
