package takeover_test

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

func offer(h *fixture, to takeover.OperatorID) takeover.Command {
	c := h.wish(takeover.HandOff, h.line().Takeover.Holder, "offer")
	c.To, c.Note = to, "leak above the kitchen"
	return c
}

func TestAHandoffWaitsForItsReceiver(t *testing.T) {
	answer := func(verb takeover.Verb, by takeover.OperatorID) func(*fixture) takeover.Command {
		return func(h *fixture) takeover.Command {
			c := h.wish(verb, by, "answer")
			c.Handoff = h.line().Takeover.Handoff.Ref
			return c
		}
	}
	for _, tt := range []struct {
		name    string
		answer  func(*fixture) takeover.Command
		holder  takeover.OperatorID
		pending bool
		refused takeover.RefusalKind
	}{
		{"accepted", answer(takeover.Accept, "UB"), "UB", false, ""},
		{"declined", answer(takeover.Decline, "UB"), "UA", false, ""},
		{"withdrawn", answer(takeover.Withdraw, "UA"), "UA", false, ""},
		{"accepted by somebody else", answer(takeover.Accept, "UC"), "UA", true, takeover.RefusedOver},
		{"accepted by the holder", answer(takeover.Accept, "UA"), "UA", true, takeover.RefusedOver},
		{"an older offer", func(h *fixture) takeover.Command {
			c := h.wish(takeover.Accept, "UB", "answer")
			c.Handoff = "old"
			return c
		}, "UA", true, takeover.RefusedOver},
		{"everything accepted", answer(takeover.AcceptAll, "UB"), "UB", false, ""},
		{"nothing to accept", answer(takeover.AcceptAll, "UC"), "UA", true, takeover.RefusedNothing},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := held(t)
			h.press(t, offer(h, "UB"))
			if l := h.line(); l.Takeover.Holder != "UA" || !l.Offered() {
				t.Fatalf("before the answer: %s, offered %t", l.Takeover.Holder, l.Offered())
			}
			if h.directs("UB") != 1 {
				t.Fatalf("the receiver was asked %d times", h.directs("UB"))
			}
			c := tt.answer(h)
			h.press(t, c)
			l := h.line()
			if l.Takeover.Holder != tt.holder || l.Offered() != tt.pending || l.State != takeover.StateHeld || !h.ai.flag["c1"] {
				t.Errorf("%s by %s, offered %t", l.State, l.Takeover.Holder, l.Offered())
			}
			if got := h.refused(); got != tt.refused {
				t.Errorf("refused %q, want %q", got, tt.refused)
			}
			if tt.pending {
				return
			}
			h.press(t, c) // worked again, it is not accepted twice
			if n := h.count(takeover.EventAccepted); n > 1 {
				t.Errorf("accepted %d times", n)
			}
		})
	}
}

// refused is the last private refusal.
func (h *fixture) refused() takeover.RefusalKind {
	var kind takeover.RefusalKind
	for _, j := range h.store.jobs {
		if tell, ok := j.(takeover.TellJob); ok {
			kind = tell.Refusal.Kind
		}
	}
	return kind
}

func (h *fixture) count(event takeover.Event) int {
	n := 0
	for _, d := range h.events(0) {
		if d == event {
			n++
		}
	}
	return n
}

func TestOnlyTheHolderHandsOff(t *testing.T) {
	h := held(t)
	c := offer(h, "UB")
	c.By = "UC"
	h.press(t, c)
	if got := h.refused(); got != takeover.RefusedHolderOnly || h.line().Offered() {
		t.Errorf("refused %q", got)
	}
	h.press(t, offer(h, "UA"))
	if got := h.refused(); got != takeover.RefusedSelf {
		t.Errorf("to oneself: %q", got)
	}
}

func TestTakeFromTellsTheHolder(t *testing.T) {
	h := held(t)
	h.press(t, offer(h, "UB"))
	c := h.wish(takeover.TakeFrom, "UC", "grab")
	c.From, c.Note = "UA", "Dana's phone is off"
	h.press(t, c)
	l := h.line()
	if l.Takeover.Holder != "UC" || l.Offered() || l.State != takeover.StateHeld {
		t.Fatalf("%s by %s", l.State, l.Takeover.Holder)
	}
	if h.directs("UA") == 0 {
		t.Error("the holder is not told")
	}
	last := h.store.audit[len(h.store.audit)-1]
	if last.Event != takeover.EventTakenFrom || last.Other != "UA" || last.Note != "Dana's phone is off" {
		t.Errorf("audit %+v", last)
	}
	stale := h.wish(takeover.TakeFrom, "UB", "late")
	stale.From = "UA"
	h.press(t, stale)
	if got := h.refused(); got != takeover.RefusedNotTheirs || h.line().Takeover.Holder != "UC" {
		t.Errorf("a box that showed another holder: %q, %s", got, h.line().Takeover.Holder)
	}
}

