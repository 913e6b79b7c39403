package slackbot

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// An alarm stands in the channel itself, far from the card. Once it is over it says so, and
// its buttons go.

// alarms are the deeds that are told to the whole channel.
var alarms = [...]takeover.Deed{takeover.DidWarnDesk, takeover.DidTellLeads}

func isAlarm(deed takeover.Deed) bool { return deed == alarms[0] || deed == alarms[1] }

func alarmKey(line takeover.LineID, deed takeover.Deed) string {
	return fmt.Sprintf("alarm/%s/%s", line, deed)
}

// alarming says whether what an alarm was about is still so.
func alarming(l takeover.Line, deed takeover.Deed) bool {
	if deed == takeover.DidWarnDesk {
		return l.Trouble != nil
	}
	return l.Taken() && l.Takeover.Hold.Step == takeover.HoldLeadsTold
}

// alarmStands remembers where an alarm stands. One that is over in this very moment is
// closed at once: either this sees it, or the drawing of the card sees the row.
func (b *Bot) alarmStands(ctx context.Context, e takeover.Entry, at takeover.Post) error {
	err := b.deps.Posts.PutPost(ctx, takeover.Post{Key: alarmKey(e.Line, e.Deed), Channel: at.Channel, TS: at.TS, Extra: string(e.Other)})
	if err != nil {
		return err
	}
	return b.closeAlarms(ctx, e.Line)
}

// closeAlarms closes what is over.
func (b *Bot) closeAlarms(ctx context.Context, id takeover.LineID) error {
	for _, deed := range alarms {
		post, ok, err := b.deps.Posts.Post(ctx, alarmKey(id, deed))
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		line, err := b.deps.Reader.Line(ctx, id)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		if alarming(line, deed) {
			continue
		}
		if err := b.closeAlarm(ctx, post, closedAlarm(line, deed, takeover.OperatorID(post.Extra))); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) closeAlarm(ctx context.Context, post takeover.Post, m slackapi.Message) error {
	if err := b.slack.AwaitUpdate(ctx, slackapi.Normal); err != nil {
		return err
	}
	err := b.slack.Update(ctx, post.Channel, post.TS, m)
	if ae, refused := errors.AsType[*slackapi.Error](err); err != nil && (!refused || ae.Class != slackapi.Permanent) {
		return fmt.Errorf("close an alarm in the channel: %w", err) // else it is gone, and its buttons with it
	}
	return b.deps.Posts.DropPost(ctx, post.Key)
}

// closedAlarm says what an alarm was about, and that it is over.
func closedAlarm(l takeover.Line, deed takeover.Deed, holder takeover.OperatorID) slackapi.Message {
	words := fmt.Sprintf("The leads were told here that %s did not answer.", mrkdwn.Mention(holder))
	if deed == takeover.DidWarnDesk {
		words = "The desk was told here that a change was not proven for over a minute."
	}
	m := mrkdwn.TextMessage(words + " That is over; the card shows how it stands now.")
	m.Text += " It is about " + mrkdwn.Escape(cardWho(l)) + "."
	m.Blocks = append(m.Blocks, slack.NewContextBlock("who", mrkdwn.Plain(cardWho(l))))
	return m
}
