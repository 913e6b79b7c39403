package render

import (
	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// cardButtons are the actions that the state allows; the first is the likely one.
func cardButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	transcript := mrkdwn.Button(ids.Transcript, id, "Transcript")
	switch {
	case l.Trouble != nil && l.State == takeover.StateTaking:
		return []slack.BlockElement{primary(ids.Retry, id, "Try again"), menu(l, ids.Transcript, ids.Refresh, ids.HandBack)}
	case l.Trouble != nil:
		return []slack.BlockElement{primary(ids.Retry, id, "Try again"), menu(l, ids.Transcript, ids.Refresh, ids.Take)}
	case l.State == takeover.StateTaking, l.State == takeover.StateReturning:
		return nil
	case spokeSince(l):
		return []slack.BlockElement{primary(ids.Correct, id, "Send correction"), mrkdwn.Button(ids.Fine, id, "It was fine"),
			menu(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom, ids.HandBack)}
	case l.State == takeover.StateHeld:
		return heldButtons(l)
	case !l.Ability(takeover.CanSilence).Yes():
		return readingButtons(l)
	case l.Aftercare.Missed && !l.Newest.Ended:
		return []slack.BlockElement{primary(ids.Take, id, "Take over again"), transcript, menu(l, ids.Refresh)}
	default:
		return []slack.BlockElement{primary(ids.Take, id, "Take over"), transcript, menu(l, ids.Refresh)}
	}
}

// heldButtons are the actions of a line that somebody has and whose AI is silent.
func heldButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	buttons := []slack.BlockElement{primary(ids.HandBack, id, "Hand back to AI"), mrkdwn.Button(ids.Extend, id, "+30 min"), mrkdwn.Button(ids.HandOff, id, "Hand off …")}
	if l.Offered() {
		buttons = append(buttons, mrkdwn.Button(ids.Withdraw, l.HandoffID(), "Withdraw offer"))
	}
	return append(buttons, menu(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom))
}

func primary(action, value, label string) *slack.ButtonBlockElement {
	return mrkdwn.Button(action, value, label).WithStyle(slack.StylePrimary)
}

// menu is the "⋯" at the end of the buttons; Slack allows five options.
func menu(l takeover.Line, actions ...string) *slack.OverflowBlockElement {
	labels := map[string]string{
		ids.Transcript: "Whole transcript",
		ids.Refresh:    "Show newest messages",
		ids.HoldFor:    "Hold for …",
		ids.TakeFrom:   "Take from the holder …",
		ids.HandBack:   "Hand back to AI",
		ids.Take:       "Take over again",
	}
	if l.Trouble != nil {
		labels[ids.HandBack] = "Give up, leave it to the AI"
	}
	options := make([]*slack.OptionBlockObject, len(actions))
	for i, a := range actions {
		options[i] = slack.NewOptionBlockObject(ids.MenuValue(a, l.ID), mrkdwn.Plain(labels[a]), nil)
	}
	return slack.NewOverflowBlockElement(ids.Menu, options...)
}
