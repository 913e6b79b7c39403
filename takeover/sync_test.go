package takeover_test

import (
	"context"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestAnOlderConversationSwitchedOnElsewhere does not end the takeover of the newest one.
func TestAnOlderConversationSwitchedOnElsewhere(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.watch(t)
	if l := h.line(); l.State != takeover.StateHeld || l.Newest.ID != "c2" {
		t.Fatal(l.State, l.Newest.ID)
	}
	h.ai.flag["c1"] = false // e.g. another tool tidies old conversations
	h.turn(time.Minute)
	h.watch(t)
	l := h.line()
	if l.State == takeover.StateAI && h.ai.flag["c2"] {
		t.Errorf("card: AI is answering; the flag of the current conversation c2 says it is silent: nobody answers")
	}
}

// TestADateInTheFutureDoesNotBlindTheWatch.
func TestADateInTheFutureDoesNotBlindTheWatch(t *testing.T) {
	h := held(t)
	h.turn(5 * time.Second)
	h.ai.convs = append([]takeover.Conversation{{ID: "x", EndUser: "+1999", Agent: "+13125550100", Channel: takeover.ChannelText, LastMessageAt: takeover.ProviderTime(h.clock.Add(365 * 24 * time.Hour))}}, h.ai.convs...)
	h.watch(t)
	h.turn(5 * time.Second)
	h.ai.writes("c1", takeover.RoleEndUser, "help!")
	h.watch(t)
	h.turn(5 * time.Second)
	h.watch(t)
	if l := h.line(); len(l.Recent.Lines) == 0 || l.Recent.Lines[len(l.Recent.Lines)-1].Text != "help!" {
		t.Errorf("the watch is blind: %v", l.Recent.Lines)
	}
}

// TestTheWatchRestsWhenAskedTo.
func TestTheWatchRestsWhenAskedTo(t *testing.T) {
	h := held(t)
	n := 0
	h.Providers = takeover.Providers{&limited{h.ai, &n}}
	h.turn(takeover.SyncTick)
	for range 11 {
		_ = h.SyncOnce(t.Context())
		h.turn(takeover.SyncTick)
	}
	if n != 1 {
		t.Errorf("%d list calls within a minute after 429 with Retry-After 60, want 1", n)
	}
}

// limited is an assistant that allows no lists for a minute.
type limited struct {
	*fakeProvider
	n *int
}

func (p *limited) Changes(context.Context, takeover.ProviderTime) (takeover.Listing, error) {
	*p.n++
	return takeover.Listing{}, &takeover.ProviderError{Provider: "Telnyx", Op: "list conversations", Kind: takeover.Limited, Status: 429, RetryAfter: time.Minute}
}

// TestAClockThatWasAnHourAhead for a moment, in which the takeover was proven or compared,
// keeps nothing from being looked at and proven again once it is right.
func TestAClockThatWasAnHourAhead(t *testing.T) {
	for name, proven := range map[string]bool{"when the takeover was proven": true, "when it was compared": false} {
		t.Run(name, func(t *testing.T) {
			h := newFixture(line(takeover.StateAI, ""))
			h.ai.writes("c1", takeover.RoleEndUser, "water")
			h.turn(time.Second)
			h.ai.bots = func() time.Time { return h.clock }
			wrong := func(do func()) {
				theirs := h.clock
				h.ai.now = func() time.Time { return theirs } // the provider's clock stays right
				h.turn(time.Hour)
				do()
				h.turn(-time.Hour)
				h.ai.now = func() time.Time { return h.clock }
			}
			take := func() {
				h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
				h.settle(t)
			}
			if proven {
				wrong(take)
			} else {
				take()
				wrong(func() { h.watch(t) })
			}
			h.turn(takeover.SyncTick)
			h.watch(t)
			h.turn(time.Second)
			if s := h.line().Silence(h.clock); s.Level == takeover.SilenceProven && s.AsOf.After(h.clock) {
				t.Errorf("silent as of %s, and it is %s", s.AsOf, h.clock)
			}
			h.turn(takeover.CompareEvery)
			h.watch(t)
			line, _ := h.store.Line(t.Context(), "ln_1")
			if s := line.Silence(h.clock); s.Level != takeover.SilenceProven || s.AsOf.After(h.clock) {
				t.Errorf("%s as of %s, and it is %s", s.Level, s.AsOf, h.clock)
			}
			h.turn(takeover.SyncTick)
			h.ai.writes("c2", takeover.RoleEndUser, "is anybody there?")
			h.watch(t)
			if l := h.line(); !l.Covers("c2") || !h.ai.flag["c2"] {
				t.Errorf("the new conversation is not silenced: %+v", l.Covered)
			}
		})
	}
}

// TestAFlagThatReadOtherwiseAnHourAhead is believed when it reads so again, and not an hour later.
func TestAFlagThatReadOtherwiseAnHourAhead(t *testing.T) {
	h := held(t)
	h.ai.flag["c1"] = false // another program
	h.turn(time.Hour)
	if err := h.CompareOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.turn(-time.Hour)
	if s := h.line().Silence(h.clock); s.Level == takeover.SilenceProven {
		t.Error("called silent although the flag read otherwise")
	}
	for range 2 {
		h.turn(takeover.SyncTick)
		h.watch(t)
	}
	if l := h.line(); l.State != takeover.StateAI || l.OutsideAt.IsZero() {
		t.Errorf("the line is %s", l.State)
	}
}

// TestTheSilenceWatchBeginsWithTheProof, however long silence could not be proven.
func TestTheSilenceWatchBeginsWithTheProof(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	h.turn(time.Second)
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.fail = []*takeover.ProviderError{failing(takeover.Failing, 500)}
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	h.turn(2 * time.Minute)
	h.settle(t)
	if l := h.line(); l.State != takeover.StateHeld {
		t.Fatal(l.State)
	}
	h.turn(3 * time.Second)
	h.ai.writes("c1", takeover.RoleAssistant, "A plumber is on the way")
	h.watch(t)
	if l := h.line(); l.Takeover.Spoke.At.IsZero() {
		t.Errorf("AI text %s after 'AI is silent (checked %s)' is not shown red", h.clock.Sub(l.Silence(h.clock).AsOf), l.Silence(h.clock).AsOf.Format("15:04:05"))
	}
}

// TestSeveralWordsOfTheAIAreSaidOnce: the thread shows them all, and the card the newest.
func TestSeveralWordsOfTheAIAreSaidOnce(t *testing.T) {
	h := held(t)
	h.turn(time.Second)
	h.ai.writes("c1", takeover.RoleAssistant, "first words")
	h.turn(time.Second)
	h.ai.writes("c1", takeover.RoleAssistant, "second words")
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs := h.store.jobs
	h.store.jobs = nil
	for _, j := range jobs {
		if f, ok := j.(takeover.FollowJob); ok && !f.From.After(h.clock) {
			if _, _, err := h.follow(t, f); err != nil {
				t.Fatal(err)
			}
		}
	}
	said := 0
	for _, j := range h.store.jobs {
		if s, ok := j.(takeover.SayJob); ok && s.Entry.Event == takeover.EventAISpoke {
			said++
		}
	}
	if said != 1 || h.line().Takeover.Spoke.Text != "second words" {
		t.Errorf("%d lines are said, and the card has %q", said, h.line().Takeover.Spoke.Text)
	}
}

// TestEarlierThanWhoeverHasItNow: by how much is counted from the click that took the line.
func TestEarlierThanWhoeverHasItNow(t *testing.T) {
	h := held(t)
	h.turn(20 * time.Minute)
	c := h.wish(takeover.TakeFrom, "UB", "from1")
	c.From, c.Note = "UA", "asleep"
	d := h.wish(takeover.TakeFrom, "UC", "from2")
	d.From, d.Note, d.At = "UA", "asleep", d.At.Add(time.Second)
	h.press(t, c)
	h.press(t, d)
	for _, j := range h.store.jobs {
		if tell, ok := j.(takeover.TellJob); ok && tell.Refusal.Earlier != time.Second {
			t.Errorf("UC is told: %s was faster, %s earlier; want 1s", tell.Refusal.Holder, tell.Refusal.Earlier)
		}
	}
}
