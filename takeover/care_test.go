package takeover_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// lost is a write that was not answered, and may take effect later.
func lost() *takeover.ProviderError {
	return &takeover.ProviderError{Provider: "Telnyx", Op: "write conversation", Kind: takeover.NoAnswer, MayLand: true}
}

// mayLand is a fixture whose line was handed back a moment ago, while a write that switches the AI
// of c1 off may still take effect. c2 is the newer conversation.
func mayLand(t *testing.T) *fixture {
	t.Helper()
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.fail = []*takeover.ProviderError{lost()}
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	h.turn(time.Second)
	h.ai.writes("c2", takeover.RoleEndUser, "in the kitchen")
	h.settle(t)
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	if l := h.line(); l.State != takeover.StateAI || h.ai.flag["c1"] || h.ai.flag["c2"] || covered(l, "c1").CareUntil.IsZero() {
		t.Fatalf("%s, flags %v, %+v", l.State, h.ai.flag, l.Covered)
	}
	return h
}

// TestALateWriteAfterAHandBack leaves no AI switched off, whatever happened between the hand-back
// and the write.
func TestALateWriteAfterAHandBack(t *testing.T) {
	for name, happens := range map[string]func(t *testing.T, h *fixture){
		"nothing": func(*testing.T, *fixture) {},
		"two comparisons by a replica whose clock is an hour ahead": func(t *testing.T, h *fixture) {
			ahead := newService(h.store, func() time.Time { return h.clock.Add(time.Hour) }, h.ai)
			for range 2 {
				clear(h.store.leases)
				if err := ahead.CompareOnce(t.Context()); err != nil {
					t.Fatal(err)
				}
				h.turn(takeover.SyncTick)
			}
		},
		"a search that found a newer conversation": func(t *testing.T, h *fixture) {
			h.turn(time.Second)
			h.ai.writes("c3", takeover.RoleEndUser, "hello?")
			h.searched(t)
		},
		"a search that found that the newest conversation has ended": func(t *testing.T, h *fixture) {
			h.ai.convs[0].Ended = true
			h.searched(t)
		},
		"an operator opened another conversation": func(t *testing.T, h *fixture) {
			h.store.known["ln_1/c0"] = true
			if _, _, err := h.Read(t.Context(), takeover.Reading{Line: "ln_1", Conversation: "c0", Opened: true}); err != nil {
				t.Fatal(err)
			}
		},
		"the AI of a newer conversation was switched off elsewhere": func(t *testing.T, h *fixture) {
			h.ai.flag["c2"] = true
			h.ticks(t, 3)
		},
		"the newer conversation was removed": func(_ *testing.T, h *fixture) {
			h.ai.convs = h.ai.convs[1:]
			h.Providers = takeover.Providers{without404{h.ai, "c2"}}
		},
		"a takeover that was given back": func(t *testing.T, h *fixture) {
			h.press(t, h.wish(takeover.TakeOver, "UA", "again"))
			h.settle(t)
			h.turn(time.Second)
			h.press(t, h.wish(takeover.GiveBack, "UA", "back again"))
			h.settle(t)
		},
		"a takeover after ten newer conversations, that was given back": func(t *testing.T, h *fixture) {
			for i := range takeover.CoveredMost {
				h.turn(time.Second)
				h.ai.writes(takeover.ConversationID("d"+string(rune('0'+i))), takeover.RoleEndUser, "hello")
				h.watch(t)
			}
			h.press(t, h.wish(takeover.TakeOver, "UA", "again"))
			h.settle(t)
			h.turn(time.Second)
			h.press(t, h.wish(takeover.GiveBack, "UA", "back again"))
			h.settle(t)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := mayLand(t)
			happens(t, h)
			h.turn(time.Minute)
			h.ai.flag["c1"] = true
			h.ticks(t, 6)
			if l := h.line(); h.ai.flag["c1"] || l.State != takeover.StateAI {
				t.Errorf("%s, the flag of c1 is %t, %+v", l.State, h.ai.flag["c1"], l.Covered)
			}
		})
	}
}

