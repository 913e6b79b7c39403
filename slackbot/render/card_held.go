package render

import (
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// spokeFace is the face of a held line whose AI spoke all the same.
func spokeFace(l takeover.Line) face {
	return face{
		state:   fmt.Sprintf("AI spoke after the takeover — %s", mrkdwn.TimeSeconds(l.Takeover.Spoke.At)),
		red:     true,
		foot:    heldFoot(l),
		can:     fmt.Sprintf("%s holds the line. You can send a correction, or say that it was fine.", mrkdwn.Mention(l.Takeover.Holder)),
		buttons: append(buttons(l.ID, ids.Correct, ids.Fine), menu(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom, ids.HandBack)),
	}
}

// heldFace is the face of a line that an operator has and whose AI is silent.
func heldFace(l takeover.Line) face {
	f := face{
		state:   fmt.Sprintf("%s has it — AI is silent (checked %s)", mrkdwn.Mention(l.Takeover.Holder), mrkdwn.TimeSeconds(l.SilentAsOf())),
		foot:    heldFoot(l),
		can:     strings.TrimSpace(pending(l) + " You can hand back to the AI, hold it longer, or hand it off."),
		buttons: buttons(l.ID, ids.HandBack, ids.Extend, ids.HandOff),
	}
	if left := HoldLeft(l); left != "" {
		f.can = strings.TrimSpace("It lasts " + left + ". " + f.can)
	}
	if l.Newest.Channel == takeover.ChannelCall {
		f.foot = append(f.foot, fmt.Sprintf("This is a phone call: %s promises silence for written answers only. Listen in, or call the end user.", l.Provider))
	}
	if l.Offered() {
		f.buttons = append(f.buttons, mrkdwn.Button(ids.Withdraw, l.HandoffID(), "Withdraw offer"))
	}
	f.buttons = append(f.buttons, menu(l, ids.Transcript, ids.Refresh, ids.HoldFor, ids.TakeFrom))
	return f
}

// heldFoot says who holds a line, how long, how well it is known that the AI is silent,
// and what is pending.
func heldFoot(l takeover.Line) []string {
	lines := []string{Joined("Held by "+mrkdwn.Mention(l.Takeover.Holder)+" since "+mrkdwn.Time(l.Takeover.HeldSince()), HoldLeft(l),
		"silence checked at "+mrkdwn.TimeSeconds(l.SilentAsOf()), "ref "+string(l.Ref))}
	if pending := pending(l); pending != "" {
		lines = append(lines, pending)
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
	takeover.HoldLeadsTold:  "asked %s twice and told the leads",
}

// holdAsked says how far a hold that ran out has come; empty while it runs.
func holdAsked(l takeover.Line) string {
	hold := l.Takeover.Hold
	if hold.Step == takeover.HoldRuns {
		return ""
	}
	done := fmt.Sprintf(asked[hold.Step], mrkdwn.Mention(l.Takeover.Holder))
	return fmt.Sprintf("The %s hold ran out at %s: %s; next step at %s.", holdLength(hold.For), mrkdwn.Time(hold.Until), done, mrkdwn.Time(hold.NextAt))
}

// offered says to whom the line is offered.
func offered(l takeover.Line) string {
	return fmt.Sprintf("Offered to %s at %s, not accepted yet: %s keeps it until then.", mrkdwn.Mention(l.Takeover.Handoff.To), mrkdwn.Time(l.Takeover.Handoff.At), mrkdwn.Mention(l.Takeover.Holder))
}
