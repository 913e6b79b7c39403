package takeover_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestTheHolderIsToldOfAWait once, a minute after the end user's words, unless they are answered.
func TestTheHolderIsToldOfAWait(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		then func(h *fixture, t *testing.T) // 50 seconds after the end user has written
		told bool                           // ten seconds later
	}{
		"no answer":         {func(*fixture, *testing.T) {}, true},
		"writes again":      {func(h *fixture, t *testing.T) { h.ai.writes("c1", takeover.RoleEndUser, "hello?"); h.watch(t) }, true},
		"the AI spoke":      {func(h *fixture, t *testing.T) { h.ai.writes("c1", takeover.RoleAssistant, "hi"); h.watch(t) }, true},
		"a person answered": {func(h *fixture, t *testing.T) { h.ai.writes("c1", takeover.RoleOperator, "hi"); h.watch(t) }, false},
		"a text was sent":   {func(h *fixture, t *testing.T) { h.step(t, takeover.Line.Replied) }, false},
		"a text was written": {func(h *fixture, t *testing.T) {
			h.step(t, func(l takeover.Line) takeover.Step { return l.Texted(h.wish(takeover.Say, "UA", "say"), "tx_1") })
		}, false},
		"handed back": {func(h *fixture, t *testing.T) { h.press(t, h.wish(takeover.GiveBack, "UA", "back")) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := held(t)
			h.turn(2 * time.Minute)
			h.ai.writes("c1", takeover.RoleEndUser, "the lamp!")
			h.watch(t)
			h.turn(50 * time.Second)
			tt.then(h, t)
			h.turn(10 * time.Second)
			for range 2 {
				if _, err := h.TakeDue(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			told := slices.DeleteFunc(slices.Clone(h.store.jobs), func(j takeover.Job) bool {
				d, ok := j.(takeover.DirectJob)
				return !ok || d.Entry.Event != takeover.EventReplyMissed || d.To != "UA"
			})
			if len(told) != 0 != tt.told || len(told) > 1 {
				t.Errorf("told: %+v", told)
			}
		})
	}
}

// TestWhatWasSaidBeforeIsNoWait for the holder: the end user was waiting for the AI.
func TestWhatWasSaidBeforeIsNoWait(t *testing.T) {
	t.Parallel()
	h := held(t)
	h.watch(t)
	if r := h.line().Takeover.Reply; r != (takeover.ReplyWait{}) {
		t.Errorf("%+v", r)
	}
}

// step stores a step of the line.
func (h *fixture) step(t *testing.T, decide func(takeover.Line) takeover.Step) {
	t.Helper()
	err := h.store.Change(t.Context(), func(ctx context.Context, tx takeover.Tx) error {
		return h.Follows(ctx, tx, decide(h.line()))
	})
	if err != nil {
		t.Fatal(err)
	}
}
