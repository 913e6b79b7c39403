package write_test

import (
	"strings"
	"testing"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

func TestADraftIsSaidNotToBeSent(t *testing.T) {
	t.Parallel()
	l := slacktest.SpokeAfter("I have booked the plumber for 08:00. <!channel>")
	l.Recent.Lines[1].Text, l.Recent.Lines[1].At = l.Takeover.Spoke.Text, l.Takeover.Spoke.At
	l.Takeover.Spoke = takeover.Spoke{Until: l.Takeover.Spoke.At}
	d := desktest.New(t, l)
	card := d.Open(desktest.LineID)
	d.Backend.Change(desktest.LineID, func(now *takeover.Line) { now.Recent = slacktest.RecentOf(l.Recent.Lines) })
	e := takeover.Entry{Key: "click", Line: l.ID, At: slacktest.Night, Who: slacksim.Dana, Event: takeover.EventCorrectionAsked, Ref: "k7f2"}
	for range 2 {
		slacktest.Must(t, d.Bot.Draft(t.Context(), takeover.DraftJob{Entry: e, Said: "I have booked the plumber for 08:00. <!channel>"}))
	}
	thread := d.Thread(card)
	if len(thread) != 1 {
		t.Fatalf("the thread says %q", thread)
	}
	for _, want := range []string{"Draft, NOT sent.", "copy these words", "Please disregard the automatic message “I have booked the plumber for 08:00. <!channel>”."} {
		if !strings.Contains(thread[0], want) {
			t.Errorf("%q is not in %q", want, thread[0])
		}
	}
	if seen := desktest.CheckMessage(t, render.Draft(l, takeover.DraftJob{Entry: e})); !strings.Contains(strings.Join(seen.Texts, "\n"), "Please disregard the last automatic message.") {
		t.Errorf("%q", seen.Texts)
	}
	desktest.CheckMessage(t, render.Draft(l, takeover.DraftJob{Entry: e, Said: "<!channel>"}))
}

func TestADraftNeedsACard(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	slacktest.Must(t, d.Bot.Draft(t.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "click", Line: desktest.LineID, Event: takeover.EventCorrectionAsked}}))
	if calls := d.Slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}
