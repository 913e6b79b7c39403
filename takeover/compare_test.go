package takeover_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// selective is a provider that lists the conversations of some end users, or of a time, only.
type selective struct {
	*fakeProvider
	// list decides on a list of a pair's conversations; nil is the provider's own.
	list func(ctx context.Context, endUser takeover.Target, list takeover.Listing) (takeover.Listing, error)
	// changes decides on the list of what changed.
	changes func(list takeover.Listing) takeover.Listing
}

func (p *selective) Conversations(ctx context.Context, endUser, agent takeover.Target, n int) (takeover.Listing, error) {
	list, err := p.fakeProvider.Conversations(ctx, endUser, agent, n)
	if err != nil || p.list == nil {
		return list, err
	}
	return p.list(ctx, endUser, list)
}

func (p *selective) Changes(ctx context.Context, since takeover.ProviderTime) (takeover.Listing, error) {
	list, err := p.fakeProvider.Changes(ctx, since)
	if err == nil && p.changes != nil {
		list = p.changes(list)
	}
	return list, err
}

// without is a list without a conversation.
func without(list takeover.Listing, id takeover.ConversationID) takeover.Listing {
	list.Conversations = slices.DeleteFunc(list.Conversations, func(c takeover.Conversation) bool { return c.ID == id })
	return list
}

// TestUnreadableLinesStarveNobody: more lines than are compared in a tick cannot be read, and
// the one that can has its turn.
func TestUnreadableLinesStarveNobody(t *testing.T) {
	h := held(t)
	for i := range 25 {
		l := h.line()
		l.ID, l.EndUser = takeover.LineID(fmt.Sprintf("bad_%02d", i)), takeover.Target(fmt.Sprintf("+1650555%04d", i))
		h.store.lines[l.ID] = l
	}
	h.Providers = takeover.Providers{&selective{fakeProvider: h.ai, list: func(_ context.Context, endUser takeover.Target, list takeover.Listing) (takeover.Listing, error) {
		if endUser != "+14155550137" {
			return takeover.Listing{}, failing(takeover.NoAnswer, 0)
		}
		return list, nil
	}}}
	for range 132 { // eleven minutes
		h.turn(takeover.SyncTick)
		clear(h.store.leases)
		_ = h.CompareOnce(t.Context())
		l, _ := h.store.Line(t.Context(), "ln_1")
		if s := l.Silence(h.clock); s.Level != takeover.SilenceProven {
			t.Fatalf("after %s: %s as of %s", h.clock.Sub(noon), s.Level, s.AsOf)
		}
	}
	if bad := h.store.lines["bad_24"]; bad.Silence(h.clock).Level != takeover.SilenceUnchecked || !bad.Takeover.Doubt.DeskTold {
		t.Errorf("a line that cannot be read: %s, %+v", bad.Silence(h.clock).Level, bad.Takeover.Doubt)
	}
}

// TestAHangingComparisonDelaysNoLook for new conversations.
func TestAHangingComparisonDelaysNoLook(t *testing.T) {
	h := held(t)
	hangs, ends := make(chan struct{}), make(chan struct{})
	h.Providers = takeover.Providers{&selective{fakeProvider: h.ai, list: func(ctx context.Context, _ takeover.Target, _ takeover.Listing) (takeover.Listing, error) {
		close(hangs)
		<-ctx.Done()
		return takeover.Listing{}, ctx.Err()
	}}}
	h.turn(time.Minute)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		defer close(ends)
		_ = h.CompareOnce(ctx)
	}()
	<-hangs
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	if err := h.SyncOnce(t.Context()); err != nil {
		t.Error(err)
	}
	if l := h.line(); !l.Covers("c2") || l.State != takeover.StateTaking {
		t.Errorf("%s, %+v: the new conversation was not seen", l.State, l.Covered)
	}
	stop()
	<-ends
}

