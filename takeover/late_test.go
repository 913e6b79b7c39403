package takeover_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// sleeper is a provider whose caller sleeps once, before it may write or before its write is on
// its way.
type sleeper struct {
	*fakeProvider
	before, after func()
}

func (p *sleeper) Silence(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return p.change(ctx, id, known, p.slept(keep), true)
}

func (p *sleeper) Release(ctx context.Context, id takeover.ConversationID, known takeover.Snapshot, keep takeover.Keep) (takeover.Proof, error) {
	return p.change(ctx, id, known, p.slept(keep), false)
}

func (p *sleeper) slept(keep takeover.Keep) takeover.Keep {
	return func(ctx context.Context, b takeover.Before) error {
		p.once(&p.before)
		err := keep(ctx, b)
		if err == nil {
			p.once(&p.after)
		}
		return err
	}
}

func (p *sleeper) once(f *func()) {
	if do := *f; do != nil {
		*f = nil
		do()
	}
}

// TestASettlerThatSleptPastItsLease: another one has worked the opposite wish meanwhile. It does
// not write where it looks at its lease after that; where the write went out later all the same,
// it is put right, and the thread says so.
func TestASettlerThatSleptPastItsLease(t *testing.T) {
	for _, tt := range []struct {
		name      string
		takes     bool // the sleeper takes over, and the other one hands back
		sent      bool // it sleeps between its look at the lease and its write
		lateWrite bool
	}{
		{"a takeover, before the look", true, false, false},
		{"a takeover, after the look", true, true, true},
		{"a hand-back, before the look", false, false, false},
		{"a hand-back, after the look", false, true, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newFixture(line(takeover.StateAI, ""))
			h.ai.writes("c1", takeover.RoleEndUser, "water")
			first, second := h.wish(takeover.TakeOver, "UA", "one"), takeover.GiveBack
			if !tt.takes {
				h = held(t)
				first, second = h.wish(takeover.GiveBack, "UA", "one"), takeover.TakeOver
			}
			p := &sleeper{fakeProvider: h.ai}
			sleep := func() {
				h.turn(31 * time.Second)
				h.press(t, h.wish(second, "UB", "two"))
				h.settle(t)
				if got := h.ai.flag["c1"]; got == tt.takes {
					t.Errorf("the second settler left the flag at %t", got)
				}
			}
			if tt.sent {
				p.after = sleep
			} else {
				p.before = sleep
			}
			h.Providers = takeover.Providers{p}
			h.press(t, first)
			_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
			if wrote := h.ai.flag["c1"] == tt.takes; wrote != tt.lateWrite {
				t.Fatalf("the sleeper wrote: %t", wrote)
			}
			for range 4 {
				h.turn(takeover.SyncTick)
				h.watch(t)
			}
			if said := slices.Contains(h.events(0), takeover.EventLateWrite); said != tt.lateWrite || h.ai.flag["c1"] == tt.takes {
				t.Errorf("said: %t; the flag is %t; %v", said, h.ai.flag["c1"], h.events(0))
			}
			if slices.Contains(h.events(0), takeover.EventSwitchedOn) {
				t.Error("the bot took its own write for another writer's")
			}
		})
	}
}

// TestAConversationThatJoinsDuringAnAttempt is not wiped out by what the attempt brings back,
// also where the attempt's own list does not show it yet.
func TestAConversationThatJoinsDuringAnAttempt(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.Providers = takeover.Providers{&selective{fakeProvider: h.ai, list: func(_ context.Context, _ takeover.Target, list takeover.Listing) (takeover.Listing, error) {
		return without(list, "c2"), nil
	}}}
	h.ai.during = func() {
		h.ai.during = nil
		h.ai.writes("c2", takeover.RoleEndUser, "new")
		if err := h.SyncOnce(t.Context()); err != nil {
			t.Error(err)
		}
	}
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.store.cursors[takeover.TurnPrefix+"Telnyx"] = takeover.ProviderTime(noon) // as where another line is held
	h.settle(t)
	if l := h.line(); !l.Covers("c1") || !l.Covers("c2") || !h.ai.flag["c1"] || !h.ai.flag["c2"] || l.Silence(h.clock).Level != takeover.SilenceProven {
		t.Errorf("%s; c1 %t, c2 %t, %+v", l.Silence(h.clock).Level, h.ai.flag["c1"], h.ai.flag["c2"], l.Covered)
	}
}

// TestALateWriteIsPutRightAfterAHandBack, and looked for until the write's time has passed.
func TestALateWriteIsPutRightAfterAHandBack(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "water")
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.fail = []*takeover.ProviderError{{Provider: "Telnyx", Op: "write conversation", Kind: takeover.NoAnswer, MayLand: true}}
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	if l := h.line(); l.State != takeover.StateAI || h.ai.flag["c1"] {
		t.Fatalf("%s, flag %t", l.State, h.ai.flag["c1"])
	}
	for at := time.Duration(0); at < 8*time.Minute; at += takeover.SyncTick {
		if at == 110*time.Second {
			h.ai.flag["c1"] = true
		}
		h.turn(takeover.SyncTick)
		h.watch(t)
	}
	if l := h.line(); h.ai.flag["c1"] || l.State != takeover.StateAI || !slices.Contains(h.events(0), takeover.EventLateWrite) {
		t.Errorf("%s, flag %t, %v", l.State, h.ai.flag["c1"], h.events(0))
	}
	if c := covered(h.line(), "c1"); !c.CareUntil.IsZero() {
		t.Errorf("still looked after: %+v", c)
	}
}
