package takeover_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
)

// TestNeverTwoHoldersNeverUnprovenSilence runs random interleavings of operators,
// settlers and provider faults, with clicks that arrive in the middle of a write.
func TestNeverTwoHoldersNeverUnprovenSilence(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := newFixture(line(takeover.StateAI, ""))
		keys := 0
		click := func() takeover.Command {
			keys++
			h.clock = h.clock.Add(time.Duration(rapid.IntRange(0, 5000).Draw(rt, "ms")) * time.Millisecond)
			verb := rapid.SampledFrom([]takeover.Verb{takeover.TakeOver, takeover.TakeOver, takeover.GiveBack, takeover.TryAgain}).Draw(rt, "verb")
			by := rapid.SampledFrom([]takeover.OperatorID{"UA", "UB", "UC"}).Draw(rt, "by")
			return press(verb, by, fmt.Sprint("k", keys), h.clock)
		}
		var last takeover.Command
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			before := h.store.lines["ln_1"]
			switch rapid.IntRange(0, 5).Draw(rt, "step") {
			case 0, 1:
				last = click()
				h.press(t, last)
				checkHolder(rt, before, h.store.lines["ln_1"], last)
			case 2: // a second delivery changes nothing
				if last.Key != "" {
					h.press(t, last)
				}
			case 3, 4: // a settler, perhaps with a fault, perhaps with a click meanwhile
				h.ai.fail, h.ai.during = nil, nil
				if rapid.Bool().Draw(rt, "fault") {
					h.ai.lands = rapid.Bool().Draw(rt, "lands")
					h.ai.fail = []*takeover.ProviderError{failing(rapid.SampledFrom([]takeover.ProviderErrorKind{takeover.NoAnswer, takeover.Refused, takeover.NotKept, takeover.Limited}).Draw(rt, "kind"), 0)}
				} else if rapid.Bool().Draw(rt, "meanwhile") {
					h.ai.during = func() { h.ai.during = nil; h.press(t, click()) }
				}
				_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1", Now: rapid.Bool().Draw(rt, "now")})
			case 5:
				h.clock = h.clock.Add(time.Minute)
			}
			checkLine(rt, h)
		}
		// In the end everything settles: nothing wanted is lost.
		h.ai.fail, h.ai.during = nil, nil
		h.clock = h.clock.Add(time.Hour)
		if err := h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"}); err != nil {
			rt.Fatalf("does not settle: %v", err)
		}
		checkLine(rt, h)
		if l := h.store.lines["ln_1"]; l.State == takeover.StateTaking || l.State == takeover.StateReturning {
			rt.Fatalf("still %s after the provider is well", l.State)
		}
	})
}

// checkHolder says that a holder changes only from nobody, by the own click, or while
// the line is being given back.
func checkHolder(rt *rapid.T, before, after takeover.Line, c takeover.Command) {
	if before.Takeover.Holder == after.Takeover.Holder || before.Takeover.Holder == "" || before.State == takeover.StateReturning {
		return
	}
	rt.Fatalf("%s by %s took %s (%s) from %s", c.Verb, c.By, before.ID, before.State, before.Takeover.Holder)
}

// checkLine says what must hold at every moment.
func checkLine(rt *rapid.T, h *fixture) {
	l := h.store.lines["ln_1"]
	if l.State == takeover.StateHeld && !h.ai.flag["c1"] {
		rt.Fatalf("held, called silent, but the flag is off")
	}
	if (l.State == takeover.StateAI) != (l.Takeover.Holder == "") {
		rt.Fatalf("state %s with holder %q", l.State, l.Takeover.Holder)
	}
	if l.State == takeover.StateHeld && l.Trouble != nil {
		rt.Fatalf("held and in trouble")
	}
	claims := map[string]bool{}
	for _, e := range h.store.audit {
		if e.Event == takeover.EventClaimed {
			if claims[e.Key] {
				rt.Fatalf("claim %s twice in the audit", e.Key)
			}
			claims[e.Key] = true
		}
	}
}
