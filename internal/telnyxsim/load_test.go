package telnyxsim

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	lineOne = `{"id":"5EED0000-0000-4000-8000-00000000aaaa","name":"Boiler","created_at":"2026-10-20T13:52:52.592Z","last_message_at":"2026-10-20T13:54:30.941Z",` +
		`"metadata":{"telnyx_conversation_channel":"sms","telnyx_agent_target":"+13125550100","telnyx_end_user_target":"+14155550101","ai_disabled":"false","n":12345678901234567890},` +
		`"messages":[{"role":"user","text":"hi","created_at":"2026-10-20T13:54:15.690Z","sent_at":"2026-10-20T13:54:15.690Z"},` +
		`{"role":"assistant","text":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\""}}],"created_at":"2026-10-20T13:54:16.587Z"},` +
		`{"role":"tool","text":"{}","created_at":"2026-10-20T13:54:17.484Z"}]}`
	lineTwo = `{"id":"5eed0000-0000-4000-8000-00000000bbbb","created_at":"2026-10-20T13:52:52Z","metadata":{},"messages":[],"unknown":1}`
)

func TestLoadJSONL(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	if err := r.LoadJSONL(strings.NewReader(lineOne + "\n\n" + lineTwo)); err != nil {
		t.Fatal(err)
	}
	const id = "/ai/conversations/5eed0000-0000-4000-8000-00000000aaaa"
	for path, want := range map[string]string{
		id:               `"ai_disabled":"false","n":12345678901234567890`,
		id + "/messages": `{"role":"assistant","text":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\""}}],"created_at":"2026-10-20T13:54:16.587Z","sent_at":null}`,
		"/ai/conversations/5eed0000-0000-4000-8000-00000000bbbb": `"last_message_at":null,"metadata":{}`,
	} {
		if a := r.do("GET", path, ""); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	if got := r.Text(context.Background(), "+14155550101", SeedAgent, "again"); !strings.HasSuffix(got, "aaaa") {
		t.Errorf("a text goes to %s", got)
	}
}

func TestLoadJSONLNamesTheLine(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ text, want string }{
		{lineTwo + "\n{", "line 2: no conversation in JSON"},
		{"\n\n[]", "line 3: no conversation in JSON"},
		{`{"id":"x"}`, `line 1: the id "x" is not a uuid`},
		{`{"id":"5eed0000-0000-4000-8000-00000000bbbb"}`, "line 1: created_at is missing"},
		{`{"id":"5eed0000-0000-4000-8000-00000000bbbb","created_at":"2026-10-20T13:52:52Z"}`, "line 1: metadata is missing"},
		{`{"id":"5eed0000-0000-4000-8000-00000000bbbb","created_at":"soon"}`, "line 1: no conversation in JSON"},
		{strings.Replace(lineOne, `"role":"tool"`, `"role":""`, 1), "line 1: message 3 has no role"},
		{strings.Replace(lineTwo, `[]`, `[{"role":"user"}]`, 1), "line 1: message 1 has no created_at"},
		{strings.Replace(lineTwo, "2026-10-20T13:52:52Z", "9999-12-31T23:59:59-01:00", 1), "line 1: it cannot be shown"},
		{lineTwo + "\n" + lineOne + "\n" + lineTwo, "line 3: the conversation 5eed0000-0000-4000-8000-00000000bbbb is on line 1 already"},
	} {
		s := New(Options{})
		err := s.LoadJSONL(strings.NewReader(tc.text))
		if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
			t.Errorf("got %v, want %s", err, tc.want)
		}
		if n := len(s.Conversations()); n != 0 {
			t.Errorf("%s: %d were loaded all the same", tc.want, n)
		}
		s.Close()
	}
}

func TestLoadJSONLPassesReadErrorsOn(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	defer s.Close()
	broken := errors.New("broken")
	if err := s.LoadJSONL(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// FuzzLoadJSONL looks for panics, in the loader and in the assistant that reads what was loaded.
func FuzzLoadJSONL(f *testing.F) {
	f.Add(lineOne)
	f.Add(lineTwo)
	f.Add(`{"id":"5eed0000-0000-4000-8000-00000000bbbb","created_at":"2026-10-20T13:52:52Z","metadata":{"ai_disabled":{}},"messages":[{"role":"user","text":"gas 4B?","created_at":"2026-10-20T13:52:52Z"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		s := New(Options{})
		defer s.Close()
		if s.LoadJSONL(strings.NewReader(text)) != nil {
			return
		}
		for _, c := range s.Conversations() {
			compose(&c)
			if _, err := marshal(c.wire()); err != nil {
				t.Errorf("loaded what cannot be shown: %v", err)
			}
		}
	})
}