// TestAWriteByAClockBehind is looked after as long as any other.
func TestAWriteByAClockBehind(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.fail = []*takeover.ProviderError{lost()}
	behind := newService(h.store, func() time.Time { return h.clock.Add(-time.Hour) }, h.ai)
	_ = behind.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	for range 2 {
		h.turn(takeover.SyncTick)
		clear(h.store.leases)
		if err := behind.CompareOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	h.ticks(t, 12)
	h.ai.flag["c1"] = true
	h.ticks(t, 6)
	if l := h.line(); h.ai.flag["c1"] {
		t.Errorf("the flag of c1 is %t, %+v", h.ai.flag["c1"], l.Covered)
	}
}

// TestASettlerThatSleptPastItsLeaseForgetsNoWrite of the one who came after it.
func TestASettlerThatSleptPastItsLeaseForgetsNoWrite(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.during = func() {
		h.ai.during = nil
		h.turn(31 * time.Second)
		h.ai.fail = []*takeover.ProviderError{lost()}
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	}
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	if c := covered(h.line(), "c1"); c.CareUntil.Before(h.clock.Add(4 * time.Minute)) {
		t.Errorf("%s, and a write of now is looked after until %s: %+v", h.line().State, c.CareUntil, c)
	}
}

// TestComparisonsEndAfterAHandBack, also where the AI of a conversation is left as it was changed
// elsewhere, and where a conversation was removed.
func TestComparisonsEndAfterAHandBack(t *testing.T) {
	for name, happens := range map[string]func(h *fixture){
		"nothing happened":           func(*fixture) {},
		"switched off elsewhere":     func(h *fixture) { h.ai.flag["c1"] = true },
		"the conversation went away": func(h *fixture) { h.ai.convs, h.Providers = nil, takeover.Providers{without404{h.ai, "c1"}} },
	} {
		t.Run(name, func(t *testing.T) {
			h := handedBack(t)
			happens(h)
			saves := 0
			for began, version := h.clock, h.line().Version; h.clock.Sub(began) < 15*time.Minute; version = h.line().Version {
				h.ticks(t, 1)
				if h.line().Version != version {
					saves++
				}
			}
			if lists := h.ai.pairs.Load(); lists > 50 || saves > 6 {
				t.Errorf("%d lists, %d saves: in ten minutes about 22 and a few", lists, saves)
			}
			before := h.ai.pairs.Load()
			h.ticks(t, 60)
			if after := h.ai.pairs.Load(); after != before {
				t.Errorf("listed %d times more, a quarter of an hour later", after-before)
			}
		})
	}
}

// TestAStaleReadAfterAHandBack does not have the card say for ever that the AI is off.
func TestAStaleReadAfterAHandBack(t *testing.T) {
	h := handedBack(t)
	h.ai.flag["c1"] = true
	h.ticks(t, 12)
	if h.line().OffAt.IsZero() {
		t.Fatal("the card does not say that the AI is off")
	}
	h.ai.flag["c1"] = false
	h.ticks(t, 12)
	if at := h.line().OffAt; !at.IsZero() {
		t.Errorf("the AI is on, and the card says off, seen at %s", at)
	}
}

// without404 is a provider that does not know a conversation any more.
type without404 struct {
	*fakeProvider
	gone takeover.ConversationID
}

func (p without404) Silenced(ctx context.Context, id takeover.ConversationID) (bool, error) {
	if id == p.gone {
		return false, failing(takeover.Gone, 404)
	}
	return p.fakeProvider.Silenced(ctx, id)
}

// ticks lets n ticks pass, in which providers may fail.
func (h *fixture) ticks(t *testing.T, n int) {
	t.Helper()
	for range n {
		h.turn(takeover.SyncTick)
		clear(h.store.leases)
		_ = errors.Join(h.SyncOnce(t.Context()), h.CompareOnce(t.Context()))
		h.work(t)
	}
}

// searched has an operator search for the end user.
func (h *fixture) searched(t *testing.T) {
	t.Helper()
	q := takeover.Query{Field: takeover.FieldEndUser, Value: "+14155550137"}
	found, err := h.Find(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Remember(t.Context(), q, found.Conversations[:1], func(takeover.Conversation) takeover.Conversation { return found.Conversations[0] }); err != nil {
		t.Fatal(err)
	}
}
