package render

import (
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// heldDeed says in the log who did what to a takeover that is under way; empty for other
// deeds.
func heldDeed(who string, e takeover.Entry) string {
	other := mrkdwn.Mention(e.Other)
	switch e.Event {
	case takeover.EventExtended:
		return fmt.Sprintf("%s held it longer, until %s", who, mrkdwn.Time(e.Until))
	case takeover.EventOffered:
		return fmt.Sprintf("%s offered it to %s%s", who, other, noted(e.Note))
	case takeover.EventAccepted:
		return fmt.Sprintf("%s accepted what %s had offered", who, other)
	case takeover.EventDeclined:
		return fmt.Sprintf("%s declined what %s had offered", who, other)
	case takeover.EventWithdrawn:
		return fmt.Sprintf("%s withdrew the offer to %s", who, other)
	case takeover.EventTakenFrom:
		return fmt.Sprintf("%s took it from %s%s", who, other, noted(e.Note))
	case takeover.EventJoined:
		return "a new conversation was silenced too; " + other + " still holds the line"
	case takeover.EventCallSeen:
		return "the end user phoned: announced, not silenced; " + other + " still holds the line"
	case takeover.EventAISpoke:
		return "the AI spoke although " + other + " had the line"
	case takeover.EventCalledFine:
		return who + " called fine what the AI had said"
	case takeover.EventCorrectionAsked:
		return who + " asked for a draft that corrects the AI"
	case takeover.EventSwitchedOn:
		return "the AI was switched on outside Slack while " + other + " had the line"
	case takeover.EventNoted:
		return who + " noted what was agreed"
	}
	return timedDeed(other, e)
}

// timedDeed is heldDeed for what the clock did.
func timedDeed(holder string, e takeover.Entry) string {
	waiting := ""
	if !e.Waiting.IsZero() {
		waiting = ", while the end user had been waiting since " + mrkdwn.Time(e.Waiting)
	}
	switch e.Event {
	case takeover.EventHolderAsked:
		return fmt.Sprintf("the hold ran out: %s was asked%s", holder, waiting)
	case takeover.EventHolderAskedAgain:
		return fmt.Sprintf("%s was asked again%s", holder, waiting)
	case takeover.EventLeadsTold:
		return fmt.Sprintf("the leads were told that %s does not answer%s", holder, waiting)
	case takeover.EventKept:
		return fmt.Sprintf("by the desk's rule %s keeps it, until %s%s", holder, mrkdwn.Time(e.Until), waiting)
	case takeover.EventLapsed:
		return fmt.Sprintf("by the desk's rule it goes from %s to the AI%s", holder, waiting)
	case takeover.EventAnswerMissed:
		return fmt.Sprintf("the AI had not answered since %s", mrkdwn.Time(e.Waiting))
	}
	return ""
}
