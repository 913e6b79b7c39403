package render

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Direct is what a direct message tells one person about a line.
type Direct struct {
	Line   takeover.Line
	Entry  takeover.Entry
	To     takeover.OperatorID
	Card   string // its address; may be empty
	Offers int    // how many lines are offered to the person (EventOffered)
}

// Message draws the direct message: what happened, whom it is about, and what can be done.
func (d Direct) Message() slackapi.Message {
	e := d.Entry
	words := d.words()
	if d.Card != "" {
		words += fmt.Sprintf(" The card is <%s|here>.", d.Card)
	}
	m := slackapi.Message{
		Text: fmt.Sprintf("%s It is about %s. · ref %s", words, mrkdwn.Escape(Who(d.Line)), e.Ref),
		Blocks: []slack.Block{mrkdwn.Section("said", words+" · ref "+string(e.Ref)),
			slack.NewContextBlock("who", mrkdwn.Plain(Who(d.Line)))},
	}
	if d.standing() {
		if lines := cardLines("lines", d.Line); lines != nil {
			m.Blocks = append(m.Blocks, lines)
		}
	}
	if buttons := d.buttons(); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// standing says whether it is an offer that can be answered.
func (d Direct) standing() bool {
	return d.Entry.Event == takeover.EventOffered && d.Line.Takeover.Handoff.Ref == d.Entry.Ref
}

// asking says whether it asks the holder, who still is.
func (d Direct) asking() bool {
	return (d.Entry.Event == takeover.EventHolderAsked || d.Entry.Event == takeover.EventHolderAskedAgain) && d.Line.Taken() && d.Line.Takeover.Holder == d.To
}

func (d Direct) buttons() []slack.BlockElement {
	id, free := string(d.Line.ID), d.Line.State == takeover.StateAI
	switch e := d.Entry; {
	case d.standing():
		buttons := []slack.BlockElement{primary(ids.Accept, ids.OfferOf(e), "Accept"), mrkdwn.Button(ids.Decline, ids.OfferOf(e), "Decline")}
		if d.Offers > 1 {
			buttons = append(buttons, mrkdwn.Button(ids.AcceptAll, string(d.To), fmt.Sprintf("Accept all (%d)", d.Offers)))
		}
		return buttons
	case d.asking():
		return []slack.BlockElement{primary(ids.Extend, id, "+30 min"), mrkdwn.Button(ids.HandBack, id, "Hand back to AI")}
	case e.Event == takeover.EventDeclined && d.Line.Takeover.Holder == d.To && d.Line.Taken():
		return []slack.BlockElement{mrkdwn.Button(ids.HandOff, id, "Hand off …"), mrkdwn.Button(ids.HandBack, id, "Hand back to AI")}
	case e.Event == takeover.EventSwitchedOn && free:
		return []slack.BlockElement{primary(ids.Take, id, "Take over again")}
	}
	return nil
}

// words say what happened, what it means for the reader, and what to do.
func (d Direct) words() string {
	e := d.Entry
	switch e.Event {
	case takeover.EventOffered:
		if !d.standing() {
			return fmt.Sprintf("%s offered you a line. The offer is over, and there is nothing to do.", mrkdwn.Mention(e.Who))
		}
		return fmt.Sprintf("%s offers you a line%s. Accept it, or decline: until you accept, %s keeps it.", mrkdwn.Mention(e.Who), noted(e.Note), mrkdwn.Mention(e.Who))
	case takeover.EventAccepted, takeover.EventDeclined, takeover.EventWithdrawn:
		return d.answered()
	case takeover.EventTakenFrom:
		return fmt.Sprintf("%s took a line from you%s. You do not hold it any more.", mrkdwn.Mention(e.Who), noted(e.Note))
	case takeover.EventSwitchedOn:
		return fmt.Sprintf("Changed outside Slack, seen at %s: somebody switched the AI on again elsewhere, and it may answer. You do not hold this line any more; the bot does not fight it.%s If a person is still needed, take over again.", mrkdwn.TimeSeconds(e.At), waits(e))
	case takeover.EventKept:
		return fmt.Sprintf("You did not answer twice, so the desk's rule decided: you keep this line, until %s. Only a person can answer the end user.%s", mrkdwn.Time(e.Until), waits(e))
	case takeover.EventLapsed:
		return strings.Replace(lapsed(e), mrkdwn.Mention(e.Other)+" was asked twice.", "You were asked twice.", 1)
	case takeover.EventHolderAsked, takeover.EventHolderAskedAgain:
		return d.asks()
	}
	return strings.TrimSuffix(threadText(d.Line, e), " · ref "+string(e.Ref))
}

// answered says how an offer ended, to either side of it.
func (d Direct) answered() string {
	e := d.Entry
	switch {
	case e.Event == takeover.EventAccepted && d.To == e.Who:
		return fmt.Sprintf("You accepted what %s offered you: this line is yours now.", mrkdwn.Mention(e.Other))
	case e.Event == takeover.EventAccepted:
		return fmt.Sprintf("%s accepted the handoff: you do not hold this line any more.", mrkdwn.Mention(e.Who))
	case e.Event == takeover.EventDeclined && d.To == e.Who:
		return fmt.Sprintf("You declined what %s offered you: the line stays where it was.", mrkdwn.Mention(e.Other))
	case e.Event == takeover.EventDeclined:
		return fmt.Sprintf("%s declined the handoff: this line is still yours. Hand it off to somebody else, or hand it back.", mrkdwn.Mention(e.Who))
	case d.To == e.Other:
		return "A line was offered to you. The offer is over, and there is nothing to do."
	default:
		return withdrawn(e) + " It cannot be accepted any more."
	}
}

// asks is the question to a holder whose hold ran out.
func (d Direct) asks() string {
	e := d.Entry
	if !d.asking() {
		return fmt.Sprintf("The bot asked at %s whether you still need a line. That is over: it is not yours any more.", mrkdwn.Time(e.At))
	}
	question, next := "Do you still need this line? Its hold ran out", "the bot asks again"
	if e.Event == takeover.EventHolderAskedAgain {
		question, next = "For the second time: do you still need this line? Its hold ran out", ruleWords(e, "you keep it")
		if !e.Waiting.IsZero() {
			next = "the desk's leads are told"
		}
	}
	return fmt.Sprintf("%s.%s Without an answer %s at %s.", question, waits(e), next, mrkdwn.Time(e.Until))
}
