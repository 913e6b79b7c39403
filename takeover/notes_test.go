package takeover_test

import (
	"slices"
	"strings"
	"testing"

	"takeoverbot/takeover"
)

// note has an operator note something for the AI.
func (h *fixture) note(t *testing.T, by takeover.OperatorID, words string) {
	t.Helper()
	c := h.wish(takeover.Remark, by, "note "+words)
	c.Origin, c.Note = takeover.FromWord, words
	h.press(t, c)
}

// TestWhatWasNotedReachesTheAI: however the line is handed back.
func TestWhatWasNotedReachesTheAI(t *testing.T) {
	for name, tt := range map[string]struct {
		act  func(*testing.T, *fixture)
		want string
	}{
		"by a word": {func(t *testing.T, h *fixture) {
			c := h.wish(takeover.GiveBack, "UA", "back")
			c.Origin, c.AskFirst = takeover.FromWord, true
			h.press(t, c)
		}, "boiler is reset\nkey is at the desk"},
		"by a word with more words": {func(t *testing.T, h *fixture) {
			c := h.wish(takeover.GiveBack, "UA", "back")
			c.Origin, c.AskFirst, c.Note = takeover.FromWord, true, " plumber at four "
			h.press(t, c)
		}, "boiler is reset\nkey is at the desk\nplumber at four"},
		"by the box, whose text is what counts": {func(t *testing.T, h *fixture) {
			c := h.wish(takeover.GiveBack, "UA", "back")
			c.Origin, c.Note = takeover.FromModal, "only this"
			h.press(t, c)
		}, "only this"},
		"by the desk's rule": {func(t *testing.T, h *fixture) {
			for range 4 {
				h.turn(takeover.MaxHold)
				h.due(t)
			}
		}, "boiler is reset\nkey is at the desk"},
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			h.note(t, "UA", "boiler is reset")
			h.note(t, "UB", "key is at the desk")
			tt.act(t, h)
			if l := h.line(); l.State != takeover.StateReturning || l.HandBack.Note != tt.want {
				t.Errorf("%s with the note %q, want %q", l.State, l.HandBack.Note, tt.want)
			}
		})
	}
}

// TestWhatWasTypedBehindAWordIsKeptForTheBox that the word's question opens, once.
func TestWhatWasTypedBehindAWordIsKeptForTheBox(t *testing.T) {
	h := held(t)
	h.note(t, "UA", "boiler is reset")
	for _, key := range []string{"back", "back again"} {
		c := h.wish(takeover.GiveBack, "UB", key)
		c.Origin, c.AskFirst, c.Note = takeover.FromWord, true, "the window is open"
		h.press(t, c)
	}
	if l := h.line(); l.State != takeover.StateHeld || !slices.Equal(l.Takeover.Notes, []string{"boiler is reset", "the window is open"}) {
		t.Errorf("%s with %q", l.State, l.Takeover.Notes)
	}
}

// TestNotesThatDoNotFitAreRefused, instead of older ones being dropped.
func TestNotesThatDoNotFitAreRefused(t *testing.T) {
	l := line(takeover.StateHeld, "UA")
	l.Takeover.Notes = []string{strings.Repeat("é", takeover.MaxNote-5)}
	for verb, origin := range map[takeover.Verb]takeover.Origin{takeover.Remark: takeover.FromWord, takeover.GiveBack: takeover.FromWord} {
		c := press(verb, "UA", "k", noon)
		c.Origin, c.AskFirst, c.Note = origin, true, "five!"
		if step := decide(l, c); step.Save || step.Refusal == nil || step.Refusal.Kind != takeover.RefusedFull {
			t.Errorf("%s: %+v", verb, step.Refusal)
		}
		c.Note = "four"
		if step := decide(l, c); !step.Save || step.Refusal != nil {
			t.Errorf("%s: %+v", verb, step.Refusal)
		}
	}
}

// TestANoteThatTheAIDidNotGetIsNotForgotten where the line is taken over again before it was
// handed back.
func TestANoteThatTheAIDidNotGetIsNotForgotten(t *testing.T) {
	h := held(t)
	c := h.wish(takeover.GiveBack, "UA", "back")
	c.Origin, c.Note = takeover.FromModal, "plumber at four"
	h.press(t, c)
	h.press(t, h.wish(takeover.TakeOver, "UB", "take again"))
	if l := h.line(); l.State != takeover.StateTaking || !slices.Equal(l.Takeover.Notes, []string{"plumber at four"}) {
		t.Errorf("%s with %q", l.State, l.Takeover.Notes)
	}
}

// TestTheHolderIsToldThatTheAIDidNotGetTheNotes where the AI was switched on outside Slack.
func TestTheHolderIsToldThatTheAIDidNotGetTheNotes(t *testing.T) {
	h := held(t)
	h.note(t, "UA", "boiler is reset")
	n := len(h.store.audit)
	h.outside(t, "c1")
	i := slices.IndexFunc(h.store.audit[n:], func(e takeover.Entry) bool { return e.Event == takeover.EventSwitchedOn })
	if i < 0 || h.store.audit[n+i].Note != "boiler is reset" {
		t.Errorf("%+v", h.store.audit[n:])
	}
}
