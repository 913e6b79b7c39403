package takeover_test

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestTheNewestOfSeveralIsTheLinesOwn: two conversations begin between two looks.
func TestTheNewestOfSeveralIsTheLinesOwn(t *testing.T) {
	h := held(t)
	h.turn(10 * time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "older of the two")
	h.turn(30 * time.Second)
	h.ai.writes("c3", takeover.RoleEndUser, "newest")
	h.watch(t)
	if l := h.line(); l.Newest.ID != "c3" {
		t.Errorf("current %s, covered %v", l.Newest.ID, l.Covered)
	}
}

// TestWhatBeganBetweenSearchAndClickIsSilenced, although the watch, which goes on for
// another line, had passed it by then.
func TestWhatBeganBetweenSearchAndClickIsSilenced(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	other := line(takeover.StateAI, "")
	other.ID, other.EndUser, other.Newest.ID, other.Covered = "ln_2", "+14155550999", "d1", []takeover.Covered{{ID: "d1"}}
	h.store.lines["ln_2"] = other
	c := h.wish(takeover.TakeOver, "UB", "take2")
	c.Line = "ln_2"
	h.press(t, c)
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_2"}); err != nil {
		t.Fatal(err)
	}
	h.store.jobs = nil
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.turn(10 * time.Second)
	h.ai.writes("c2", takeover.RoleEndUser, "water is coming")
	h.ai.writes("c2", takeover.RoleAssistant, "How can I help?")
	h.turn(5 * time.Second)
	// somebody else's message elsewhere moves the cursor
	h.ai.convs = append([]takeover.Conversation{{ID: "d1", EndUser: "+14155550999", Agent: "+13125550100", Channel: takeover.ChannelText, LastMessageAt: takeover.ProviderTime(h.clock)}}, h.ai.convs...)
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.store.jobs = nil
	h.turn(15 * time.Second) // 30 s after the search
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.settle(t)
	for range 20 {
		h.turn(takeover.SyncTick)
		h.watch(t)
	}
	if l := h.line(); !h.ai.flag["c2"] {
		t.Errorf("%s (checked %s), covers %v, flags %v: c2, where the end user talks with the AI, is not silenced after 100 s", l.State, l.Silence(h.clock).AsOf, l.Covered, h.ai.flag)
	}
}

// TestStrangersWithoutANumberAreNotOneLine: where the provider knows no end user, nobody
// else joins.
func TestStrangersWithoutANumberAreNotOneLine(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	anon := func(id takeover.ConversationID) takeover.Conversation {
		return takeover.Conversation{ID: id, Provider: "Telnyx", Agent: "+13125550100", Channel: takeover.ChannelWeb, CreatedAt: takeover.ProviderTime(h.clock), LastMessageAt: takeover.ProviderTime(h.clock)}
	}
	lines, err := h.Remember(t.Context(), takeover.Query{Field: takeover.FieldName}, []takeover.Conversation{anon("w1")}, func(c takeover.Conversation) takeover.Conversation { return c })
	if err != nil {
		t.Fatal(err)
	}
	c := h.wish(takeover.TakeOver, "UA", "take")
	c.Line = lines[0].ID
	h.press(t, c)
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: c.Line}); err != nil {
		t.Fatal(err)
	}
	h.store.jobs = nil
	h.turn(10 * time.Second)
	h.ai.convs = []takeover.Conversation{anon("stranger")}
	h.ai.spoken["stranger"] = []takeover.Message{{Key: "k", Role: takeover.RoleEndUser, Text: "my card number is …", At: takeover.ProviderTime(h.clock)}}
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := h.store.lines[c.Line]; l.Covers("stranger") {
		t.Errorf("a stranger's web chat joins the takeover of another one: %v current %s", l.Covered, l.Newest.ID)
	}
}

