package takeover_test

import (
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestOldWordsDoNotKeepTheHold: a conversation that is read late, after a restart or a bad
// night of the provider, tells of the past. What was said before the takeover does not
// answer the question whether its holder still needs it.
func TestOldWordsDoNotKeepTheHold(t *testing.T) {
	rules := takeover.Rules{Hold: 30 * time.Minute, SilenceWatch: time.Minute}
	claimed := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	asked := claimed.Add(31 * time.Minute)
	for name, c := range map[string]struct {
		said   time.Duration // after the takeover
		slides bool
	}{
		"an hour before":      {-time.Hour, false},
		"a moment before":     {-time.Second, false},
		"while it was held":   {20 * time.Minute, true},
		"after it was asked":  {32 * time.Minute, true},
		"ahead of our clock":  {40 * time.Minute, true},
		"in the first second": {time.Second, true},
	} {
		l := line(takeover.StateHeld, "UA")
		l.ClaimedAt = claimed
		l.Hold = takeover.Hold{For: rules.Hold, Until: claimed.Add(rules.Hold), Step: takeover.HoldAsked, NextAt: asked.Add(takeover.AskEvery)}
		now := asked.Add(2 * time.Minute)
		read := takeover.Transcript{Messages: []takeover.Message{{Role: takeover.RoleEndUser, Text: "hello?", At: claimed.Add(c.said)}}}
		got := l.Hear("c1", read, now, rules).Line.Hold
		if slid := got.Step == takeover.HoldRuns; slid != c.slides {
			t.Errorf("said %s: %+v", name, got)
		}
		if latest := now.Add(rules.Hold); got.Until.After(latest) {
			t.Errorf("said %s: held until %s, which is later than half an hour from now", name, got.Until)
		}
	}
}
