package demo

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/slacksim"
)

// await waits until seen says yes, looking again at every change in Slack and at Telnyx.
// The error says what was expected and what was there instead.
func (d *Demo) await(ctx context.Context, bound time.Duration, expected string, seen func() (ok bool, instead string)) error {
	ctx, cancel := context.WithTimeout(ctx, bound)
	defer cancel()
	slackChanges, stopSlack := d.slack.Changes()
	defer stopSlack()
	telnyxChanges, stopTelnyx := d.telnyx.Changes()
	defer stopTelnyx()
	for {
		ok, instead := seen()
		if ok {
			return nil
		}
		select {
		case <-slackChanges:
		case <-telnyxChanges:
		case <-ctx.Done():
			return fmt.Errorf("expected %s; seen: %s (%w)", expected, instead, context.Cause(ctx))
		}
	}
}

// botReplies are what the bot has said in the thread of a card.
func (d *Demo) botReplies(card slacksim.Message) []slacksim.Message {
	var out []slacksim.Message
	for _, m := range d.slack.Thread(card.Channel, card.TS) {
		if m.BotID != "" {
			out = append(out, m)
		}
	}
	return out
}

// botWrote are the direct messages of the bot to a person.
func (d *Demo) botWrote(user string) []slacksim.Message {
	var out []slacksim.Message
	for _, m := range d.slack.DirectMessages(user) {
		if m.BotID != "" {
			out = append(out, m)
		}
	}
	return out
}
