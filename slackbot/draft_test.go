package slackbot

import (
	"strings"
	"testing"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

func TestADraftIsSaidNotToBeSent(t *testing.T) {
	l := spokeAfter("I have booked the plumber for 08:00. <!channel>")
	l.Recent.Lines[1].Text, l.Recent.Lines[1].At = l.Takeover.Spoke.Text, l.Takeover.Spoke.At
	l.Takeover.Spoke = takeover.Spoke{Until: l.Takeover.Spoke.At}
	d := newDesk(t, l)
	card := d.open(testLine)
	d.house.change(testLine, func(now *takeover.Line) { now.Recent = recentOf(l.Recent.Lines) })
	e := takeover.Entry{Key: "click", Line: l.ID, At: night, Who: slacksim.Dana, Deed: takeover.DidCorrect, Ref: "k7f2"}
	for range 2 {
		slacktest.Must(t, d.bot.Draft(t.Context(), takeover.DraftJob{Entry: e, Said: "I have booked the plumber for 08:00. <!channel>"}))
	}
	thread := d.thread(card)
	if len(thread) != 1 {
		t.Fatalf("the thread says %q", thread)
	}
	for _, want := range []string{"Draft, NOT sent.", "copy these words", "Please disregard the automatic message “I have booked the plumber for 08:00. <!channel>”."} {
		if !strings.Contains(thread[0], want) {
			t.Errorf("%q is not in %q", want, thread[0])
		}
	}
	if got := correction(""); !strings.HasPrefix(got, "Please disregard the last automatic message.") {
		t.Errorf("%q", got)
	}
	checkMessage(t, draftMessage(l, takeover.DraftJob{Entry: e, Said: "<!channel>"}))
}

func TestADraftNeedsACard(t *testing.T) {
	d := newDesk(t, lineIn(takeover.StateAI))
	slacktest.Must(t, d.bot.Draft(t.Context(), takeover.DraftJob{Entry: takeover.Entry{Key: "click", Line: testLine, Deed: takeover.DidCorrect}}))
	if calls := d.slack.Calls(); len(calls) != 0 {
		t.Errorf("%+v", calls)
	}
}
