package render

import (
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// face is what a card shows of the state that its line is in.
type face struct {
	state   string   // the first line, in the product's exact words
	red     bool     // an operator has to act now; the words say it too
	foot    []string // the lines below the messages: at most maxFoot are shown
	can     string   // for a lock screen: how it goes on, and what can be done
	buttons []slack.BlockElement
}

// maxFoot is how many lines the foot of a card may have.
const maxFoot = 3

// faceOf is the face of a line. A card, a list and the Home take the state from here.
func faceOf(l takeover.Line, now time.Time) face {
	switch {
	case l.Trouble != nil:
		return troubleFace(l)
	case l.State == takeover.StateTaking, l.State == takeover.StateReturning:
		return pendingFace(l)
	case spokeSince(l):
		return spokeFace(l, now)
	case l.State == takeover.StateHeld:
		return heldFace(l, now)
	default:
		return freeFace(l)
	}
}

// pendingFace is the face of a line whose change is not proven yet.
func pendingFace(l takeover.Line) face {
	f := face{can: "There is nothing to press: the card changes by itself."}
	until := "Until the card says that the AI answers again, it may leave the end user without an answer."
	switch {
	case l.Joining():
		until = "Until the card says otherwise, the AI may still answer the end user in the new conversation."
		f.state = fmt.Sprintf("New conversation — silencing the AI… (%s)", mrkdwn.Mention(l.Takeover.Holder))
	case l.State == takeover.StateTaking:
		until = "Until the card says otherwise, the AI may still answer the end user."
		f.state = fmt.Sprintf("Taking over… (%s)", mrkdwn.Mention(l.Takeover.Holder))
	case !l.OutsideAt.IsZero():
		f.state = "AI switched on outside Slack — the bot switches it on in the other conversations too"
	case l.HandBack.By == "":
		f.state = "Handing back… (the hold ran out)"
	default:
		f.state = fmt.Sprintf("Handing back… (%s)", mrkdwn.Mention(l.HandBack.By))
	}
	f.foot, f.can = []string{until}, until+" "+f.can
	if l.Offered() {
		f.foot = append(f.foot, offered(l))
	}
	return f
}

// freeFace is the face of a line that no operator has.
func freeFace(l takeover.Line) face {
	f := face{state: "AI is answering", can: "You can take over, or read the transcript.", red: l.Aftercare.Missed && !l.Newest.Ended}
	take := "Take over"
	switch {
	case l.Newest.Ended:
		f.state = Ended(typed.MaskOf(l).In(l.Newest.Status))
	case !l.OffAt.IsZero():
		f.state = fmt.Sprintf("AI is off — switched off outside Slack, seen %s", mrkdwn.TimeSeconds(l.OffAt))
		f.foot = []string{"Neither the AI nor a person answers the end user. Take over, and hand back when the AI is to answer again."}
		f.can = "Nobody answers. " + f.can
	case l.Aftercare.Missed:
		f.state = fmt.Sprintf("AI has not answered since %s", mrkdwn.Time(l.Aftercare.WaitsSince))
		f.foot = []string{"The line was handed back and the end user has got no answer. Take over again, or look at the assistant."}
		f.can, take = "You can take over again, or read the transcript.", "Take over again"
	case !l.OutsideAt.IsZero():
		f.state = fmt.Sprintf("AI is answering — changed outside Slack, seen %s", mrkdwn.TimeSeconds(l.OutsideAt))
		f.foot, take = []string{"The AI was switched on again elsewhere; the bot does not switch it off again by itself. Nobody holds this line now."}, "Take over again"
	case maybeOver(l) && !(l.HandedBack() && writes(l)):
		f.state, f.can = phoned(l), "You can take over what the end user writes next, or read the transcript."
	case l.HandedBack():
		f.state = fmt.Sprintf("AI is answering again — since %s", mrkdwn.TimeSeconds(l.Since))
		f.can = "You can take over again, or choose the outcome of the last takeover."
	case !noAnswerSince(l).IsZero():
		f.state = fmt.Sprintf("No answer since %s", recently(l, noAnswerSince(l)))
		f.foot = []string{fmt.Sprintf("The AI is on, and had not answered when the messages were read, at %s.", recently(l, l.Recent.ReadAt))}
	}
	if o := l.HandBack.Outcome; o.Kind != "" && l.HandedBack() {
		f.foot = append(f.foot, fmt.Sprintf("Outcome: %s (%s, %s)", o.Kind, mrkdwn.Mention(o.By), recently(l, o.At)))
	}
	f.foot = append(f.foot, readingFoot(l)...)
	if !l.Ability(takeover.CanSilence).Yes() {
		return f.readOnly(l)
	}
	f.buttons = freeButtons(l, take)
	return f
}

// freeButtons are the buttons of a line that no operator has; take are the words on the first.
func freeButtons(l takeover.Line, take string) []slack.BlockElement {
	button := mrkdwn.Button(ids.Take, string(l.ID), take)
	if !maybeOver(l) {
		button.WithStyle(slack.StylePrimary)
	}
	if l.HandedBack() {
		return []slack.BlockElement{button, outcomeMenu(l), menu(l, ids.Transcript, ids.Refresh)}
	}
	return []slack.BlockElement{button, mrkdwn.Button(ids.Transcript, string(l.ID), "Transcript"), menu(l, ids.Refresh)}
}

// noAnswerAfter is for how long an end user has had no answer before a card says that first.
const noAnswerAfter = 5 * time.Minute

// noAnswerSince is since when an end user waits whom the AI should have answered, if that was
// noAnswerAfter or longer when the messages were read; else zero. What is known of the AI otherwise comes
// first. It is no matter of when the card is drawn: the bot does not read a line that nobody attends.
func noAnswerSince(l takeover.Line) time.Time {
	waiting := time.Time(l.WaitingSince())
	known := l.State != takeover.StateAI || l.Trouble != nil || l.Newest.Ended || !l.OffAt.IsZero() || l.Aftercare.Missed || !l.OutsideAt.IsZero() || l.HandedBack()
	if known || waiting.IsZero() || l.Recent.ReadAt.Sub(waiting) < noAnswerAfter {
		return time.Time{}
	}
	return waiting
}

// writes reports whether the end user of a line whose newest conversation is a phone call is known
// to write as well.
func writes(l takeover.Line) bool {
	return slices.ContainsFunc(l.Covered, func(c takeover.Covered) bool { return c.Channel != takeover.ChannelCall && c.ID != l.Newest.ID })
}

// maybeOver reports whether the newest conversation is a phone call of a provider that does not say
// when a call ends.
func maybeOver(l takeover.Line) bool {
	return l.Newest.Channel == takeover.ChannelCall && l.Newest.Status == "" && !l.Newest.Ended
}

// phoned is the state of a call that may be over. It says so from the beginning: nothing tells the
// bot to draw the card again when the call ends.
func phoned(l takeover.Line) string {
	last := l.Recent.LastAt
	if last.IsZero() {
		return "The AI has the end user on the phone — the call may be over"
	}
	return fmt.Sprintf("The AI had the end user on the phone — last heard %s, the call may be over", recently(l, time.Time(last)))
}
