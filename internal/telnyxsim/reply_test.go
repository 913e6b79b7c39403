package telnyxsim

import (
	"context"
	"testing"
	"time"
)

// await waits until ok holds, looking after each change.
func await(t *testing.T, s *Sim, what string, ok func() bool) {
	t.Helper()
	changes, cancel := s.Changes()
	defer cancel()
	for !ok() {
		select {
		case <-changes:
		case <-time.After(5 * time.Second):
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func TestReplyComesAfterTheDelayAndAnswersAllTexts(t *testing.T) {
	t.Parallel()
	s := New(Options{ReplyDelay: 30 * time.Millisecond})
	defer s.Close()
	for _, text := range []string{"water from the ceiling", "in unit 4B"} {
		s.Text(context.Background(), "+14155550101", SeedAgent, text)
	}
	if got := heard(s); len(got) != 0 {
		t.Errorf("at once: %q", got)
	}
	await(t, s, "the answer", func() bool { return len(heard(s)) > 0 })
	if got := heard(s); len(got) != 1 || got[0] != "Water where it should not be is urgent, I am with you. Unit 4B, understood. Is it dripping, or is it running?" {
		t.Errorf("heard %q", got)
	}
}

func TestReplyInGenerationIsCancelledBySilence(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{ReplyDelay: time.Hour}, conv(1, "+14155550101"))
	r.Text(context.Background(), "+14155550101", SeedAgent, "hello")
	r.do("PUT", convPath, `{"metadata":{"ai_disabled":true}}`)
	r.Close() // waits for whatever the assistant had in mind
	if n := len(r.Messages(SeedID(9001))); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestReplyInGenerationIsDeliveredLate(t *testing.T) {
	t.Parallel()
	c := conv(1, "+14155550101")
	r := newRig(t, Options{ReplyDelay: time.Hour}, c)
	r.faults(Faults{LateReplyMS: 20, Put: PutMerge})
	r.Text(context.Background(), "+14155550101", SeedAgent, "hello")
	r.do("PUT", convPath, `{"metadata":{"ai_disabled":"true"}}`)
	if got := heard(r.Sim); len(got) != 0 {
		t.Errorf("with the PUT: %q", got)
	}
	await(t, r.Sim, "the late answer", func() bool { return len(heard(r.Sim)) == 1 })
	r.Text(context.Background(), "+14155550101", SeedAgent, "and now?")
	if got := heard(r.Sim); len(got) != 1 {
		t.Errorf("silenced, it went on: %q", got)
	}
}

func TestReplyOfADeletedConversationIsForgotten(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{ReplyDelay: time.Hour}, conv(1, "+14155550101"))
	r.Text(context.Background(), "+14155550101", SeedAgent, "hello")
	r.do("DELETE", convPath, "")
	r.Close()
	if n := len(r.Conversations()); n != 0 {
		t.Errorf("%d conversations", n)
	}
}
