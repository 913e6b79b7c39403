package render

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// RefusalOf is a refusal of this kind, with the line as it is stored.
func RefusalOf(kind takeover.RefusalKind, l takeover.Line) takeover.Refusal {
	return takeover.Refusal{Kind: kind, Line: l.ID, Holder: l.Takeover.Holder, Since: l.Since, State: l.State, Ref: l.Ref}
}

// StaleRefusal says why a line that no one holds any more cannot be handed back.
func StaleRefusal(l takeover.Line) string {
	if l.State == takeover.StateReturning {
		return Refusal(RefusalOf(takeover.RefusedReturning, l))
	}
	return Refusal(RefusalOf(takeover.RefusedNotHeld, l))
}

// What to do where another person has the line: its card has the menu once the line is held.
const (
	orTake      = "Write to {holder}, or take the line: *Take from the holder …* in the menu of its card."
	orTakeLater = "Write to {holder}, or wait for the card to change: `!log` in its thread says what happened so far."
)

// refusals say in one private sentence or two what happened and what to do. {name} in a text is
// filled in by Refusal.
var refusals = map[takeover.RefusalKind]string{
	takeover.RefusedTaken:       "{first}. Nothing was changed; {state}. " + orTake,
	takeover.RefusedNotTheirs:   "{from} does not have this line: {holder} has it, since {since}. Nothing was changed. " + orTake,
	takeover.RefusedHolderOnly:  "{holder} has this line, and only the holder can offer it to another operator. Nothing was changed. " + orTake,
	takeover.RefusedNotYours:    "{holder} has this line, and only the holder or a lead may do that. Nothing was changed. " + orTake,
	takeover.RefusedYours:       "You already have this line. {yours}",
	takeover.RefusedNotHeld:     "Nobody holds this line: the AI answers, and there is nothing to hand back, to hold longer or to pass on. Press *Take over* on the card to have it.",
	takeover.RefusedReturning:   "This line is being handed back to the AI already, since {sinceSecond}. Wait for its card to change; then you can press *Take over*.",
	takeover.RefusedSettled:     "There is nothing to try again: {state}. `!log` in its thread says what happened.",
	takeover.RefusedUnknown:     "Slack has not told the bot yet who you are and what you may do here. What you asked for is stored, and takes effect as soon as Slack answers: you need not press again. If this takes long, an administrator of the bot finds the cause with `bot doctor`.",
	takeover.RefusedUnsupported: "{why} Nothing was changed; the card shows what can be done.",
	takeover.RefusedOver:        "{offer} Nothing was changed; {state}. `/takeover handoff` lists what is offered to you.",
	takeover.RefusedSelf:        "This line is yours already. Nothing was changed. Press *Hand off …* on the card and pick another person.",
	takeover.RefusedNothing:     "There is nothing to do that with any more. Nothing was changed; `/takeover open` shows who holds what.",
	takeover.RefusedUnasked:     "Handing this line back has to be confirmed. Nothing was changed. Press *Hand back to AI* on its card.",
	takeover.RefusedFull:        "All that is noted for the AI may have 2,000 characters together, and with this it would have more. Nothing was changed. Press *Hand back to AI* on the card: the box shows what is noted, and lets you shorten it.",
	takeover.RefusedNoOutcome:   "The line was taken over again after that hand-back: {state}. Nothing was changed. Its card asks for the outcome once it is handed back; `!log` in its thread says what happened.",
	takeover.RefusedSpeaker:     "Only what {holder} writes reaches the end user, because {holder} has this line. Your words stay in the thread. " + orTake,
	takeover.RefusedLeft:        "The end user has the original already, or is about to get it: a text can be neither changed nor taken back. Write what is right in a new message; `!log` in the thread says what was sent.",
	takeover.RefusedDeleted:     "You have deleted that message, so nothing was sent to the end user, and the line was not taken over: {state}. `!log` in its thread says what happened.",
	takeover.RefusedOptedOut:    "Nothing was sent: the end user wrote STOP, and gets no texts until writing START. Call instead; `!log` in the thread says since when.",
	takeover.RefusedNoCommand:   "That search is too old to go on with. Please search again: `/takeover help` shows how.",
	takeover.RefusedNoLine:      "The bot does not know this line any more. Please search the number again, for example `/takeover +1 415 555 0137`.",
}

// Refusal says what the person who pressed or typed has to know. A kind that this version does
// not know reads as a line that it does not know.
func Refusal(r takeover.Refusal) string {
	if r.Kind == takeover.RefusedRole {
		return r.Why
	}
	holder := mrkdwn.Mention(r.Holder)
	first := holder + " was faster"
	if r.Earlier >= leastLag { // clocks of two replicas may say that the second one was first
		first += fmt.Sprintf(": %s earlier", lag(r.Earlier))
	}
	if r.Earlier > raceTime {
		first = fmt.Sprintf("%s has had this line for %s", holder, mrkdwn.Duration(r.Earlier))
	}
	state, yours := "the AI is answering", "The AI is not proven silent yet: watch the card, it changes by itself; `!log` in its thread says what happened so far."
	switch r.State {
	case takeover.StateHeld:
		state, yours = holder+" has it", "The card says what the AI does; press *Hand back to AI* when you are done."
	case takeover.StateTaking:
		state = holder + " is taking over"
	case takeover.StateReturning:
		state = "it is being handed back to the AI"
	}
	text := cmp.Or(refusals[r.Kind], refusals[takeover.RefusedNoLine])
	if r.State == takeover.StateTaking || r.State == takeover.StateReturning {
		text = strings.ReplaceAll(text, orTake, orTakeLater)
	}
	return strings.TrimSpace(strings.NewReplacer(
		"{holder}", holder, "{from}", mrkdwn.Mention(r.From), "{since}", mrkdwn.Time(r.Since), "{sinceSecond}", mrkdwn.TimeSeconds(r.Since),
		"{first}", first, "{state}", state, "{yours}", yours, "{why}", mrkdwn.Escape(r.Why), "{offer}", offerOver(r),
	).Replace(text))
}

