package slackbot_test

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

// momentaryFaults are transient failures of Slack.
var momentaryFaults = map[string]slacksim.Fault{
	"503":             {Kind: slacksim.FaultUnavailable},
	"connection lost": {Kind: slacksim.FaultDropBeforeCommit},
	"limited":         {Kind: slacksim.FaultRateLimited, RetryAfter: time.Second},
}

// TestAPrivateAnswerIsTriedAgain: an acknowledged request is answered in spite of a transient
// failure of Slack.
func TestAPrivateAnswerIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range momentaryFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
			card := d.PutUp(desktest.HeldBy(slacksim.Dana))
			d.Slack.FailNext("chat.postEphemeral", 1, fault)
			got := d.Write(slacksim.Omar, card, "!seize")
			d.Told(slacksim.Omar, "There is no word", card.TS)
			d.Fine(d.Slack.Redeliver(t.Context(), got, true))
			d.Told(slacksim.Omar, "There is no word", card.TS)

			d.Slack.FailNext("response_url", 1, fault)
			d.Click(slacksim.Guest, card.Ref(), ids.HandBack)
			if _, text := d.Private(slacksim.Guest); !strings.Contains(text, "Guests can neither") {
				t.Errorf("told %q", text)
			}
		})
	}
}

// TestTheLogIsTriedAgain: its job comes back until Slack takes the answer.
func TestTheLogIsTriedAgain(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
	card := d.PutUp(desktest.HeldBy(slacksim.Dana))
	d.Write(slacksim.Omar, card, "!log")
	d.Slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	slacktest.WantLater(t, d.TryLast(), time.Second)
	d.WorkLast()
	d.Told(slacksim.Omar, "Now: ", card.TS)
}

// TestAnOpeningIsAnsweredAgain: after one failed call the operator still gets an answer; for an
// old request the thread is filled without it.
func TestAnOpeningIsAnsweredAgain(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, slacktest.LineIn(takeover.StateAI))
	d.Put(takeover.Open, func(c *takeover.Command) { c.At = time.Now() })
	d.Slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	slacktest.WantLater(t, d.TryLast(), time.Second)
	d.WorkLast()
	if _, text := d.Private(slacksim.Dana); !strings.Contains(text, "The card is") {
		t.Errorf("told %q", text)
	}
	d.Put(takeover.Open, func(c *takeover.Command) { c.Key, c.At = "old", time.Now().Add(-time.Hour) })
	d.Slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.WorkLast()
}

// TestAnAnswerWhereTheBotIsNot comes as a direct message.
func TestAnAnswerWhereTheBotIsNot(t *testing.T) {
	t.Parallel()
	for name, to := range map[string]func(*desktest.Desk) takeover.Reply{
		"the bot is no member": func(d *desktest.Desk) takeover.Reply {
			d.Slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
			return takeover.Reply{Channel: "C0ELSE"}
		},
		"a channel that is gone": func(*desktest.Desk) takeover.Reply { return takeover.Reply{Channel: "C0GONE"} },
		"archived": func(d *desktest.Desk) takeover.Reply {
			d.Slack.AddChannel(slacksim.Channel{ID: "C0OLD", Name: "old", Archived: true, Members: []string{slacksim.Dana, slacksim.BotUserID}})
			return takeover.Reply{Channel: "C0OLD"}
		},
		"the person has left": func(d *desktest.Desk) takeover.Reply {
			d.Slack.AddChannel(slacksim.Channel{ID: "C0LEFT", Name: "left", Members: []string{slacksim.BotUserID}})
			return takeover.Reply{Channel: "C0LEFT"}
		},
		"expired, and the bot is no member": func(d *desktest.Desk) takeover.Reply {
			d.Slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
			d.Slack.FailNext("response_url", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "expired_url"})
			return takeover.Reply{URL: strings.TrimSuffix(d.Slack.APIURL(), "/api/") + "/response/x", Channel: "C0ELSE"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
			d.Put(takeover.HandOff, func(c *takeover.Command) { c.Reply = to(d) })
			slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Omar}}))
			if got := d.Directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead may do that") {
				t.Errorf("told %q", got)
			}
		})
	}
}

// TestARefusalAfterABoxElsewhere: the modal was opened from a list in a channel where the bot
// is not a member.
func TestARefusalAfterABoxElsewhere(t *testing.T) {
	t.Parallel()
	d := desktest.New(t, desktest.HeldBy(slacksim.Dana))
	d.Slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
	d.Fine(d.Slack.SlashCommand(t.Context(), slacksim.Dana, "C0ELSE", "/takeover", "handoff"))
	list, _ := d.Private(slacksim.Dana)
	d.Click(slacksim.Dana, list.Ref(), ids.HandOff)
	d.Fine(d.Slack.Submit(t.Context(), slacksim.Dana, d.Slack.View(slacksim.Dana).ID, map[string]string{"to": slacksim.Omar}))
	slacktest.Must(t, d.Bot.Tell(t.Context(), takeover.TellJob{Command: int64(len(d.Backend.Stored())), Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Omar}}))
	if got := d.Directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead") {
		t.Errorf("told %q", got)
	}
}
