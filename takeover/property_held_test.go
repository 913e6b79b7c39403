package takeover_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"takeoverbot/takeover"
)

// TestHeldTakeovers runs random interleavings of operators who pass a line on, of new
// conversations, of an outside writer, of provider faults and of the clock.
func TestHeldTakeovers(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := &heldWorld{rt: rt, t: t, fixture: newFixture(line(takeover.StateAI, "")), offers: map[takeover.Ref]int{}, flipped: map[takeover.ConversationID]bool{}}
		w.ai.writes("c1", takeover.RoleEndUser, "hello")
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			w.step()
			w.check()
		}
	})
}

// heldWorld is a fixture with what must be true of it.
type heldWorld struct {
	*fixture
	rt    *rapid.T
	t     *testing.T
	keys  int
	convs int
	// flipped are the conversations whose AI somebody switched on outside, and the bot did
	// not see it yet.
	flipped map[takeover.ConversationID]bool
	offers  map[takeover.Ref]int // how often each offer was accepted
}

func (w *heldWorld) step() {
	w.turn(time.Duration(rapid.IntRange(1, 4000).Draw(w.rt, "ms")) * time.Millisecond)
	switch rapid.IntRange(0, 8).Draw(w.rt, "step") {
	case 0, 1, 2:
		w.click()
	case 3: // a settler, perhaps with a fault
		w.ai.fail = nil
		if rapid.Bool().Draw(w.rt, "fault") {
			w.ai.lands = rapid.Bool().Draw(w.rt, "lands")
			w.ai.fail = []*takeover.ProviderError{failing(rapid.SampledFrom([]takeover.ProviderErrorKind{takeover.NoAnswer, takeover.Refused, takeover.NotKept}).Draw(w.rt, "kind"), 0)}
		}
		_ = w.Settle(w.t.Context(), takeover.SettleJob{Line: "ln_1", Now: true})
		w.ai.fail = nil
	case 4: // somebody writes, perhaps in a new conversation
		if rapid.IntRange(0, 3).Draw(w.rt, "new") == 0 {
			w.convs++
		}
		role := rapid.SampledFrom([]takeover.Role{takeover.RoleEndUser, takeover.RoleAssistant, takeover.RoleOperator}).Draw(w.rt, "role")
		w.ai.writes(takeover.ConversationID(fmt.Sprint("c", w.convs+1)), role, "text")
	case 5, 6:
		if err := w.SyncOnce(w.t.Context()); err != nil {
			w.rt.Fatal(err)
		}
	case 7:
		w.turn(time.Duration(rapid.IntRange(0, 40).Draw(w.rt, "minutes")) * time.Minute)
		w.due(w.t)
	case 8:
		if w.line().State == takeover.StateHeld {
			id := rapid.SampledFrom(w.line().Covered).Draw(w.rt, "flip").ID
			w.ai.flag[id], w.flipped[id] = false, true
		}
	}
}

// click has somebody press something, at times twice.
func (w *heldWorld) click() {
	w.keys++
	c := w.wish(rapid.SampledFrom([]takeover.Verb{takeover.TakeOver, takeover.GiveBack, takeover.HandOff, takeover.Accept, takeover.Accept, takeover.Decline,
		takeover.Withdraw, takeover.TakeFrom, takeover.Extend, takeover.AcceptAll, takeover.HandOffAll, takeover.Active, takeover.Fine}).Draw(w.rt, "verb"), w.somebody("by"), fmt.Sprint("k", w.keys))
	c.To, c.From, c.Handoff, c.For = w.somebody("to"), w.line().Takeover.Holder, w.line().Takeover.Handoff.Ref, 15*time.Minute
	before := w.line()
	w.press(w.t, c)
	after := w.line()
	if before.Takeover.Holder != "" && after.Takeover.Holder != "" && before.Takeover.Holder != after.Takeover.Holder && before.State != takeover.StateReturning {
		w.passed(before, after, c)
	}
	again := after.Version
	w.press(w.t, c)
	if l := w.line(); l.Takeover.Holder != after.Takeover.Holder || l.State != after.State {
		w.rt.Fatalf("%s worked twice: %s by %s, then %s by %s (version %d, %d)", c.Verb, after.State, after.Takeover.Holder, l.State, l.Takeover.Holder, again, l.Version)
	}
}

func (w *heldWorld) somebody(label string) takeover.OperatorID {
	return rapid.SampledFrom([]takeover.OperatorID{"UA", "UB", "UC", "UD"}).Draw(w.rt, label)
}

// passed says who may get a line that somebody else holds.
func (w *heldWorld) passed(before, after takeover.Line, c takeover.Command) {
	switch {
	case c.Verb == takeover.TakeFrom && after.Takeover.Holder == c.By:
	case (c.Verb == takeover.Accept || c.Verb == takeover.AcceptAll) && before.Takeover.Handoff.To == c.By && after.Takeover.Holder == c.By:
		if w.offers[before.Takeover.Handoff.Ref]++; w.offers[before.Takeover.Handoff.Ref] > 1 {
			w.rt.Fatalf("offer %s accepted twice", before.Takeover.Handoff.Ref)
		}
	default:
		w.rt.Fatalf("%s by %s gave %s's line to %s", c.Verb, c.By, before.Takeover.Holder, after.Takeover.Holder)
	}
}

// check is what must hold at every moment.
func (w *heldWorld) check() {
	l := w.line()
	if !l.Taken() {
		clear(w.flipped) // the next takeover proves everything anew
	}
	if (l.State == takeover.StateAI) != (l.Takeover.Holder == "") {
		w.rt.Fatalf("state %s with holder %q", l.State, l.Takeover.Holder)
	}
	if l.Offered() && (!l.Taken() || l.Takeover.Handoff.To == l.Takeover.Holder) {
		w.rt.Fatalf("%s line of %s offered to %s", l.State, l.Takeover.Holder, l.Takeover.Handoff.To)
	}
	if l.Taken() && l.Takeover.Hold.NextAt.IsZero() {
		w.rt.Fatalf("a takeover without an end: %+v", l.Takeover.Hold)
	}
	for _, c := range l.Covered {
		if l.State == takeover.StateHeld && !w.ai.flag[c.ID] && !w.flipped[c.ID] {
			w.rt.Fatalf("called silent, but the flag of %s is off", c.ID)
		}
	}
}