// NotSent says that words for the end user were not sent, and why.
func NotSent(r takeover.Refusal) string {
	words := Refusal(r)
	switch r.Kind {
	case takeover.RefusedNotHeld:
		words = "Nobody holds this line: the AI answers. Press *Take over* on the card, then write again."
	case takeover.RefusedSettled: // of a text, not of the line
		words = "What became of this text is known by now: the thread says it."
	case takeover.RefusedNoCommand:
		words = "The bot does not have these words any more. Write them again."
	case takeover.RefusedOptedOut:
		return words // it says so
	}
	return "Nothing was sent to the end user. " + words
}

// offerOver says why a person cannot answer an offer.
func offerOver(r takeover.Refusal) string {
	o := r.Offer
	what := offerEndText(takeover.Entry{Who: o.By, Other: o.To, Cause: o.Cause}, "the offer to "+mrkdwn.Mention(o.To))
	switch {
	case o.Event == takeover.EventAccepted:
		what = fmt.Sprintf("%s accepted this offer", mrkdwn.Mention(o.By))
	case o.Event == takeover.EventDeclined:
		what = fmt.Sprintf("%s declined this offer", mrkdwn.Mention(o.By))
	case o.Event == "" && r.To != "":
		return fmt.Sprintf("This offer is to %s: no other person can answer it.", mrkdwn.Mention(r.To))
	case o.Event == "":
		return "This line is not offered to anybody now."
	}
	what = fmt.Sprintf("%s, at %s.", what, mrkdwn.Time(o.At))
	if r.To != "" {
		what += fmt.Sprintf(" It is offered to %s now.", mrkdwn.Mention(r.To))
	}
	return what
}

// leastLag is the least that is said of how much faster a click was.
const leastLag = 10 * time.Millisecond

// raceTime is how close two clicks have to be for one of them to be the faster one.
const raceTime = 10 * time.Second

// lag is by how much one click was faster than another.
func lag(d time.Duration) string {
	if d = max(d, 0); d < 100*time.Millisecond {
		return fmt.Sprintf("%.3f seconds", d.Seconds())
	}
	return mrkdwn.Duration(d)
}

// AskHandBack asks an operator who hands back by a typed word whether that is meant, where
// another person holds the line or the end user waits. Its button opens the modal.
func AskHandBack(l takeover.Line, c takeover.Command) slackapi.Message {
	question, label := "Hand back to the AI?", "Hand back …"
	var why []string
	if l.Takeover.Holder != c.By {
		why = append(why, fmt.Sprintf("%s has had this since %s and would be told in the thread.", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.Time(l.Takeover.HeldSince())))
	}
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		question = "Hand back anyway? " + StillWaits(Unanswered(l))
		label = "Hand back anyway …"
		why = append(why, fmt.Sprintf("The end user has been waiting since %s.", mrkdwn.Time(time.Time(waiting))))
	}
	done := "Nothing was changed."
	if c.Note != "" {
		done = "The line was not handed back. Your words are kept: they are in the box that the button opens."
	}
	foot := strings.Join(append(why, done), " ")
	return slackapi.Message{Text: mrkdwn.Escape(question) + " " + foot, Blocks: []slack.Block{
		slack.NewSectionBlock(mrkdwn.Plain(question), nil, nil, slack.SectionBlockOptionBlockID("anyway")),
		mrkdwn.Context("anyway.why", foot),
		slack.NewActionBlock("anyway.act", mrkdwn.Button(ids.HandBack, string(l.ID), label).WithStyle(slack.StyleDanger)),
	}}
}

// StillWaits says what the end user waits for and what becomes of it; unanswered may be empty.
func StillWaits(unanswered string) string {
	what := "an answer"
	if unanswered != "" {
		what += fmt.Sprintf(" to “%s”", unanswered)
	}
	return fmt.Sprintf("The end user still waits for %s. The AI may answer that, or may answer only once the end user writes again.", what)
}

// YourWords repeats what a person typed with a command that was refused.
func YourWords(note string) string {
	return " You wrote: “" + mrkdwn.Escape(mrkdwn.StripHidden(note)) + "”"
}

// Unanswered is the end user's last message, on one line, if the end user waits for an answer
// to it; else empty.
func Unanswered(l takeover.Line) string {
	words := l.Unanswered()
	if words == "" {
		return ""
	}
	return mrkdwn.OneLine(typed.MaskOf(l).In(words), takeover.ExcerptLength)
}
