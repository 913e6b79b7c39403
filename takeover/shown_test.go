package takeover_test

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestOneTimeOfTheCheckIsShown: the line is compared again and again, and what is shown of it says the time that
// its card says, until the card is drawn again.
func TestOneTimeOfTheCheckIsShown(t *testing.T) {
	h := held(t)
	l := h.line()
	drawn := l.Silence(h.clock).AsOf
	if got := l.Silence(h.clock).ShownAsOf; drawn.IsZero() || !got.Equal(drawn) {
		t.Errorf("the card was drawn as of %s, and %s is shown", drawn, got)
	}
	l.ComparedAt = h.clock.Add(40 * time.Second)
	s := l.Silence(h.clock.Add(time.Minute))
	if s.Level != takeover.SilenceProven || !s.AsOf.Equal(l.ComparedAt) || !s.ShownAsOf.Equal(drawn) {
		t.Errorf("compared later: %+v, want proven, and %s shown", s, drawn)
	}
	if err := h.store.Compared(t.Context(), l.ID, l.ComparedAt, time.Time{}); err != nil {
		t.Fatal(err)
	}
	h.turn(time.Minute)
	longer := h.wish(takeover.Extend, "UA", "longer")
	longer.For, longer.More = 30*time.Minute, true
	h.press(t, longer)
	compared := l.ComparedAt
	l, err := h.store.Line(t.Context(), l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := l.Silence(h.clock).ShownAsOf; !got.Equal(compared) {
		t.Errorf("the card was drawn again, and %s is shown, want %s", got, compared)
	}
	if s := l.Silence(h.clock.Add(time.Hour)); s.Level != takeover.SilenceUnchecked || !s.ShownAsOf.Equal(s.AsOf) {
		t.Errorf("not checked any more: %+v, want the last check shown", s)
	}
}
