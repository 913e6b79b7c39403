package render

import (
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// ThreadHead is the first line of a thread: it says which words reach the end user.
const ThreadHead = "Nothing written in this thread reaches the end user."

// ThreadMessage is what the thread says of an entry, with its buttons. leads is the user group
// that EventLeadsTold mentions; it may be empty.
func ThreadMessage(l takeover.Line, e takeover.Entry, leads string) slackapi.Message {
	words := threadText(l, e)
	if e.Event == takeover.EventLeadsTold && leads != "" {
		words = mrkdwn.MentionGroup(leads) + " " + words
	}
	m := mrkdwn.TextMessage(words)
	if IsAlarm(e.Event) {
		// The channel sees a copy, far from the card.
		m.Text += " It is about " + mrkdwn.Escape(Who(l)) + "."
		m.Blocks = append(m.Blocks, slack.NewContextBlock("who", mrkdwn.Plain(Who(l))))
	}
	if e.Event == takeover.EventAISpoke && l.Takeover.Spoke.Text != "" {
		m.Blocks = append(m.Blocks, mrkdwn.Quote("quote", l.Takeover.Spoke.Text))
	}
	if buttons := threadButtonsOf(l, e); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// threadButtonsOf are what a line of the thread asks for. Pressed when it is too late they
// are refused, and the state is shown as it is then.
func threadButtonsOf(l takeover.Line, e takeover.Entry) []slack.BlockElement {
	id := string(e.Line)
	switch e.Event {
	case takeover.EventOffered:
		if l.Takeover.Handoff.Ref != e.Ref {
			return nil // answered already
		}
		return []slack.BlockElement{primary(ids.Accept, ids.OfferOf(e), "Accept"), mrkdwn.Button(ids.Decline, ids.OfferOf(e), "Decline")}
	case takeover.EventHolderAsked, takeover.EventHolderAskedAgain:
		return []slack.BlockElement{primary(ids.Extend, id, "+30 min"), mrkdwn.Button(ids.HandBack, id, "Hand back to AI")}
	case takeover.EventLeadsTold:
		return []slack.BlockElement{primary(ids.TakeFrom, id, "Take from the holder …"), mrkdwn.Button(ids.HandBack, id, "Hand back to AI")}
	case takeover.EventSwitchedOn, takeover.EventAnswerMissed:
		return []slack.BlockElement{primary(ids.Take, id, "Take over again")}
	}
	return nil
}

// IsAlarm reports whether an event is told to the whole channel.
func IsAlarm(event takeover.Event) bool { return textsOf(event).alarm }

// Alarming reports whether the cause of an alarm still stands.
func Alarming(l takeover.Line, event takeover.Event) bool {
	if event == takeover.EventDeskWarned {
		return l.Trouble != nil
	}
	return l.Taken() && l.Takeover.Hold.Step == takeover.HoldLeadsTold
}

// ClosedAlarm replaces an alarm whose cause no longer stands; holder is whom it was about.
func ClosedAlarm(l takeover.Line, event takeover.Event, holder takeover.OperatorID) slackapi.Message {
	words := fmt.Sprintf("The leads were told here that %s did not answer.", mrkdwn.Mention(holder))
	if event == takeover.EventDeskWarned {
		words = "The desk was told here that a change was not proven for over a minute."
	}
	m := mrkdwn.TextMessage(words + " That has ended; the card shows how it stands now.")
	m.Text += " It is about " + mrkdwn.Escape(Who(l)) + "."
	m.Blocks = append(m.Blocks, slack.NewContextBlock("who", mrkdwn.Plain(Who(l))))
	return m
}
