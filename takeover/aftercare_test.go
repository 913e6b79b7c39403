package takeover_test

import (
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestAMissedAnswerIsNotForgotten, however late after the hand-back it was missed.
func TestAMissedAnswerIsNotForgotten(t *testing.T) {
	h := held(t)
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.settle(t)
	h.turn(29 * time.Minute)
	h.ai.writes("c1", takeover.RoleEndUser, "still dripping, when do you come?")
	h.watch(t)
	h.turn(takeover.AnswerTime + time.Second)
	if _, err := h.TakeDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := h.line(); !l.Aftercare.Missed {
		t.Fatalf("%+v", l.Aftercare)
	}
	h.turn(time.Second)
	if _, err := h.TakeDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if l := h.line(); !l.Aftercare.Missed {
		t.Errorf("one second after 'AI has not answered' the card forgets it: %+v", l.Aftercare)
	}
}

// TestANoteForTheAIAnswersNobody: a note that is read before the AI is proven to be on does
// not hide who waits.
func TestANoteForTheAIAnswersNobody(t *testing.T) {
	for _, note := range []string{"", "plumber at four"} {
		h := held(t)
		h.turn(time.Minute)
		h.ai.writes("c1", takeover.RoleEndUser, "when?")
		h.watch(t)
		h.turn(time.Second)
		c := h.wish(takeover.GiveBack, "UA", "back")
		c.Note = note
		h.press(t, c)
		h.ai.fail = []*takeover.ProviderError{failing(takeover.Failing, 500)}
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
		h.store.jobs = nil
		h.turn(time.Second)
		if note != "" {
			h.ai.writes("c1", takeover.RoleNote, note) // what Telnyx lists after Note
		}
		h.turn(5 * time.Second)
		h.watch(t)
		h.settle(t)
		n := len(h.store.audit)
		h.turn(takeover.AnswerTime + time.Second)
		h.due(t)
		if !slices.Contains(h.events(n), takeover.EventAnswerMissed) {
			t.Errorf("note %q: after %s nobody is told that the AI has not answered: %+v", note, takeover.AnswerTime, h.line().Aftercare)
		}
	}
}

// TestAnAnswerBeforeTheProofCounts: the AI may answer between the write and its proof.
func TestAnAnswerBeforeTheProofCounts(t *testing.T) {
	h := held(t)
	h.turn(time.Minute)
	h.ai.writes("c1", takeover.RoleEndUser, "when?")
	h.watch(t)
	h.turn(time.Second)
	h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
	h.ai.during = func() { // the write is in, its answer takes two seconds
		h.ai.during = nil
		h.ai.writes("c1", takeover.RoleEndUser, "hello?")
		h.turn(time.Second)
		h.ai.writes("c1", takeover.RoleAssistant, "At four o'clock")
		h.turn(time.Second)
	}
	h.settle(t)
	h.turn(5 * time.Second)
	h.watch(t)
	n := len(h.store.audit)
	h.turn(takeover.AnswerTime + time.Second)
	h.due(t)
	if slices.Contains(h.events(n), takeover.EventAnswerMissed) {
		t.Errorf("'AI has not answered' although it did")
	}
}

// TestAftercareFollowsANewConversation, in which the end user goes on after the hand-back.
func TestAftercareFollowsANewConversation(t *testing.T) {
	for _, answers := range []bool{true, false} {
		h := held(t)
		h.turn(20 * time.Minute)
		if answers {
			h.ai.writes("c1", takeover.RoleEndUser, "when?")
			h.watch(t)
			h.turn(time.Second)
		}
		h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
		h.settle(t)
		h.turn(5 * time.Second)
		h.ai.writes("c2", takeover.RoleEndUser, "thanks, and when?")
		if answers {
			h.turn(time.Second)
			h.ai.writes("c2", takeover.RoleAssistant, "At four")
		}
		h.store.jobs = nil
		if err := h.SyncOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		follows := 0
		for _, j := range h.store.jobs {
			if _, ok := j.(takeover.FollowJob); ok {
				follows++
			}
		}
		h.work(t)
		n := len(h.store.audit)
		h.turn(takeover.AnswerTime + 10*time.Second)
		h.due(t)
		missed := slices.Contains(h.events(n), takeover.EventAnswerMissed)
		if missed == answers || follows == 0 {
			t.Errorf("AI answers in the new conversation: %t; told that it has not: %t; its words are read: %t", answers, missed, follows > 0)
		}
	}
}

// TestWhoIsToldThatTheAIHasNotAnswered: the person who handed back, then the leads; the leads at
// once where the desk's rule handed back. A person's answer in between tells nobody any more.
func TestWhoIsToldThatTheAIHasNotAnswered(t *testing.T) {
	missed, leads := takeover.EventAnswerMissed, takeover.EventAnswerMissedLeads
	for name, tt := range map[string]struct {
		rule, answered bool
		want           []takeover.Event
	}{
		"a person handed back":                         {false, false, []takeover.Event{missed, leads}},
		"a person handed back, and another has phoned": {false, true, []takeover.Event{missed}},
		"the desk's rule handed back":                  {true, false, []takeover.Event{leads}},
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			if tt.rule {
				for h.line().State == takeover.StateHeld {
					h.turn(takeover.MaxHold)
					h.due(t)
				}
			} else {
				h.press(t, h.wish(takeover.GiveBack, "UA", "back"))
			}
			h.settle(t)
			h.turn(time.Second)
			h.ai.writes("c1", takeover.RoleEndUser, "when?")
			h.watch(t)
			n := len(h.store.audit)
			h.turn(takeover.AnswerTime + time.Second)
			h.due(t)
			if told := h.directs("UA") == 1; told == tt.rule {
				t.Errorf("UA was told: %t", told)
			}
			if tt.answered {
				h.ai.writes("c1", takeover.RoleOperator, "at four")
				h.watch(t)
			}
			for range 3 {
				h.turn(takeover.AskEvery)
				h.due(t)
			}
			if got := h.events(n); !slices.Equal(got, tt.want) {
				t.Errorf("told %q, want %q", got, tt.want)
			}
		})
	}
}
