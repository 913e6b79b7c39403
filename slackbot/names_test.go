package slackbot

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/transcript"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// TestNoNameIsShownWithItsNumber: in files and in hits.
func TestNoNameIsShownWithItsNumber(t *testing.T) {
	for _, name := range []string{"+1 (415) 555-0137", "Call from +14155550137"} {
		l := slacktest.With(slacktest.LineIn(takeover.StateAI), func(l *takeover.Line) { l.Newest.Name, l.Newest.AgentName = name, name })
		c := takeover.Conversation{Name: name, AgentName: name, EndUser: l.EndUser, Agent: l.Agent}
		for what, shown := range map[string]string{
			"a file": string(transcript.File(transcript.FileInfo{Line: l}, nil, time.UTC)),
			"a hit":  hitWho(takeover.Query{Field: takeover.FieldName}, c),
		} {
			if strings.Contains(typed.OnlyDigits(shown), "4155550137") || !strings.Contains(shown, "•••• 0137") {
				t.Errorf("%s reads %q", what, shown)
			}
		}
	}
}
