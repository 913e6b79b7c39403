package render

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestNoNameIsDrawnWithItsNumber: on the card, in lists, in boxes and on the Home.
func TestNoNameIsDrawnWithItsNumber(t *testing.T) {
	for _, name := range []string{"+1 (415) 555-0137", "Call from +14155550137"} {
		l := slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.Newest.Name, l.Newest.AgentName = name, name })
		for what, shown := range map[string]string{"a card": Who(l), "a lock screen": Card(l, slacktest.DrawnAt(l)).Text, "a Home": Home{}.who(l)} {
			if strings.Contains(takeover.Digits(shown), "4155550137") || !strings.Contains(shown, "•••• 0137") {
				t.Errorf("%s reads %q", what, shown)
			}
		}
	}
}