// TestAListThatFailsProvesNothing, also after a restart: what it would have shown is looked for
// until it was had.
func TestAListThatFailsProvesNothing(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.turn(time.Second)
	h.ai.writes("c2", takeover.RoleEndUser, "new") // the line does not know it
	h.Providers = takeover.Providers{&selective{fakeProvider: h.ai, list: func(context.Context, takeover.Target, takeover.Listing) (takeover.Listing, error) {
		return takeover.Listing{}, failing(takeover.Failing, 503)
	}}}
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	for range 5 {
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
		if l := h.line(); l.State != takeover.StateTaking || l.Silence(h.clock).Level != takeover.SilenceNotYet || !l.Trouble.Unlisted {
			t.Fatalf("%s, %s, %+v", l.State, l.Silence(h.clock).Level, l.Trouble)
		}
		h.turn(time.Minute)
	}
	if !h.ai.flag["c1"] {
		t.Error("what is known is not silenced while the list cannot be had")
	}
	h.Service = newService(h.store, h.now, h.ai) // another process
	h.settle(t)
	if l := h.line(); l.Silence(h.clock).Level != takeover.SilenceProven || !h.ai.flag["c2"] {
		t.Errorf("%s; c2 is silent: %t", l.Silence(h.clock).Level, h.ai.flag["c2"])
	}
}

// TestACutListLosesNothing: what is not in it is found by comparing each line at once.
func TestACutListLosesNothing(t *testing.T) {
	h := held(t)
	p := &selective{fakeProvider: h.ai, changes: func(list takeover.Listing) takeover.Listing {
		list = without(list, "c2")
		list.More = true
		return list
	}}
	h.Providers = takeover.Providers{p}
	h.turn(takeover.SyncTick)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.watch(t) // the look is cut; the comparisons that follow are not
	if l := h.line(); !l.Covers("c2") || !h.ai.flag["c2"] || l.Silence(h.clock).Level != takeover.SilenceProven {
		t.Errorf("%s, %+v", l.Silence(h.clock).Level, l.Covered)
	}
}

// TestAListThatIsNotStoredIsAskedForAgain: the cursor stays.
func TestAListThatIsNotStoredIsAskedForAgain(t *testing.T) {
	h := held(t)
	before := h.store.cursors[takeover.TurnPrefix+"Telnyx"]
	h.turn(takeover.SyncTick)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.store.conflict = 100
	clear(h.store.leases)
	err := h.SyncOnce(t.Context())
	if after := h.store.cursors[takeover.TurnPrefix+"Telnyx"]; err == nil || !after.Equal(before) {
		t.Errorf("%v; the cursor went from %s to %s", err, before, after)
	}
	h.store.conflict = 0
	h.turn(takeover.SyncTick)
	h.watch(t)
	if !h.line().Covers("c2") {
		t.Error("the conversation was never seen")
	}
}

// TestOneOddReadingEndsNothing: the card loses the word, and has it again.
func TestOneOddReadingEndsNothing(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.flag["c1"] = false
	h.watch(t)
	if l := h.line(); l.State != takeover.StateHeld || l.Silence(h.clock).Level != takeover.SilenceBroken {
		t.Fatalf("%s, %s", l.State, l.Silence(h.clock).Level)
	}
	h.ai.flag["c1"] = true
	h.turn(takeover.SyncTick)
	h.watch(t)
	l, err := h.store.Line(t.Context(), "ln_1")
	if err != nil || l.State != takeover.StateHeld || l.Silence(h.clock).Level != takeover.SilenceProven || slices.Contains(h.events(0), takeover.EventSwitchedOn) {
		t.Errorf("%s, %s, %v", l.State, l.Silence(h.clock).Level, h.events(0))
	}
}

// TestAComparisonAnnouncesAPhoneCall that the list of changes did not show.
func TestAComparisonAnnouncesAPhoneCall(t *testing.T) {
	h := held(t)
	h.turn(takeover.CompareEvery)
	h.ai.writes("call", takeover.RoleEndUser, "hello")
	h.ai.convs[0].Channel = takeover.ChannelCall
	for range 2 {
		clear(h.store.leases)
		if err := h.CompareOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.turn(takeover.SyncTick)
	}
	if n := h.count(takeover.EventCallSeen); n != 1 || h.line().State != takeover.StateHeld {
		t.Errorf("announced %d times, line %s", n, h.line().State)
	}
}
