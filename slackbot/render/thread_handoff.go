package render

import (
	"fmt"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// MaxRemark is how many characters a note of one line may have.
const MaxRemark = 200

// sayHandoff says in the thread how a line goes from one operator to another; empty for
// other deeds.
func sayHandoff(e takeover.Entry) string {
	switch e.Event {
	case takeover.EventOffered:
		return fmt.Sprintf("%s offers this line to %s%s. Until %s accepts, %s keeps it.", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other), noted(e.Note), mrkdwn.Mention(e.Other), mrkdwn.Mention(e.Who))
	case takeover.EventAccepted:
		return fmt.Sprintf("%s accepted the handoff and has this line now; %s does not hold it any more. For the end user and the AI nothing changes.", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other))
	case takeover.EventDeclined:
		return fmt.Sprintf("%s declined the handoff: %s keeps this line.", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other))
	case takeover.EventWithdrawn:
		return withdrawn(e) + " It cannot be accepted any more."
	case takeover.EventTakenFrom:
		return fmt.Sprintf("%s took this line from %s%s. %s does not hold it any more. For the end user and the AI nothing changes.", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other), noted(e.Note), mrkdwn.Mention(e.Other))
	}
	return ""
}

// withdrawn says who ended an offer; the clock, or what happened elsewhere, has no name.
func withdrawn(e takeover.Entry) string {
	if e.Who == "" {
		return fmt.Sprintf("The offer to %s is over, for the takeover is.", mrkdwn.Mention(e.Other))
	}
	return fmt.Sprintf("%s withdrew the offer to %s.", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other))
}

// noted is what an operator wrote to a change, as part of a sentence.
func noted(note string) string {
	note = strings.TrimRight(mrkdwn.OneLine(note, MaxRemark), ". ")
	if note = mrkdwn.Escape(note); note == "" {
		return ""
	}
	return ": “" + note + "”"
}

// OverOffer says in the thread's offer that it was answered before it could be shown.
func OverOffer(offer takeover.Entry) string {
	return fmt.Sprintf("%s offered this line to %s%s. The offer is over.", mrkdwn.Mention(offer.Who), mrkdwn.Mention(offer.Other), noted(offer.Note))
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
