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
	l.Recent[1].Text, l.Recent[1].At = l.Spoke.Text, l.Spoke.At
	l.Spoke = takeover.Spoke{Until: l.Spoke.At}
	d := newDesk(t, l)
	card := d.open(testLine)
	d.house.change(testLine, func(now *takeover.Line) { now.Recent = l.Recent })
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
