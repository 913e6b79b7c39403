package render

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
)

func TestReadingCards(t *testing.T) {
	for name, tc := range map[string]struct {
		state, buttons string
		says           string // on the card
	}{
		"reading":         {"AI is answering", "Watch, Transcript, ⋯", "cannot be silenced from outside"},
		"reading_watched": {"AI is answering", "Stop watching, Transcript, ⋯", "watches until"},
		"reading_hidden":  {"AI is answering", "⋯", "hidden by permission (scope conversations:read_sensitive)"},
		"reading_ended":   {"The conversation has ended (completed)", "Transcript, ⋯", "Night desk at Anyreach"},
		"reading_odd":     {"The conversation has ended (", "Transcript, ⋯", "Anyreach"},
	} {
		t.Run(name, func(t *testing.T) {
			line := slacktest.Cards()[name]
			m := Card(line, slacktest.DrawnAt(line))
			if got := State(line, slacktest.DrawnAt(line)); !strings.HasPrefix(got, tc.state) {
				t.Errorf("state %q", got)
			}
			if got := buttonsOf(t, m); got != tc.buttons {
				t.Errorf("buttons %q, want %q", got, tc.buttons)
			}
			card := slacktest.ShownText(t, m.Text, m.Blocks)
			if !strings.Contains(card, tc.says) || strings.Contains(card, "Take over") || strings.Contains(card, "no messages") {
				t.Errorf("card %s", card)
			}
		})
	}
}
