package slackbot

import (
	"strings"
	"testing"
	"time"

	"takeoverbot/internal/slacksim"
	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/ids"
	"takeoverbot/takeover"
)

// momentaryFaults are what Slack fails with for a moment.
var momentaryFaults = map[string]slacksim.Fault{
	"503":             {Kind: slacksim.FaultUnavailable},
	"connection lost": {Kind: slacksim.FaultDropBeforeCommit},
	"limited":         {Kind: slacksim.FaultRateLimited, RetryAfter: time.Second},
}

// TestAPrivateAnswerIsTriedAgain: what was acknowledged is answered, although Slack fails
// for a moment.
func TestAPrivateAnswerIsTriedAgain(t *testing.T) {
	for name, fault := range momentaryFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, heldBySim(slacksim.Dana))
			card := d.putUp(heldBySim(slacksim.Dana))
			d.slack.FailNext("chat.postEphemeral", 1, fault)
			got := d.write(slacksim.Omar, card, "!seize")
			d.told(slacksim.Omar, "There is no word", card.TS)
			d.fine(d.slack.Redeliver(t.Context(), got, true))
			d.told(slacksim.Omar, "There is no word", card.TS)

			d.slack.FailNext("response_url", 1, fault)
			d.click(slacksim.Guest, card.Ref(), ids.HandBack)
			if _, text := d.private(slacksim.Guest); !strings.Contains(text, "Guests can neither") {
				t.Errorf("told %q", text)
			}
		})
	}
}

// TestTheLogIsTriedAgain by its job, however long Slack fails.
func TestTheLogIsTriedAgain(t *testing.T) {
	d := newDesk(t, heldBySim(slacksim.Dana))
	card := d.putUp(heldBySim(slacksim.Dana))
	d.write(slacksim.Omar, card, "!log")
	d.slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	slacktest.WantLater(t, d.tryLast(), slackFirst)
	d.workLast()
	d.told(slacksim.Omar, "Now: ", card.TS)
}

// TestAnOpeningIsAnsweredAgain: one call that failed does not leave the asker without an
// answer; an old request does not keep the thread waiting.
func TestAnOpeningIsAnsweredAgain(t *testing.T) {
	d := newDesk(t, slacktest.LineIn(takeover.StateAI))
	d.put(takeover.Open, func(c *takeover.Command) { c.At = time.Now() })
	d.slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	slacktest.WantLater(t, d.tryLast(), slackFirst)
	d.workLast()
	if _, text := d.private(slacksim.Dana); !strings.Contains(text, "The card is") {
		t.Errorf("told %q", text)
	}
	d.put(takeover.Open, func(c *takeover.Command) { c.Key, c.At = "old", time.Now().Add(-time.Hour) })
	d.slack.FailNext("chat.postEphemeral", 1, slacksim.Fault{Kind: slacksim.FaultUnavailable})
	d.workLast()
}

// TestAnAnswerWhereTheBotIsNot comes as a direct message.
func TestAnAnswerWhereTheBotIsNot(t *testing.T) {
	for name, to := range map[string]func(*desk) takeover.Reply{
		"the bot is no member": func(d *desk) takeover.Reply {
			d.slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
			return takeover.Reply{Channel: "C0ELSE"}
		},
		"a channel that is gone": func(*desk) takeover.Reply { return takeover.Reply{Channel: "C0GONE"} },
		"archived": func(d *desk) takeover.Reply {
			d.slack.AddChannel(slacksim.Channel{ID: "C0OLD", Name: "old", Archived: true, Members: []string{slacksim.Dana, slacksim.BotUserID}})
			return takeover.Reply{Channel: "C0OLD"}
		},
		"the person has left": func(d *desk) takeover.Reply {
			d.slack.AddChannel(slacksim.Channel{ID: "C0LEFT", Name: "left", Members: []string{slacksim.BotUserID}})
			return takeover.Reply{Channel: "C0LEFT"}
		},
		"expired, and the bot is no member": func(d *desk) takeover.Reply {
			d.slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
			d.slack.FailNext("response_url", 1, slacksim.Fault{Kind: slacksim.FaultError, Error: "expired_url"})
			return takeover.Reply{URL: strings.TrimSuffix(d.slack.APIURL(), "/api/") + "/response/x", Channel: "C0ELSE"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, heldBySim(slacksim.Dana))
			d.put(takeover.HandOff, func(c *takeover.Command) { c.Reply = to(d) })
			slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: 1, Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Omar}}))
			if got := d.directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead may do that") {
				t.Errorf("told %q", got)
			}
		})
	}
}

// TestARefusalAfterABoxElsewhere: the box was opened from a list in a channel where the bot
// is not.
func TestARefusalAfterABoxElsewhere(t *testing.T) {
	d := newDesk(t, danas())
	d.slack.AddChannel(slacksim.Channel{ID: "C0ELSE", Name: "random", Members: []string{slacksim.Dana}})
	d.fine(d.slack.SlashCommand(t.Context(), slacksim.Dana, "C0ELSE", "/takeover", "handoff"))
	list, _ := d.private(slacksim.Dana)
	d.click(slacksim.Dana, list.Ref(), ids.HandOff)
	d.fine(d.slack.Submit(t.Context(), slacksim.Dana, d.slack.View(slacksim.Dana).ID, map[string]string{"to": slacksim.Omar}))
	slacktest.Must(t, d.bot.Tell(t.Context(), takeover.TellJob{Command: int64(len(d.house.stored())), Refusal: takeover.Refusal{Kind: takeover.RefusedNotYours, Holder: slacksim.Omar}}))
	if got := d.directs(slacksim.Dana); len(got) != 1 || !strings.Contains(got[0], "only the holder or a lead") {
		t.Errorf("told %q", got)
	}
}
