package listen_test

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/desktest"
	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
)

// TestAClickDoesNotWaitForSlack: it is stored and acknowledged before Slack has told who pressed,
// and it takes effect as soon as Slack does.
func TestAClickDoesNotWaitForSlack(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	card := d.Open(desktest.LineID)
	before, told := len(d.Backend.Stored()), len(d.Slack.Private(slacksim.Dana))
	d.Slack.SetLatency("users.info", 1300*time.Millisecond)
	began := time.Now()
	got := d.Slack.Click(t.Context(), slacksim.Dana, card.Ref(), ids.Take)
	if took := time.Since(began); !got.OK() || took > time.Second {
		t.Errorf("acknowledged %t after %s", got.OK(), took)
	}
	stored := d.Backend.Stored()
	if len(stored) != before+1 || stored[before].Verb != takeover.TakeOver || stored[before].Unchecked {
		t.Errorf("stored %+v", stored[before:])
	}
	if n := len(d.Slack.Private(slacksim.Dana)) - told; n > 0 {
		t.Errorf("%d private messages about a click that counts", n)
	}
}

// TestAnOutageOfUsersInfo: it stops no person whom the bot knows, and those whom it does not know
// learn what their click waits for.
func TestAnOutageOfUsersInfo(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	now := time.Now()
	deps := d.Deps()
	deps.Now = func() time.Time { return now }
	d.Bot = desktest.NewBot(d.Config, deps)
	card := d.Open(desktest.LineID)
	slacktest.Must(t, d.Bot.Listener.People.Ask(t.Context(), slacksim.Dana))
	before := len(d.Backend.Stored())
	now = now.Add(29 * 24 * time.Hour)
	d.Slack.FailNext("users.info", 1000, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.Click(slacksim.Dana, card.Ref(), ids.Take)
	if n := len(d.Backend.Stored()) - before; n != 1 {
		t.Errorf("%d commands of a person who is known took effect, want 1", n)
	}
	d.Click(slacksim.Omar, card.Ref(), ids.Take)
	if n := len(d.Backend.Stored()) - before; n != 1 {
		t.Errorf("a person who is not known acts: %d commands took effect", n)
	}
	if _, text := d.Private(slacksim.Omar); !strings.Contains(text, "is stored, and takes effect as soon as Slack answers") {
		t.Errorf("told %q", text)
	}
	d.Slack.ClearFaults()
	d.Click(slacksim.Omar, card.Ref(), ids.Take)
	if n := len(d.Backend.Stored()) - before; n != 3 {
		t.Errorf("%d commands took effect once Slack answers, want 3", n)
	}
}
