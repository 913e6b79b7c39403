package render

import (
	"cmp"
	"fmt"

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
	e, texts := d.Entry, textsOf(d.Entry.Event)
	text := cmp.Or(texts.direct, texts.thread, texts.log)
	switch {
	case texts.own != "" && d.To == d.receiver():
		text = texts.own
	case texts.over != "" && !d.standing() && !d.asking():
		text = texts.over
	}
	return fillIn(text, d.Line, e)
}

// receiver is the person to whom the line was offered, of an event that ends an offer.
func (d Direct) receiver() takeover.OperatorID {
	if d.Entry.Event == takeover.EventWithdrawn {
		return d.Entry.Other
	}
	return d.Entry.Who
}
