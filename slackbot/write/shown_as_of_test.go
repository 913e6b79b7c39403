package write_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// TestAllPlacesShowOneTimeOfTheCheck: the card, the lists, the Home and the answer to an opening show the same
// time of the check, although the line was compared since the card was drawn.
func TestAllPlacesShowOneTimeOfTheCheck(t *testing.T) {
	t.Parallel()
	drawn := time.Now().UTC().Add(-25 * time.Minute).Truncate(time.Second)
	l := slacktest.With(desktest.HeldBy(slacksim.Dana), func(l *takeover.Line) { l.Takeover.DrawnAsOf = drawn })
	d := desktest.New(t, l) // whose lines were compared just now
	keeping(d)
	card := d.Open(desktest.LineID)
	d.Ask(slacksim.Dana, "open")
	d.Ask(slacksim.Dana, "mine")
	d.Fine(d.Slack.OpenHome(t.Context(), slacksim.Dana))
	shows(d, slacksim.Dana, "Yours")
	told := d.Slack.Private(slacksim.Dana)
	if len(told) != 3 {
		t.Fatalf("%d private answers, want those of the opening and of two lists", len(told))
	}
	want := fmt.Sprintf("checked <!date^%d^", drawn.Unix())
	for place, text := range map[string]string{
		"the card": string(card.Blocks), "the answer": string(told[0].Blocks) + told[0].Text, "open": string(told[1].Blocks), "mine": string(told[2].Blocks),
		"the Home": string(d.Slack.Home(slacksim.Dana).Blocks),
	} {
		text = strings.NewReplacer(`\u003c`, "<", "&lt;", "<").Replace(text)
		if !strings.Contains(text, want) || strings.Count(text, "checked <!date") != strings.Count(text, want) {
			t.Errorf("%s does not show %s: %s", place, want, text)
		}
	}
}
