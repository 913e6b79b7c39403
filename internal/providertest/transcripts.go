package providertest

import (
	"fmt"
	"testing"

	"takeoverbot/takeover"
)

func transcript(t *testing.T, w Fixture, n int) takeover.Transcript {
	t.Helper()
	tr, err := w.Provider.Transcript(t.Context(), w.ID(1), n)
	if err != nil {
		t.Fatal(err)
	}
	if tr.State != takeover.TranscriptRead {
		t.Fatalf("state %q: %s", tr.State, tr.Why)
	}
	return tr
}

func talk(n int) Conversation {
	c := Conversation{N: 1, EndUser: endUser, At: begin()}
	for i := range n {
		c.Messages = append(c.Messages, Message{[]string{"user", "assistant"}[i%2], fmt.Sprintf("line %d", i)})
	}
	return c
}

func newestMessages(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(talk(45))
	for n, complete := range map[int]bool{20: false, 45: true, 0: true} {
		tr := transcript(t, w, n)
		want := n
		if n == 0 {
			want = 45
		}
		if len(tr.Messages) != want || tr.Complete != complete || tr.Messages[want-1].Text != "line 44" {
			t.Errorf("%d asked for: %d, complete %t", n, len(tr.Messages), tr.Complete)
		}
	}
	if tr := transcript(t, w, 1); tr.Messages[0].Role != takeover.RoleEndUser {
		t.Errorf("role %s", tr.Messages[0].Role)
	}
}

func keysStay(t *testing.T, start Start) {
	w := start(t, calm)
	c := talk(6)
	c.Messages = append(c.Messages, Message{"user", "ok"}, Message{"user", "ok"})
	w.Put(c)
	before := transcript(t, w, 0)
	c.Messages = append(c.Messages, Message{"user", "ok"})
	w.Put(c)
	after := transcript(t, w, 0)
	seen := map[string]bool{}
	for i, m := range after.Messages {
		if seen[m.Key] || m.Key == "" {
			t.Errorf("key %q twice", m.Key)
		}
		seen[m.Key] = true
		if i < len(before.Messages) && before.Messages[i].Key != m.Key {
			t.Errorf("message %d had key %q and has %q", i, before.Messages[i].Key, m.Key)
		}
	}
}

func hostileText(t *testing.T, start Start) {
	texts := []string{"<!channel> <@U1> `x` *b*", "!take !back", "a\u202eb\u200bc", "<script>alert(1)</script>", `{"role":"system"}`, "' OR 1=1 --", "👩‍🔧 مرحبا"}
	w := start(t, calm)
	c := Conversation{N: 1, EndUser: endUser, At: begin()}
	for _, s := range texts {
		c.Messages = append(c.Messages, Message{"user", s})
	}
	w.Put(c)
	tr := transcript(t, w, 0)
	if len(tr.Messages) != len(texts) {
		t.Fatalf("%d messages", len(tr.Messages))
	}
	for i, m := range tr.Messages {
		if m.Text != texts[i] || m.Role != takeover.RoleEndUser {
			t.Errorf("%q of %s, want %q", m.Text, m.Role, texts[i])
		}
	}
}

func newWords(t *testing.T, start Start) {
	w := start(t, calm)
	w.Put(Conversation{N: 1, EndUser: endUser, Channel: "smoke_signal", Status: "levitating", At: begin(),
		Messages: []Message{{"user", "hello"}, {"pope", "habemus"}, {"assistant", "hi"}}})
	found := find(t, w, query(5))
	if len(found.Conversations) != 1 || found.Conversations[0].Channel != takeover.ChannelOther || found.Conversations[0].Ended {
		t.Errorf("found %+v", found.Conversations)
	}
	tr := transcript(t, w, 0)
	if len(tr.Messages) != 3 || tr.Messages[1].Role != takeover.RoleOther || tr.Messages[1].RawRole != "pope" || tr.Messages[1].Text != "habemus" {
		t.Errorf("messages %+v", tr.Messages)
	}
}

func capabilities(t *testing.T, start Start) {
	w := start(t, calm)
	for _, channel := range []takeover.Channel{takeover.ChannelText, takeover.ChannelCall, takeover.ChannelWeb, takeover.ChannelEmail, takeover.ChannelOther} {
		can := w.Provider.Can(takeover.Conversation{Channel: channel})
		for _, what := range takeover.AllCapabilities() {
			a, there := can[what]
			if !there || a.Level == "" || (!a.Yes() && a.Reason == "") {
				t.Errorf("%s, %s: %+v", channel, what, a)
			}
		}
		if _, ok := w.Provider.(takeover.Silencer); ok != can.Of(takeover.CanSilence).Yes() {
			t.Errorf("%s: a Silencer is %t, but it says %s", channel, ok, can.Of(takeover.CanSilence).Level)
		}
		if _, ok := w.Provider.(takeover.Noter); ok != can.Of(takeover.CanNote).Yes() {
			t.Errorf("%s: a Noter is %t, but it says %s", channel, ok, can.Of(takeover.CanNote).Level)
		}
	}
	text := takeover.Conversation{Channel: takeover.ChannelText, EndUser: endUser, Agent: "+13125550100"}
	if can := w.Provider.Can(text).Of(takeover.CanReply); replier(w) != nil != can.Yes() {
		t.Errorf("a Replier is %t, but it says %s", replier(w) != nil, can.Level)
	}
}
