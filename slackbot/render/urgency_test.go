package render

import (
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestEveryRedCardIsDrawnFirst: what a card shows in red and how urgent it is are told in two
// packages, and have to agree.
func TestEveryRedCardIsDrawnFirst(t *testing.T) {
	t.Parallel()
	red := 0
	for name, l := range slacktest.Cards() {
		for _, now := range []time.Time{slacktest.Night, slacktest.Night.Add(time.Hour)} {
			switch urgent := l.Urgency(now) == takeover.UrgentAlarm; {
			case faceOf(l, now).red && !urgent:
				t.Errorf("%s is red, and drawn after others", name)
			case faceOf(l, now).red:
				red++
			case urgent && !l.Joining():
				t.Errorf("%s is urgent, and not red", name)
			}
		}
	}
	if red == 0 {
		t.Error("no card is red")
	}
}
