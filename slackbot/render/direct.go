package render

import (
	"cmp"
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
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
	words += " · ref " + string(e.Ref)
	head := d.head()
	m := slackapi.Message{
		Text: d.lockScreen() + ". " + words,
		Blocks: []slack.Block{
			slack.NewSectionBlock(mrkdwn.Plain(head), nil, nil, slack.SectionBlockOptionBlockID("head")),
			mrkdwn.Section("said", words),
			slack.NewContextBlock("who", mrkdwn.Plain(Who(d.Line))),
		},
	}
	if standing(d.Line, e) {
		if lines := cardLines("lines", d.Line); lines != nil {
			m.Blocks = append(m.Blocks, lines)
		}
	}
	if buttons := d.buttons(); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// head names the end user, how long that end user has been waiting, and for an answer to what.
func (d Direct) head() string {
	words := whoWaits(d.Line, d.Entry.At)
	if said := d.Line.Unanswered(); said != "" && !d.Line.WaitingSince().IsZero() {
		words += ": “" + mrkdwn.OneLine(typed.MaskOf(d.Line).In(said), headWords) + "”"
	}
	return words
}

// lockScreen is the head for a lock screen, which shows little more: the end user's words stand there
// only where the message is about them, so that there is room for what happened.
func (d Direct) lockScreen() string {
	if d.unreplied() {
		return mrkdwn.Escape(d.head())
	}
	return WhoWaits(d.Line, d.Entry.At)
}

// headWords is how many characters of the end user's words stand at the head of a message.
const headWords = 60

// asking reports whether it asks the holder, who still is.
func (d Direct) asking() bool {
	return (d.Entry.Event == takeover.EventHolderAsked || d.Entry.Event == takeover.EventHolderAskedAgain) && d.holds()
}

// doubting reports whether it tells the holder, who still is, that silence cannot be checked.
func (d Direct) doubting() bool {
	return d.Entry.Event == takeover.EventUncheckedHolder && d.holds() && d.Line.Takeover.Doubt.HolderTold
}

// missing reports whether it tells that the AI has not answered, and the AI still has not.
func (d Direct) missing() bool {
	return d.Entry.Event == takeover.EventAnswerMissed && d.Line.State == takeover.StateAI && d.Line.Aftercare.Missed
}

// unreplied reports whether it tells the holder, who still is, that the end user waits, who still does.
func (d Direct) unreplied() bool {
	return d.Entry.Event == takeover.EventReplyMissed && d.holds() && !d.Line.WaitingSince().IsZero()
}

// holds reports whether the person who reads it has the line.
func (d Direct) holds() bool { return d.Line.Taken() && d.Line.Takeover.Holder == d.To }

func (d Direct) buttons() []slack.BlockElement {
	id := string(d.Line.ID)
	switch e := d.Entry; {
	case standing(d.Line, e):
		buttons := offerButtons(e)
		if d.Offers > 1 {
			buttons = append(buttons, mrkdwn.Button(ids.AcceptAll, string(d.To), fmt.Sprintf("Accept all (%d)", d.Offers)))
		}
		return buttons
	case d.asking(), d.missing(), e.Event == takeover.EventSwitchedOn && d.Line.State == takeover.StateAI:
		return buttons(d.Line.ID, textsOf(e.Event).actions...)
	case d.doubting():
		return append([]slack.BlockElement{primary(ids.Retry, id, "Check now")}, buttonsOfNumber(d.Line)...)
	case d.unreplied(), d.holds() && (e.Event == takeover.EventAccepted || e.Event == takeover.EventKept):
		if talksNot(d.Line) != "" {
			return buttons(d.Line.ID, ids.HandBack, ids.HandOff)
		}
		return buttons(d.Line.ID, ids.Reply, ids.HandBack, ids.HandOff)
	case e.Event == takeover.EventDeclined && d.holds():
		return []slack.BlockElement{mrkdwn.Button(ids.HandOff, id, "Hand off …"), mrkdwn.Button(ids.HandBack, id, "Hand back to AI")}
	}
	return nil
}

// words say what happened, what it means for the reader, and what to do.
func (d Direct) words() string {
	e, texts := d.Entry, textsOf(d.Entry.Event)
	text := cmp.Or(texts.direct, texts.thread, texts.log)
	receiver := e.Who // to whom the line was offered, of an event that ended an offer
	if e.Event == takeover.EventWithdrawn {
		receiver = e.Other
	}
	switch {
	case texts.own != "" && d.To == receiver:
		text = texts.own
	case texts.over != "" && !standing(d.Line, e) && !d.asking() && !d.doubting() && !d.missing() && !d.unreplied():
		text = texts.over
	}
	return fillIn(text, d.Line, e)
}
