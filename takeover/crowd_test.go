package takeover_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// crowd is a fixture with n lines that UA holds, all proven now.
func crowd(t *testing.T, n int) *fixture {
	t.Helper()
	h := held(t)
	for i := range n - 1 {
		l := clone(h.line())
		l.ID = takeover.LineID(fmt.Sprintf("ln_crowd%d", i))
		l.EndUser = takeover.Target(fmt.Sprintf("+1%03d5550%03d", 200+i/1000, i%1000))
		l.Newest.ID = takeover.ConversationID(fmt.Sprintf("crowd%d", i))
		l.Covered[0].ID = l.Newest.ID
		h.store.lines[l.ID] = l
		h.ai.flag[l.Newest.ID] = true
	}
	return h
}

// compared lets a tick pass in which lines are compared, and returns the lines that are drawn
// because of it.
func (h *fixture) compared(t *testing.T) (drawn []takeover.LineID) {
	t.Helper()
	h.turn(takeover.SyncTick)
	clear(h.store.leases)
	_ = h.CompareOnce(t.Context()) // what it could not compare is in the lines
	for _, j := range h.store.jobs {
		if d, ok := j.(takeover.DrawJob); ok {
			drawn = append(drawn, d.Line)
		}
	}
	h.store.jobs = nil
	return drawn
}

// TestACrowdTakesTurns: with more lines than the ticks of a minute can compare, proofs grow older
// than a minute. That alone draws no card and says nothing in a thread: Slack's limit is for
// what changed.
func TestACrowdTakesTurns(t *testing.T) {
	t.Parallel()
	const lines = 400 // 20 ticks for all: 100 s
	h := crowd(t, lines)
	said := len(h.store.audit)
	for range 3 * lines / 20 {
		if drawn := h.compared(t); len(drawn) > 0 {
			t.Fatalf("%d cards are drawn although nothing changed", len(drawn))
		}
	}
	oldest := h.clock
	for id := range h.store.lines {
		l, err := h.store.Line(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if at := l.Silence(h.clock).AsOf; at.Before(oldest) {
			oldest = at
		}
	}
	if age := h.clock.Sub(oldest); age > lines/20*takeover.SyncTick+2*takeover.SyncTick {
		t.Errorf("the oldest proof is of %s ago: a line is starved", age)
	}
	if got := len(h.store.audit); got != said {
		t.Errorf("%d entries, want %d", got, said)
	}
}

// TestACardThatShowsAnOldProofIsDrawnAgain: a card that is drawn while the line waits for its turn
// says "not checked since". The line has its turn next, and the card is drawn when it was checked.
func TestACardThatShowsAnOldProofIsDrawnAgain(t *testing.T) {
	t.Parallel()
	h := crowd(t, 400)
	said := func() int { return len(h.store.audit) }
	for h.clock.Sub(h.silence(t).AsOf) < 75*time.Second {
		h.compared(t)
	}
	h.press(t, h.wish(takeover.Refresh, "UA", "refresh"))
	if level := h.silence(t).Level; level != takeover.SilenceUnchecked {
		t.Fatalf("the card says %s", level)
	}
	h.store.jobs = nil
	before := said()
	if drawn := h.compared(t); !slices.Equal(drawn, []takeover.LineID{"ln_1"}) {
		t.Errorf("drawn after the next tick: %v", drawn)
	}
	if level := h.silence(t).Level; level != takeover.SilenceProven {
		t.Errorf("the card says %s", level)
	}
	if said() != before {
		t.Error("the thread tells of a check that nobody missed")
	}
}

// silence is what is known of the fixture's line.
func (h *fixture) silence(t *testing.T) takeover.Silence {
	t.Helper()
	l, err := h.store.Line(t.Context(), "ln_1")
	if err != nil {
		t.Fatal(err)
	}
	return l.Silence(h.clock)
}
