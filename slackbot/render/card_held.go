package render

import (
	"fmt"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// spokeFace is the face of a held line whose AI spoke all the same.
func spokeFace(l takeover.Line, now time.Time) face {
	f := face{
		state:   fmt.Sprintf("AI spoke after the takeover — %s", mrkdwn.TimeSeconds(time.Time(l.Takeover.Spoke.At))),
		red:     true,
		foot:    append([]string{heldBy(l, now)}, heldPending(l, now)...),
		can:     fmt.Sprintf("%s holds the line. You can send a correction, or say that it was fine.", mrkdwn.Mention(l.Takeover.Holder)),
		buttons: append(buttons(l.ID, withNumber(l, ids.Correct, ids.Fine)...), menu(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom, ids.HandBack)),
	}
	if at := l.Takeover.Spoke.DraftedAt; !at.IsZero() {
		f.foot = append([]string{fmt.Sprintf("The draft of a correction is in the thread since %s. *Nothing was sent*: send it, then press *It was fine*.", mrkdwn.Time(at))}, f.foot...)
		f.can = fmt.Sprintf("%s holds the line. The draft of a correction was not sent.", mrkdwn.Mention(l.Takeover.Holder))
		if !Talks(l) {
			f.buttons = append(buttons(l.ID, ids.Fine), f.buttons[2:]...)
		}
	}
	return f
}

// heldFace is the face of a line that an operator has: what is proven of its AI.
func heldFace(l takeover.Line, now time.Time) face {
	silence := l.Silence(now)
	state, can := silenceWords(l, silence)
	f := face{
		state:   state,
		foot:    append([]string{heldSince("Since", l, "")}, heldPending(l, now)...),
		can:     strings.TrimSpace(pending(l) + " You can " + orWrite(l) + "hand back to the AI, hold it longer, or hand it off."),
		buttons: buttons(l.ID, heldActions(l)...),
	}
	if silence.Level != takeover.SilenceProven {
		f.red, f.can = true, "You can check it now, or hand back to the AI."
		f.buttons = append([]slack.BlockElement{primary(ids.Retry, string(l.ID), "Check now")}, mrkdwn.Button(ids.HandBack, string(l.ID), labels[ids.HandBack]))
		if talksNot(l) == "" {
			f.buttons = append(f.buttons, mrkdwn.Button(ids.Reply, string(l.ID), labels[ids.Reply]))
		}
	}
	if left := HoldLeft(l); left != "" {
		f.can = strings.TrimSpace("It lasts " + left + ". " + f.can)
	}
	f.can = strings.TrimSpace(can + " " + f.can)
	if why := talksNot(l); why != "" && l.Newest.Channel != takeover.ChannelCall {
		f.can += " " + why
	}
	if l.Offered() {
		f.buttons = append(f.buttons, mrkdwn.Button(ids.Withdraw, l.HandoffID(), "Withdraw offer"))
	}
	f.buttons = append(f.buttons, menu(l, withNumber(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom)...))
	return f
}

// orWrite is the beginning of what the holder can do, where the end user can be written to.
func orWrite(l takeover.Line) string {
	if talksNot(l) != "" {
		return ""
	}
	return "write to the end user, "
}

// heldActions are the buttons of a held line, without the menu. With *Reply …* and the button of an
// offer there is no room for *+30 min*: *Hold for …* in the menu does the same.
func heldActions(l takeover.Line) []string {
	switch {
	case talksNot(l) != "":
		return []string{ids.HandBack, ids.Extend, ids.HandOff}
	case l.Offered():
		return []string{ids.HandBack, ids.Reply, ids.HandOff}
	}
	return []string{ids.HandBack, ids.Reply, ids.Extend, ids.HandOff}
}

// silenceWords say what is proven of a held line's AI, in the product's exact words, and for a
// lock screen what they do not promise. No other function calls the AI silent.
func silenceWords(l takeover.Line, s takeover.Silence) (state, can string) {
	has := mrkdwn.Mention(l.Takeover.Holder) + " has it"
	switch {
	case len(s.Left) > 0:
		return fmt.Sprintf("%s — NOT silent in an older conversation: the AI was switched on there outside Slack", has), ""
	case s.Level == takeover.SilenceUnchecked:
		return fmt.Sprintf("%s — silence not checked since %s (%s)", has, mrkdwn.TimeSeconds(s.AsOf), uncheckedCause(l.Provider, s.Why)), ""
	case s.Level != takeover.SilenceProven:
		return fmt.Sprintf("%s — NOT silent: %s says that the AI is on; the bot looks again", has, l.Provider), ""
	case s.Texts == 0:
		return fmt.Sprintf("%s — a phone call: the AI on the phone is not silenced", has), onThePhone(l)
	case l.Newest.Channel == takeover.ChannelCall || len(l.Takeover.Calls) > 0:
		return fmt.Sprintf("%s — AI is silent in text, not on the phone (checked %s)", has, mrkdwn.TimeSeconds(s.ShownAsOf)), onThePhone(l)
	default:
		return fmt.Sprintf("%s — AI is silent (checked %s)", has, mrkdwn.TimeSeconds(s.ShownAsOf)), ""
	}
}

// uncheckedCause says why a proof of silence could not be renewed.
func uncheckedCause(provider string, t *takeover.Trouble) string {
	if t == nil {
		return "the bot has not looked since"
	}
	if t.Status != 0 {
		return fmt.Sprintf("%s answers %d", provider, t.Status)
	}
	if t.Kind == takeover.NoAnswer {
		return provider + " does not answer"
	}
	return TroubleCause(provider, t)
}

// onThePhone says what a takeover does not do about phone calls.
func onThePhone(l takeover.Line) string {
	since := l.Newest.CreatedAt
	if n := len(l.Takeover.Calls); n > 0 {
		since = l.Takeover.Calls[n-1].Since
	}
	words := "The end user phoned"
	if !since.IsZero() {
		words += " at " + mrkdwn.Time(time.Time(since))
	}
	return words + ": on the phone the AI is not silenced. Listen in, or call the end user."
}

// heldBy says who holds a line, how long, and how well it is known that the AI is silent, below a state
// that says none of it.
func heldBy(l takeover.Line, now time.Time) string {
	silence, checked := l.Silence(now), ""
	if (silence.Level == takeover.SilenceProven || silence.Level == takeover.SilenceUnchecked) && silence.Texts > 0 {
		checked = "silence checked at " + mrkdwn.TimeSeconds(silence.ShownAsOf)
	}
	return heldSince("Held by "+mrkdwn.Mention(l.Takeover.Holder)+" since", l, checked)
}

// heldSince says since when a line is held, how long, and what else is known.
func heldSince(since string, l takeover.Line, known string) string {
	return Joined(since+" "+mrkdwn.Time(l.Takeover.HeldSince()), HoldLeft(l), known, "ref "+string(l.Ref))
}

// heldPending says below who holds a line what is pending, and what cannot be done.
func heldPending(l takeover.Line, now time.Time) []string {
	var lines []string
	if why := talksNot(l); why != "" && l.Newest.Channel != takeover.ChannelCall {
		lines = append(lines, why)
	}
	if pending := pending(l); pending != "" {
		lines = append(lines, pending)
	}
	if l.Newest.Channel == takeover.ChannelCall || len(l.Takeover.Calls) > 0 {
		lines = append(lines, onThePhone(l))
	}
	if l.Recent.Failed != nil {
		lines = append(lines, Unread(l.Provider, l.Recent.Failed))
	}
	return append(lines, silenceLimits(l, l.Silence(now))...)
}

// silenceLimits say what a proof of silence does not cover.
func silenceLimits(l takeover.Line, s takeover.Silence) []string {
	var lines []string
	if !s.MayChangeUntil.IsZero() {
		lines = append(lines, fmt.Sprintf("%s did not answer an earlier change, which may still arrive until %s. The bot looks every few seconds until then, and puts it right.", l.Provider, mrkdwn.TimeSeconds(s.MayChangeUntil)))
	}
	if s.Beyond > 0 {
		lines = append(lines, fmt.Sprintf("The takeover covers the %d newest text conversations; %d older ones are not.", takeover.CoveredMost, s.Beyond))
	}
	return lines
}

// pending says how far a hold that ran out has come, and to whom the line is offered.
func pending(l takeover.Line) string {
	words := holdAsked(l)
	if l.Offered() {
		words = strings.TrimSpace(words + " " + offered(l))
	}
	return words
}

// HoldLeft is how long a hold lasts: "until 03:44 (30 min hold)"; empty where it has no
// end, or has run out.
func HoldLeft(l takeover.Line) string {
	if l.Takeover.Hold.Until.IsZero() || l.Takeover.Hold.Step != takeover.HoldRuns {
		return ""
	}
	return fmt.Sprintf("until %s (%s hold)", mrkdwn.Time(l.Takeover.Hold.Until), holdLength(l.Takeover.Hold.For))
}

// holdLength is a hold's length as people say it: "30 min", "2 h".
func holdLength(d time.Duration) string {
	if d >= 3*time.Hour && d%time.Hour == 0 {
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int(d.Minutes()))
}

// asked says whom the bot has asked since a hold ran out, by the step that the hold has reached.
var asked = map[takeover.HoldStep]string{
	takeover.HoldAsked:      "asked %s",
	takeover.HoldAskedAgain: "asked %s twice",
	takeover.HoldLeadsTold:  "asked %s twice and told {leads}",
}

// holdAsked says how far a hold that ran out has come; empty while it runs.
func holdAsked(l takeover.Line) string {
	hold := l.Takeover.Hold
	if hold.Step == takeover.HoldRuns {
		return ""
	}
	done := fmt.Sprintf(asked[hold.Step], mrkdwn.Mention(l.Takeover.Holder))
	leads := "the leads"
	if hold.Leaderless {
		leads = "the desk's channel"
	}
	done = strings.Replace(done, "{leads}", leads, 1)
	return fmt.Sprintf("The %s hold ran out at %s: %s; next step at %s.", holdLength(hold.For), mrkdwn.Time(hold.Until), done, mrkdwn.Time(hold.NextAt))
}

// offered says to whom the line is offered.
func offered(l takeover.Line) string {
	return fmt.Sprintf("Offered to %s at %s, not accepted yet: %s keeps it until then.", mrkdwn.Mention(l.Takeover.Handoff.To), mrkdwn.Time(l.Takeover.Handoff.At), mrkdwn.Mention(l.Takeover.Holder))
}