// TestFoundByALabelThatTheNewestLacks: the newest conversation is silenced all the same.
func TestFoundByALabelThatTheNewestLacks(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	delete(h.store.lines, "ln_1")
	h.ai.writes("c1", takeover.RoleEndUser, "old, with the label")
	h.turn(time.Hour)
	h.ai.writes("c2", takeover.RoleEndUser, "water is coming")
	h.ai.writes("c2", takeover.RoleAssistant, "How can I help?")
	h.turn(20 * time.Second)
	hit := h.ai.convs[1] // c1: the only one with unit=4B
	hit.Provider = "Telnyx"
	lines, err := h.Remember(t.Context(), takeover.Query{Field: takeover.FieldLabel}, []takeover.Conversation{hit}, func(c takeover.Conversation) takeover.Conversation { return c })
	if err != nil {
		t.Fatal(err)
	}
	h.turn(20 * time.Second)
	c := h.wish(takeover.TakeOver, "UA", "take")
	c.Line = lines[0].ID
	h.press(t, c)
	if err := h.Settle(t.Context(), takeover.SettleJob{Line: c.Line}); err != nil {
		t.Fatal(err)
	}
	h.store.jobs = nil
	for range 20 {
		h.turn(takeover.SyncTick)
		if err := h.SyncOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if l := h.store.lines[c.Line]; !h.ai.flag["c2"] {
		t.Errorf("%s, silent as of %s, covers %v: the newest conversation c2 is not silenced after 100 s", l.State, l.Silence(h.clock).AsOf, l.Covered)
	}
}

// TestALabelDoesNotLeadBack: an older conversation that carries the label is not what the
// line stands for.
func TestALabelDoesNotLeadBack(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old, with the label")
	h.turn(time.Hour)
	h.ai.writes("c2", takeover.RoleEndUser, "water is coming")
	self := func(c takeover.Conversation) takeover.Conversation { return c }
	for _, c := range h.ai.convs { // c2 by its number, then c1 by its label
		c.Provider = "Telnyx"
		if _, err := h.Remember(t.Context(), takeover.Query{Field: takeover.FieldLabel}, []takeover.Conversation{c}, self); err != nil {
			t.Fatal(err)
		}
		t.Logf("after the search that found %s: current %s", c.ID, h.line().Newest.ID)
	}
	if l := h.line(); l.Newest.ID != "c2" {
		t.Errorf("current %s, covers %v", l.Newest.ID, l.Covered)
	}
}

// TestASecondMessageWithinTheSecondIsRead, where the provider dates by whole seconds.
func TestASecondMessageWithinTheSecondIsRead(t *testing.T) {
	h := held(t)
	h.turn(10 * time.Second)
	h.ai.writes("c1", takeover.RoleEndUser, "help")
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	var planned []takeover.FollowJob
	for _, j := range h.store.jobs {
		if f, ok := j.(takeover.FollowJob); ok && f.From.After(h.clock) {
			planned = append(planned, f)
		}
	}
	h.work(t)
	h.ai.writes("c1", takeover.RoleEndUser, "the ceiling comes down") // same last_message_at
	h.turn(takeover.SyncTick)
	for _, j := range planned {
		if _, _, err := h.follow(t, j); err != nil {
			t.Fatal(err)
		}
	}
	if l := h.line(); l.Recent.Lines[len(l.Recent.Lines)-1].Text != "the ceiling comes down" {
		t.Errorf("after %d planned readings the last line is %q", len(planned), l.Recent.Lines[len(l.Recent.Lines)-1].Text)
	}
}

// TestTheEndUserWaitsWhereTheAIWouldAnswer: the newest conversation is a phone call, and the
// takeover finds the older text conversation, in which the end user waits.
func TestTheEndUserWaitsWhereTheAIWouldAnswer(t *testing.T) {
	l := line(takeover.StateAI, "")
	l.Newest = takeover.Conversation{ID: "call", Channel: takeover.ChannelCall, CreatedAt: takeover.ProviderTime(noon), LastMessageAt: takeover.ProviderTime(noon)}
	l.Covered = []takeover.Covered{{ID: "call", Channel: takeover.ChannelCall}}
	h := newFixture(l)
	h.turn(-time.Minute)
	h.ai.writes("text", takeover.RoleEndUser, "is somebody coming?")
	h.turn(time.Minute)
	h.ai.convs = slices.Insert(h.ai.convs, 0, takeover.Conversation{ID: "call", EndUser: l.EndUser, Agent: l.Agent, Channel: takeover.ChannelCall, LastMessageAt: takeover.ProviderTime(noon)})
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.work(t)
	if l := h.line(); l.State != takeover.StateHeld || !l.WaitingSince().Equal(takeover.ProviderTime(noon.Add(-time.Minute))) || l.Unanswered() != "is somebody coming?" {
		t.Errorf("%s, waiting since %s for an answer to %q", l.State, l.WaitingSince(), l.Unanswered())
	}
	h.turn(time.Second)
	h.ai.writes("text", takeover.RoleOperator, "yes, at four")
	h.watch(t)
	if l := h.line(); !l.WaitingSince().IsZero() || l.Unanswered() != "" {
		t.Errorf("answered, and waiting since %s for an answer to %q", l.WaitingSince(), l.Unanswered())
	}
}