func TestAnOfferEndsWithTheTakeover(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *fixture){
		"handed back": func(t *testing.T, h *fixture) { h.press(t, h.wish(takeover.GiveBack, "UA", "back")) },
		"switched on outside": func(t *testing.T, h *fixture) {
			h.outside(t, "c1")
		},
		"lapsed": func(t *testing.T, h *fixture) {
			h.turn(31 * time.Minute)
			for range 4 {
				h.due(t)
				h.turn(takeover.AskEvery)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			h.press(t, offer(h, "UB"))
			h.store.jobs = nil
			ref := h.line().Takeover.Handoff.Ref
			end(t, h)
			if h.line().Offered() || h.count(takeover.EventWithdrawn) != 1 {
				t.Fatalf("still offered: %+v", h.line().Takeover.Handoff)
			}
			c := h.wish(takeover.Accept, "UB", "late")
			c.Handoff = ref
			h.press(t, c)
			if got := h.refused(); got != takeover.RefusedOver || h.line().Takeover.Holder == "UB" {
				t.Errorf("accepted what is over: %q, %s", got, h.line().Takeover.Holder)
			}
			for _, e := range h.store.audit {
				if e.Event == takeover.EventWithdrawn && e.Cause == "" {
					t.Errorf("it is not said what ended the offer: %+v", e)
				}
			}
		})
	}
}

// TestWhoAnswersAnOfferTooLateIsToldWhy: each case has its own words.
func TestWhoAnswersAnOfferTooLateIsToldWhy(t *testing.T) {
	take := func(l takeover.Line, verb takeover.Verb, by takeover.OperatorID, key string, edit func(*takeover.Command)) takeover.Step {
		c := press(verb, by, key, noon)
		c.To, c.Note = "UB", "x"
		c.Handoff = l.Takeover.Handoff.Ref
		if edit != nil {
			edit(&c)
		}
		return decide(l, c)
	}
	offered := take(line(takeover.StateHeld, "UA"), takeover.HandOff, "UA", "offer", nil).Line
	ref := offered.Takeover.Handoff.Ref
	for name, tt := range map[string]struct {
		line  takeover.Line
		by    takeover.OperatorID
		to    takeover.OperatorID
		event takeover.Event
		cause takeover.Event
	}{
		"it is another's":        {offered, "UC", "UB", "", ""},
		"accepted before":        {take(offered, takeover.Accept, "UB", "k", nil).Line, "UB", "", takeover.EventAccepted, ""},
		"declined before":        {take(offered, takeover.Decline, "UB", "k", nil).Line, "UB", "", takeover.EventDeclined, ""},
		"withdrawn":              {take(offered, takeover.Withdraw, "UA", "k", nil).Line, "UB", "", takeover.EventWithdrawn, ""},
		"taken by a third":       {take(offered, takeover.TakeFrom, "UC", "k", nil).Line, "UB", "", takeover.EventWithdrawn, takeover.EventTakenFrom},
		"offered anew":           {take(offered, takeover.HandOff, "UA", "k", func(c *takeover.Command) { c.To = "UC" }).Line, "UB", "UC", takeover.EventWithdrawn, takeover.EventOffered},
		"handed back":            {take(offered, takeover.GiveBack, "UA", "k", nil).Line, "UB", "", takeover.EventWithdrawn, takeover.EventHandedBack},
		"nothing was offered":    {line(takeover.StateHeld, "UA"), "UB", "", "", ""},
		"handed back long since": {line(takeover.StateAI, ""), "UB", "", "", ""},
	} {
		step := take(tt.line, takeover.Accept, tt.by, "late", func(c *takeover.Command) { c.Handoff = ref })
		r := step.Refusal
		if r == nil || r.Kind != takeover.RefusedOver || r.To != tt.to || r.Offer.Event != tt.event || r.Offer.Cause != tt.cause {
			t.Errorf("%s: %+v", name, r)
		}
	}
}
