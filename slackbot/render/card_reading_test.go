package render

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func TestReadingCards(t *testing.T) {
	hidden := slacktest.With(slacktest.ReadingLine(), func(l *takeover.Line) {
		l.Recent.Lines, l.Recent.State, l.Recent.Why = nil, takeover.TranscriptHidden, "The transcript is hidden by permission (scope conversations:read_sensitive)."
		l.Can[takeover.CanRead] = takeover.Ability{Level: takeover.LevelSetUp, Reason: "x"}
		l.Can[takeover.CanWatch] = l.Can[takeover.CanRead]
	})
	ended := slacktest.With(slacktest.ReadingLine(), func(l *takeover.Line) {
		l.Newest.Status, l.Newest.Ended = "completed", true
		l.Can[takeover.CanWatch] = takeover.Ability{Level: takeover.LevelNo, Reason: "x"}
	})
	watched := slacktest.With(slacktest.WatchedLine(), func(l *takeover.Line) { l.Watch.Until = slacktest.Night.Add(time.Minute) })
	for name, tc := range map[string]struct {
		line           takeover.Line
		state, buttons string
		says           string // on the card
	}{
		"reading":         {slacktest.ReadingLine(), "AI is answering", "Watch, Transcript, ⋯", "cannot be silenced from outside"},
		"reading_watched": {watched, "AI is answering", "Stop watching, Transcript, ⋯", "watches until"},
		"reading_hidden":  {hidden, "AI is answering", "⋯", "hidden by permission (scope conversations:read_sensitive)"},
		"reading_ended":   {ended, "The conversation has ended (completed)", "Transcript, ⋯", "Night desk at Anyreach"},
		"reading_odd": {slacktest.With(ended, func(l *takeover.Line) {
			l.Newest.Status, l.Newest.AgentName = slacktest.HostileText, slacktest.HostileText
		}), "The conversation has ended (", "", "Anyreach"},
	} {
		t.Run(name, func(t *testing.T) {
			m := Card(tc.line)
			slacktest.Golden(t, "card/"+name+".json", slacktest.ShownJSON(t, m.Text, m.Blocks))
			checkMessage(t, m)
			if got := State(tc.line); !strings.HasPrefix(got, tc.state) {
				t.Errorf("state %q", got)
			}
			if got := buttonsOf(t, m); tc.buttons != "" && got != tc.buttons {
				t.Errorf("buttons %q, want %q", got, tc.buttons)
			}
			if raw := string(slacktest.ShownJSON(t, m.Text, m.Blocks)); !strings.Contains(raw, tc.says) || strings.Contains(raw, "Take over") || strings.Contains(raw, "no messages") {
				t.Errorf("card %s", raw)
			}
		})
	}
}
