package write_test

import (
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestAnAlarmInTheChannelEnds: it says whom it is about, and once it has ended its buttons
// are gone and it says so, whichever comes first, the alarm or its end.
func TestAnAlarmInTheChannelEnds(t *testing.T) {
	t.Parallel()
	for _, overFirst := range []bool{false, true} {
		line := slacktest.With(slacktest.RanOut(takeover.HoldLeadsTold), func(l *takeover.Line) { l.Takeover.Holder = slacksim.Dana })
		d := desktest.New(t, line)
		card := d.Open(desktest.LineID)
		e := takeover.Entry{Key: "told", Line: desktest.LineID, At: slacktest.Night, Event: takeover.EventLeadsTold, Ref: line.Ref, Other: slacksim.Dana, Until: slacktest.Night}
		alarm := func() string {
			thread := d.Thread(card)
			return thread[len(thread)-1]
		}
		answer := func() takeover.Line {
			return d.Backend.Change(desktest.LineID, func(l *takeover.Line) { l.Takeover.Hold.Step = takeover.HoldRuns })
		}
		if overFirst {
			answer()
		}
		slacktest.Must(t, d.Bot.Say(t.Context(), takeover.SayJob{Entry: e}))
		if !overFirst {
			if got := alarm(); !strings.Contains(got, "For the desk's leads") || !strings.Contains(got, "•••• 0137") || !strings.Contains(got, "[Take from the holder …]") {
				t.Errorf("the alarm says %q", got)
			}
			slacktest.Must(t, d.Bot.Draw(t.Context(), takeover.DrawJob{Line: desktest.LineID, Version: answer().Version}))
		}
		if got := alarm(); !strings.HasPrefix(got, "The desk was told here that @Dana did not answer. That has ended") || strings.Contains(got, "[") {
			t.Errorf("when it has ended it says %q", got)
		}
	}
}
