package takeover_test

import (
	"context"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// forgetful is a provider whose single readings fail.
type forgetful struct{ *fakeProvider }

func (p forgetful) Silenced(context.Context, takeover.ConversationID) (bool, error) {
	return false, failing(takeover.NoAnswer, 0)
}

// TestTheCardNamesATimeAtWhichAllWereSilent: the first of two conversations was silent before the
// second one was written. Where it cannot be read again, the older time would speak of a moment
// at which the AI answered in the second.
func TestTheCardNamesATimeAtWhichAllWereSilent(t *testing.T) {
	h := newFixture(line(takeover.StateAI, ""))
	h.ai.writes("c1", takeover.RoleEndUser, "old")
	h.turn(time.Minute)
	h.ai.writes("c2", takeover.RoleEndUser, "new")
	h.Providers = takeover.Providers{forgetful{h.ai}}
	h.press(t, h.wish(takeover.TakeOver, "UA", "take"))
	h.ai.during = func() { h.turn(time.Second) }
	_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
	if s := h.line().Silence(h.clock); s.Level != takeover.SilenceNotYet {
		t.Errorf("%s as of %s, although c1 was not read after c2 was written", s.Level, s.AsOf)
	}
	h.Providers = takeover.Providers{h.ai}
	h.turn(time.Minute)
	h.settle(t)
	if s := h.line().Silence(h.clock); s.Level != takeover.SilenceProven || s.AsOf.Before(h.clock.Add(-5*time.Second)) {
		t.Errorf("%s as of %s, want now", s.Level, s.AsOf)
	}
}

// TestAComparisonBeforeTheTakeoverProvesNothing of it, also where a clock that was far ahead has
// dated it in the future.
func TestAComparisonBeforeTheTakeoverProvesNothing(t *testing.T) {
	l := line(takeover.StateAI, "")
	l.ComparedAt = noon.Add(10 * time.Minute)
	l = takeover.Decide(l, press(takeover.TakeOver, "UA", "take", noon), takeover.Rules{Hold: time.Hour}).Line
	l.State, l.Takeover.ListedAt, l.Takeover.ProvenAt = takeover.StateHeld, noon, noon
	for i := range l.Covered {
		l.Covered[i].CheckedAt = noon
	}
	if s := l.Silence(noon.Add(9*time.Minute + 30*time.Second)); s.Level != takeover.SilenceUnchecked || !s.AsOf.Equal(noon) {
		t.Errorf("%s as of %s", s.Level, s.AsOf)
	}
	l.ComparedAt = noon.Add(9 * time.Minute)
	if s := l.Silence(noon.Add(9*time.Minute + 30*time.Second)); s.Level != takeover.SilenceProven || !s.AsOf.Equal(l.ComparedAt) {
		t.Errorf("compared during the takeover: %s as of %s", s.Level, s.AsOf)
	}
}

// TestAReadingThatAClockDatedAheadIsReadAgain, before the card says silent of all conversations.
func TestAReadingThatAClockDatedAheadIsReadAgain(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"": 0, "a minute ahead": time.Minute, "an hour ahead": time.Hour} {
		h := held(t)
		h.edit(func(l *takeover.Line) { l.Covered[0].CheckedAt = h.clock.Add(ahead) })
		h.turn(time.Second)
		h.ai.flag["c1"] = false // by another writer
		h.ai.writes("c2", takeover.RoleEndUser, "new")
		if err := h.SyncOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = h.Settle(t.Context(), takeover.SettleJob{Line: "ln_1"})
		if s := h.line().Silence(h.clock); s.Level == takeover.SilenceProven {
			t.Errorf("%s: %s as of %s, while the AI answers in c1", name, s.Level, s.AsOf)
		}
	}
}

// TestAClockAheadDatesNoProofInTheFuture: when that time comes, after an outage, the proof would
// count as fresh, and another writer may have switched the AI on meanwhile.
func TestAClockAheadDatesNoProofInTheFuture(t *testing.T) {
	for _, c := range []struct {
		ahead  time.Duration
		proven bool
	}{{0, true}, {20 * time.Second, true}, {2 * time.Minute, false}, {time.Hour, false}} {
		h := held(t)
		h.turn(takeover.CompareEvery + time.Second)
		ahead := newService(h.store, func() time.Time { return h.clock.Add(c.ahead) }, h.ai)
		clear(h.store.leases)
		if err := ahead.CompareOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
		compared := h.store.compared["ln_1"]
		if compared.IsZero() || compared.After(h.clock.Add(time.Minute)) {
			t.Errorf("a clock %s ahead dates a comparison %s ahead", c.ahead, compared.Sub(h.clock))
		}
		h.turn(c.ahead)
		l := h.line()
		l.ComparedAt = compared
		if got := l.Silence(h.clock).Level == takeover.SilenceProven; got != c.proven {
			t.Errorf("%s after a comparison by a clock that was as much ahead: proven %t", c.ahead, got)
		}
	}
}
