package telnyxsim

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

func (r *rig) text(words string) string {
	r.t.Helper()
	return r.Text(context.Background(), BulkEndUser(1), SeedAgent, words)
}

// lastRole is who spoke last in a conversation.
func (r *rig) lastRole(id string) string {
	all := r.Messages(id)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1].Role
}

func TestInactivityFollowsTheClock(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock, Inactivity: time.Hour})
	first := r.text("hello")
	if err := r.FlipAI(first, true); err != nil {
		t.Fatal(err)
	}
	r.Advance(59 * time.Minute)
	if id := r.text("still there?"); id != first || r.lastRole(first) != RoleUser {
		t.Fatalf("after 59 min: %s, last %s", id, r.lastRole(id))
	}
	r.Advance(time.Hour)
	second := r.text("hello again")
	c, _ := r.Conversation(second)
	if second == first || c.AIDisabled() || r.lastRole(second) != RoleAssistant {
		t.Fatalf("after an hour more: %+v", c)
	}
	if !c.CreatedAt.Equal(clock().Add(119 * time.Minute)) {
		t.Errorf("created at %s", c.CreatedAt)
	}
	if old, _ := r.Conversation(first); !old.AIDisabled() || r.lastRole(first) != RoleUser {
		t.Errorf("the first one: %+v", old)
	}
	r.SetInactivity(0)
	r.Advance(1000 * time.Hour)
	if id := r.text("and again"); id != second {
		t.Errorf("without inactivity: %s", id)
	}
}

func TestTheClockCanBeSet(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	later := clock().Add(48 * time.Hour)
	r.SetNow(func() time.Time { return later })
	r.Advance(time.Minute)
	c, _ := r.Conversation(r.text("hello"))
	if !c.CreatedAt.Equal(later.Add(time.Minute)) {
		t.Errorf("created at %s", c.CreatedAt)
	}
	changes, cancel := r.Changes()
	defer cancel()
	r.SetNow(nil)
	<-changes // a page that shows times is told
	if got := r.now(); !got.Equal(clock()) {
		t.Errorf("the clock of the options is not back: %s", got)
	}
	id := r.text("the clock went back")
	all := r.Messages(id)
	for i := 1; i < len(all); i++ {
		if !all[i].CreatedAt.After(all[i-1].CreatedAt) {
			t.Errorf("message %d at %s is not after %s", i, all[i].CreatedAt, all[i-1].CreatedAt)
		}
	}
}

func TestAnIdempotencyKeyFollowsTheClock(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock}, Bulk(1, SeedAgent, clock())...)
	path := "/ai/conversations/" + BulkID(0) + "/message"
	for i, step := range []struct {
		wait time.Duration
		want int // messages
	}{{0, 3}, {23 * time.Hour, 3}, {time.Hour, 4}} {
		r.Advance(step.wait)
		if a := r.do("POST", path, `{"role":"assistant","content":"hi"}`, "Idempotency-Key", "k"); a.status != 200 || len(r.Messages(BulkID(0))) != step.want {
			t.Errorf("step %d: %d, %d messages", i, a.status, len(r.Messages(BulkID(0))))
		}
	}
}

func TestPhoneCallOfALineThatIsHeld(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	text := r.text("my sink leaks")
	if err := r.FlipAI(text, true); err != nil {
		t.Fatal(err)
	}
	r.Advance(time.Minute)
	silent := r.PhoneCall(t.Context(), BulkEndUser(1), SeedAgent, "")
	if all := r.Messages(silent); len(all) != 0 {
		t.Errorf("nobody spoke yet: %+v", all)
	}
	r.Advance(time.Minute)
	call := r.PhoneCall(t.Context(), BulkEndUser(1), SeedAgent, "hello?")
	c, _ := r.Conversation(call)
	control, _ := c.Metadata.Text(KeyCallControlID)
	if call == silent || c.Channel() != "phone_call" || !strings.HasPrefix(control, "v3:") || c.AIDisabled() || r.lastRole(call) != RoleAssistant {
		t.Errorf("%+v", c)
	}
	found := r.do("GET", "/ai/conversations?order=last_message_at.desc&limit=5&metadata-%3Etelnyx_end_user_target=eq."+url.QueryEscape(BulkEndUser(1)), "").ids(t)
	if len(found) != 3 || found[0] != call || found[1] != silent || found[2] != text {
		t.Errorf("by end user: %v", found)
	}
	if id := r.text("I called you"); id != text || r.lastRole(text) != RoleUser {
		t.Errorf("a text after the call goes to %s", id)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if id := r.PhoneCall(ended, BulkEndUser(1), SeedAgent, "x"); id != "" {
		t.Errorf("called after the end: %s", id)
	}
}

func TestSomebodyElseWritesMetadata(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	id := r.text("hello")
	put := func(meta Metadata) {
		t.Helper()
		body, err := marshal(map[string]any{"metadata": meta})
		if err != nil {
			t.Fatal(err)
		}
		if a := r.do("PUT", "/ai/conversations/"+id, string(body)); a.status != 200 {
			t.Fatalf("%+v", a)
		}
	}
	c, _ := r.Conversation(id)
	c.Metadata.set(KeyAIDisabled, true)
	put(c.Metadata)
	for key, value := range map[string]string{KeyAIDisabled: `"false"`, "ticket": `{"n":12345678901234567890}`} {
		if err := r.SetMetadata(id, key, json.RawMessage(value)); err != nil {
			t.Fatal(err)
		}
	}
	a := r.do("GET", "/ai/conversations/"+id, "")
	if meta := metadataOf(t, a); meta.AIDisabled() || !strings.Contains(a.body, `"ticket":{"n":12345678901234567890}`) {
		t.Errorf("%s", a.body)
	}
	if r.text("are you there?"); r.lastRole(id) != RoleAssistant {
		t.Error("switched on by somebody else, the assistant is silent")
	}
}

func TestReplyInFlightWhenTheAssistantIsSilenced(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{Now: clock})
	r.faults(Faults{LateReply: true, Put: PutMerge})
	id := r.text("there is water")
	r.text("a lot of it")
	other := r.Text(t.Context(), BulkEndUser(2), SeedAgent, "hi")
	if r.do("DELETE", "/ai/conversations/"+other, "").status != 200 || r.lastRole(id) != RoleUser {
		t.Fatalf("it spoke already: %+v", r.Messages(id))
	}
	if a := r.do("PUT", "/ai/conversations/"+id, `{"metadata":{"ai_disabled":true}}`); a.status != 200 || r.lastRole(id) != RoleUser {
		t.Fatalf("%d, %+v", a.status, r.Messages(id))
	}
	if n := r.ReleaseReplies(); n != 1 || len(r.Messages(id)) != 3 || r.lastRole(id) != RoleAssistant {
		t.Errorf("%d released, %+v", n, r.Messages(id))
	}
	if n := r.ReleaseReplies(); n != 0 {
		t.Errorf("%d released twice", n)
	}
	if r.text("hello?"); r.ReleaseReplies() != 0 || r.lastRole(id) != RoleUser {
		t.Error("silenced, it thought of an answer")
	}
}
