package render

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// A phone call whose end nobody tells is not called live.
func TestCallThatMayBeOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ status, want, not string }{
		{"", "the call may be over", "AI is answering"},
		{"in_progress", "AI is answering", "may be over"},
	} {
		l := slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) {
			l.Newest.Channel, l.Newest.Status = takeover.ChannelCall, c.status
		})
		card := Card(l, slacktest.DrawnAt(l))
		if !strings.Contains(card.Text, ". "+State(l, slacktest.DrawnAt(l))+". ") || !strings.Contains(card.Text, c.want) || strings.Contains(card.Text, c.not) {
			t.Errorf("status %q: %s", c.status, card.Text)
		}
		buttons := card.Blocks[len(card.Blocks)-1].(*slack.ActionBlock).Elements.ElementSet
		if take := buttons[0].(*slack.ButtonBlockElement); take.Text.Text != "Take over" || (take.Style == slack.StylePrimary) != (c.status != "") {
			t.Errorf("status %q: button %q in style %q", c.status, take.Text.Text, take.Style)
		}
	}
}
