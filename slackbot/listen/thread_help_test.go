package listen

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

func TestThreadHelpKeepsToSlacksLimits(t *testing.T) {
	t.Parallel()
	help := threadHelp("There is no word “!x”: nothing was changed. These work here:", render.ThreadHead)
	slacktest.CheckMessage(t, help.Text, help.Blocks)
	hostile := slacktest.With(slacktest.LineIn(takeover.StateHeld), func(l *takeover.Line) { l.Recent.Lines[2].Text = "<!channel> *x* " + strings.Repeat("&", 300) })
	question := render.AskHandBack(hostile, takeover.Command{By: "U0OTHER"})
	slacktest.CheckMessage(t, question.Text, question.Blocks)
}
