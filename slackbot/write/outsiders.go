package write

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
)

const (
	// outsidersFirst is how long after the start the first look is: what people wait for is shown
	// first.
	outsidersFirst = 5 * time.Minute
	// outsidersEvery is the pause between two looks.
	outsidersEvery = time.Hour
)

// KeepOutsiders says in each desk's channel that people who may not see conversations are in it,
// until ctx ends.
func (w *Writer) KeepOutsiders(ctx context.Context) {
	again := time.NewTimer(outsidersFirst)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			again.Reset(outsidersEvery)
		}
		if err := w.TellOutsiders(ctx); err != nil && ctx.Err() == nil {
			w.Log.WarnContext(ctx, "not looked who is in the desk's channel", "err", err)
		}
	}
}

// TellOutsiders looks once, and says it once a month for as many people.
func (w *Writer) TellOutsiders(ctx context.Context) error {
	for _, desk := range w.Desks {
		found, err := w.People.Outsiders(ctx, desk.Channel)
		if err != nil {
			return fmt.Errorf("ask Slack who is in the channel: %w", err)
		}
		if !found.Any() {
			continue
		}
		w.Log.WarnContext(ctx, "people who may not see conversations are in the desk's channel", "guests", found.Guests, "foreign", found.Foreign, "posting", !desk.MembersOnly)
		if desk.MembersOnly {
			continue
		}
		key := fmt.Sprintf("outsiders/%s/%d/%d/%s", desk.Channel, found.Guests, found.Foreign, w.Now().UTC().Format("2006-01"))
		words := fmt.Sprintf("In this channel: %s. They can read every card and thread here, because Slack decides who reads a channel. "+
			"Remove them, or have an administrator of the bot name another channel. They can press nothing and search nothing.", found)
		if _, err := w.Slack.PostOnce(ctx, slackapi.Normal, key, slackapi.Place{Channel: desk.Channel}, mrkdwn.TextMessage(words)); err != nil {
			return fmt.Errorf("say who is in the channel: %w", err)
		}
	}
	return nil
}
