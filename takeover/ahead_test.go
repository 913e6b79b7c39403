package takeover_test

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// edit changes the stored line as a process whose clock went wrong would have.
func (h *fixture) edit(edit func(*takeover.Line)) {
	l := h.line()
	edit(&l)
	h.store.lines[l.ID] = l
}

// handedBack is a fixture whose line was handed back a moment ago.
func handedBack(t *testing.T) *fixture {
	t.Helper()
	h := held(t)
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	return h
}

// TestCareThatAClockDatedAheadEnds in its usual time, and the card names no later one.
func TestCareThatAClockDatedAheadEnds(t *testing.T) {
	t.Parallel()
	const most = 5 * time.Minute
	for name, h := range map[string]*fixture{"held": held(t), "handed back": handedBack(t)} {
		t.Run(name, func(t *testing.T) {
			h.edit(func(l *takeover.Line) { l.Covered[0].CareUntil = h.clock.Add(time.Hour + most) })
			began := h.clock
			for ; !h.line().Covered[0].CareUntil.IsZero() && h.clock.Sub(began) < 2*time.Hour; h.turn(takeover.SyncTick) {
				h.watch(t)
				if said := h.line().Silence(h.clock).MayChangeUntil; said.Sub(h.clock) > most {
					t.Fatalf("a write of now may take effect until %s later", said.Sub(h.clock))
				}
			}
			if took := h.clock.Sub(began); took < most || took > most+time.Minute {
				t.Errorf("care ended after %s", took)
			}
		})
	}
}

// TestAHandBackThatAClockDatedAhead is compared as often, and for as long, as any other.
func TestAHandBackThatAClockDatedAhead(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(h *fixture){
		"well": func(*fixture) {},
		"the hand-back": func(h *fixture) {
			h.edit(func(l *takeover.Line) { l.Since = h.clock.Add(time.Hour) })
		},
		"a comparison": func(h *fixture) { // by a replica whose clock is ahead for one tick
			h.turn(time.Hour)
			h.watch(t)
			h.turn(-time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := handedBack(t)
			edit(h)
			began, lists, last := h.clock, 0, h.clock
			for range 12 * 60 { // an hour
				h.turn(takeover.SyncTick)
				before := h.ai.pairs.Load()
				h.watch(t)
				if h.ai.pairs.Load() > before {
					lists, last = lists+1, h.clock
				}
			}
			if after := last.Sub(began); after < 9*time.Minute || after > 12*time.Minute {
				t.Errorf("compared for %s", after)
			}
			if lists < 18 || lists > 25 {
				t.Errorf("%d comparisons in ten minutes", lists)
			}
		})
	}
}

// TestAWatchThatAClockDatedAheadGoesOn within its usual interval, and ends in its time.
func TestAWatchThatAClockDatedAheadGoesOn(t *testing.T) {
	t.Parallel()
	for name, edit := range map[string]func(*takeover.Watch){
		"the next reading": func(w *takeover.Watch) { w.NextAt = w.NextAt.Add(time.Hour) },
		"all of it":        func(w *takeover.Watch) { w.NextAt, w.Until = w.NextAt.Add(time.Hour), w.Until.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := readOnly(t)
			h.press(t, press(takeover.Watching, "UA", "watch", noon))
			h.clock = noon
			h.readings()
			h.edit(func(l *takeover.Line) { edit(&l.Watch) })
			readings := 0
			for ; h.line().Watched() && h.clock.Sub(noon) < 2*time.Hour; h.turn(time.Second) {
				h.due(t)
				if readings += len(h.readings()); readings == 0 && h.clock.Sub(noon) > takeover.WatchEvery+time.Second {
					t.Fatal("not read")
				}
			}
			if passed := h.clock.Sub(noon); passed < takeover.WatchFor || passed > takeover.WatchFor+5*time.Second {
				t.Errorf("the watch lasted %s", passed)
			}
			if most := int(takeover.WatchFor/takeover.WatchEvery) + 1; readings > most {
				t.Errorf("%d readings in %s", readings, takeover.WatchFor)
			}
		})
	}
}

// TestADeskIsToldInTimeByAClockAhead: also of a takeover that a clock has dated ahead.
func TestADeskIsToldInTimeByAClockAhead(t *testing.T) {
	t.Parallel()
	l := line(takeover.StateTaking, "UA")
	l.Since = noon.Add(time.Hour)
	failing := &takeover.ProviderError{Provider: "Telnyx", Op: "read conversation", Kind: takeover.Failing, Status: 503}
	for after := time.Duration(0); after <= takeover.DeskPatience; after += takeover.DeskPatience {
		l = l.Failed(failing, noon.Add(after), noon.Add(after+time.Second)).Line
	}
	if l.Trouble == nil || !l.Trouble.DeskTold {
		t.Errorf("the desk was not told: %+v", l.Trouble)
	}
}
