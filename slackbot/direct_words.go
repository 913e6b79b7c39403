package slackbot

import (
	"fmt"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// directed is what one person is told about a line, in a direct message.
type directed struct {
	line   takeover.Line
	entry  takeover.Entry
	to     takeover.OperatorID
	card   string // its address; may be empty
	offers int    // how many lines are offered to the person (DidOffer)
}

// message draws it: what happened, whom it is about, and what can be done.
func (d directed) message() slackapi.Message {
	e := d.entry
	words := d.words()
	if d.card != "" {
		words += fmt.Sprintf(" The card is <%s|here>.", d.card)
	}
	m := slackapi.Message{
		Text: fmt.Sprintf("%s It is about %s. · ref %s", words, mrkdwn.Escape(cardWho(d.line)), e.Ref),
		Blocks: []slack.Block{mrkdwn.Section("said", words+" · ref "+string(e.Ref)),
			slack.NewContextBlock("who", mrkdwn.Plain(cardWho(d.line)))},
	}
	if d.standing() {
		if lines := cardLines("lines", d.line); lines != nil {
			m.Blocks = append(m.Blocks, lines)
		}
	}
	if buttons := d.buttons(); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// standing says whether it is an offer that can be answered.
func (d directed) standing() bool {
	return d.entry.Deed == takeover.DidOffer && d.line.Takeover.Handoff.Ref == d.entry.Ref
}

// asking says whether it asks the holder, who still is.
func (d directed) asking() bool {
	return (d.entry.Deed == takeover.DidAsk || d.entry.Deed == takeover.DidAskAgain) && d.line.Taken() && d.line.Takeover.Holder == d.to
}

func (d directed) buttons() []slack.BlockElement {
	id, free := string(d.line.ID), d.line.State == takeover.StateAI
	switch e := d.entry; {
	case d.standing():
		buttons := []slack.BlockElement{primary(actionAccept, offerID(e), "Accept"), mrkdwn.Button(actionDecline, offerID(e), "Decline")}
		if d.offers > 1 {
			buttons = append(buttons, mrkdwn.Button(actionAcceptAll, string(d.to), fmt.Sprintf("Accept all (%d)", d.offers)))
		}
		return buttons
	case d.asking():
		return []slack.BlockElement{primary(actionExtend, id, "+30 min"), mrkdwn.Button(actionHandBack, id, "Hand back to AI")}
	case e.Deed == takeover.DidDecline && d.line.Takeover.Holder == d.to && d.line.Taken():
		return []slack.BlockElement{mrkdwn.Button(actionHandOff, id, "Hand off …"), mrkdwn.Button(actionHandBack, id, "Hand back to AI")}
	case e.Deed == takeover.DidSeeChange && free:
		return []slack.BlockElement{primary(actionTake, id, "Take over again")}
	}
	return nil
}

// words say what happened, what it means for the reader, and what to do.
func (d directed) words() string {
	e := d.entry
	switch e.Deed {
	case takeover.DidOffer:
		if !d.standing() {
			return fmt.Sprintf("%s offered you a line. The offer is over, and there is nothing to do.", mrkdwn.Mention(e.Who))
		}
		return fmt.Sprintf("%s offers you a line%s. Accept it, or decline: until you accept, %s keeps it.", mrkdwn.Mention(e.Who), noted(e.Note), mrkdwn.Mention(e.Who))
	case takeover.DidAccept, takeover.DidDecline, takeover.DidWithdraw:
		return d.answered()
	case takeover.DidTakeFrom:
		return fmt.Sprintf("%s took a line from you%s. You do not hold it any more.", mrkdwn.Mention(e.Who), noted(e.Note))
	case takeover.DidSeeChange:
		return fmt.Sprintf("Changed outside Slack, seen at %s: somebody switched the AI on again elsewhere, and it may answer. You do not hold this line any more; the bot does not fight it.%s If a person is still needed, take over again.", mrkdwn.TimeSeconds(e.At), waits(e))
	case takeover.DidKeep:
		return fmt.Sprintf("You did not answer twice, so the desk's rule decided: you keep this line, until %s. Only a person can answer the end user.%s", mrkdwn.Time(e.Until), waits(e))
	case takeover.DidLapse:
		return strings.Replace(lapsed(e), mrkdwn.Mention(e.Other)+" was asked twice.", "You were asked twice.", 1)
	case takeover.DidAsk, takeover.DidAskAgain:
		return d.asks()
	}
	return strings.TrimSuffix(sayWords(d.line, e), " · ref "+string(e.Ref))
}

// answered says how an offer ended, to either side of it.
func (d directed) answered() string {
	e := d.entry
	switch {
	case e.Deed == takeover.DidAccept && d.to == e.Who:
		return fmt.Sprintf("You accepted what %s offered you: this line is yours now.", mrkdwn.Mention(e.Other))
	case e.Deed == takeover.DidAccept:
		return fmt.Sprintf("%s accepted the handoff: you do not hold this line any more.", mrkdwn.Mention(e.Who))
	case e.Deed == takeover.DidDecline && d.to == e.Who:
		return fmt.Sprintf("You declined what %s offered you: the line stays where it was.", mrkdwn.Mention(e.Other))
	case e.Deed == takeover.DidDecline:
		return fmt.Sprintf("%s declined the handoff: this line is still yours. Hand it off to somebody else, or hand it back.", mrkdwn.Mention(e.Who))
	case d.to == e.Other:
		return "A line was offered to you. The offer is over, and there is nothing to do."
	default:
		return withdrawn(e) + " It cannot be accepted any more."
	}
}

// asks is the question to a holder whose hold ran out.
func (d directed) asks() string {
	e := d.entry
	if !d.asking() {
		return fmt.Sprintf("The bot asked at %s whether you still need a line. That is over: it is not yours any more.", mrkdwn.Time(e.At))
	}
	question, next := "Do you still need this line? Its hold ran out", "the bot asks again"
	if e.Deed == takeover.DidAskAgain {
		question, next = "For the second time: do you still need this line? Its hold ran out", ruleWords(e, "you keep it")
		if !e.Waiting.IsZero() {
			next = "the desk's leads are told"
		}
	}
	return fmt.Sprintf("%s.%s Without an answer %s at %s.", question, waits(e), next, mrkdwn.Time(e.Until))
}
