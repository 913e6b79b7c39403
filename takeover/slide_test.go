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
		l.Takeover.ClaimedAt, l.Covered[0].Before = claimed, takeover.ProviderTime(claimed)
		l.Takeover.Hold = takeover.Hold{For: rules.Hold, Until: claimed.Add(rules.Hold), Step: takeover.HoldAsked, NextAt: asked.Add(takeover.AskEvery)}
		now := asked.Add(2 * time.Minute)
		read := takeover.Transcript{Messages: []takeover.Message{{Role: takeover.RoleEndUser, Text: "hello?", At: takeover.ProviderTime(claimed.Add(c.said))}}}
		got := l.Read("c1", read, now).Line.Takeover.Hold
		if slid := got.Step == takeover.HoldRuns; slid != c.slides {
			t.Errorf("said %s: %+v", name, got)
		}
		if latest := now.Add(rules.Hold); got.Until.After(latest) {
			t.Errorf("said %s: held until %s, which is later than half an hour from now", name, got.Until)
		}
	}
}

// TestWhatWasAnsweredIsNotWaitedFor: the first reading after a hand-back may be the first
// of all. The AI owes an answer only to somebody who has none.
func TestWhatWasAnsweredIsNotWaitedFor(t *testing.T) {
	since := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	said := func(role takeover.Role, after time.Duration) takeover.Message {
		return takeover.Message{Role: role, Text: "words", At: takeover.ProviderTime(since.Add(after))}
	}
	for name, c := range map[string]struct {
		messages []takeover.Message
		waits    bool
	}{
		"answered long ago":    {[]takeover.Message{said(takeover.RoleEndUser, -time.Hour), said(takeover.RoleAssistant, -time.Hour)}, false},
		"a note for the AI":    {[]takeover.Message{said(takeover.RoleEndUser, -time.Minute), said(takeover.RoleNote, -time.Second)}, true},
		"answered by a person": {[]takeover.Message{said(takeover.RoleEndUser, -time.Minute), said(takeover.RoleOperator, -time.Second)}, false},
		"never answered":       {[]takeover.Message{said(takeover.RoleAssistant, -time.Hour), said(takeover.RoleEndUser, -time.Minute)}, true},
		"asked since then":     {[]takeover.Message{said(takeover.RoleAssistant, -time.Hour), said(takeover.RoleEndUser, time.Minute)}, true},
	} {
		l := line(takeover.StateAI, "")
		l.Aftercare, l.HandBack.LastAt = takeover.Aftercare{Since: since}, takeover.ProviderTime(since)
		got := l.Read("c1", takeover.Transcript{Messages: c.messages}, since.Add(2*time.Minute)).Line.Aftercare
		if c.waits == got.WaitsSince.IsZero() {
			t.Errorf("%s: waited for since %s, want %t", name, got.WaitsSince, c.waits)
		}
	}
}
