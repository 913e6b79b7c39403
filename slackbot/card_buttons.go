package slackbot

import (
	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// cardButtons are the actions that the state allows; the first is the likely one.
func cardButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	transcript := mrkdwn.Button(actionTranscript, id, "Transcript")
	switch {
	case l.Trouble != nil && l.State == takeover.StateTaking:
		return []slack.BlockElement{primary(actionRetry, id, "Try again"), menu(l, actionTranscript, actionRefresh, actionHandBack)}
	case l.Trouble != nil:
		return []slack.BlockElement{primary(actionRetry, id, "Try again"), menu(l, actionTranscript, actionRefresh, actionTake)}
	case l.State == takeover.StateTaking, l.State == takeover.StateReturning:
		return nil
	case spokeSince(l):
		return []slack.BlockElement{primary(actionCorrect, id, "Send correction"), mrkdwn.Button(actionFine, id, "It was fine"),
			menu(l, actionTranscript, actionRefresh, actionHoldFor, actionTakeFrom, actionHandBack)}
	case l.State == takeover.StateHeld:
		return heldButtons(l)
	case !l.Ability(takeover.CanSilence).Yes():
		return readingButtons(l)
	case l.Aftercare.Missed && !l.Newest.Ended:
		return []slack.BlockElement{primary(actionTake, id, "Take over again"), transcript, menu(l, actionRefresh)}
	default:
		return []slack.BlockElement{primary(actionTake, id, "Take over"), transcript, menu(l, actionRefresh)}
	}
}

// heldButtons are the actions of a line that somebody has and whose AI is silent.
func heldButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	buttons := []slack.BlockElement{primary(actionHandBack, id, "Hand back to AI"), mrkdwn.Button(actionExtend, id, "+30 min"), mrkdwn.Button(actionHandOff, id, "Hand off …")}
	if l.Offered() {
		buttons = append(buttons, mrkdwn.Button(actionWithdraw, l.HandoffID(), "Withdraw offer"))
	}
	return append(buttons, menu(l, actionTranscript, actionRefresh, actionHoldFor, actionTakeFrom))
}

func primary(action, value, label string) *slack.ButtonBlockElement {
	return mrkdwn.Button(action, value, label).WithStyle(slack.StylePrimary)
}

// menu is the "⋯" at the end of the buttons; Slack allows five options.
func menu(l takeover.Line, actions ...string) *slack.OverflowBlockElement {
	labels := map[string]string{
		actionTranscript: "Whole transcript",
		actionRefresh:    "Show newest messages",
		actionHoldFor:    "Hold for …",
		actionTakeFrom:   "Take from the holder …",
		actionHandBack:   "Hand back to AI",
		actionTake:       "Take over again",
	}
	if l.Trouble != nil {
		labels[actionHandBack] = "Give up, leave it to the AI"
	}
	options := make([]*slack.OptionBlockObject, len(actions))
	for i, a := range actions {
		options[i] = slack.NewOptionBlockObject(menuValue(a, l.ID), mrkdwn.Plain(labels[a]), nil)
	}
	return slack.NewOverflowBlockElement(actionMenu, options...)
}
