package render

import (
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// OverOffer says in the thread's offer that it was answered before it could be shown.
func OverOffer(offer takeover.Entry) string {
	return fmt.Sprintf("%s offered this line to %s%s. The offer has ended.", mrkdwn.Mention(offer.Who), mrkdwn.Mention(offer.Other), noted(offer.Note))
}

// ClosedOffer says in the thread's offer how it ended.
func ClosedOffer(e takeover.Entry) string {
	switch e.Event {
	case takeover.EventAccepted:
		return fmt.Sprintf("%s offered this line to %s%s. Accepted at %s.", mrkdwn.Mention(e.Other), mrkdwn.Mention(e.Who), noted(e.Note), mrkdwn.TimeSeconds(e.At))
	case takeover.EventDeclined:
		return fmt.Sprintf("%s offered this line to %s%s. Declined at %s.", mrkdwn.Mention(e.Other), mrkdwn.Mention(e.Who), noted(e.Note), mrkdwn.TimeSeconds(e.At))
	default:
		return fmt.Sprintf("This line was offered to %s%s. The offer ended at %s.", mrkdwn.Mention(e.Other), noted(e.Note), mrkdwn.TimeSeconds(e.At))
	}
}
