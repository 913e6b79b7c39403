package render

import (
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// maxFoot is how many lines the foot of a card may have.
const maxFoot = 3

// cardFoot is the holder's lines, or what a trouble means and what to do.
func cardFoot(l takeover.Line) string {
	var lines []string
	switch {
	case l.Trouble != nil:
		lines = troubleFoot(l)
	case l.State == takeover.StateHeld:
		lines = heldFoot(l)
	case l.State == takeover.StateTaking && l.Offered():
		lines = []string{offered(l)}
	case l.State == takeover.StateAI:
		lines = append(aftermath(l), readingFoot(l)...)
	}
	return strings.Join(lines[:min(len(lines), maxFoot)], "\n")
}

// troubleFoot says what a trouble means, who pressed, and when it is tried again.
func troubleFoot(l takeover.Line) []string {
	by, at := l.Takeover.Holder, l.Takeover.ClaimedAt
	if l.State == takeover.StateReturning {
		by, at = l.HandBack.By, l.Since
	}
	who := mrkdwn.Mention(by) + " pressed at " + mrkdwn.Time(at)
	if by == "" {
		who = "The hold ran out at " + mrkdwn.Time(at)
	}
	lines := []string{troubleMeaning(l), fmt.Sprintf("%s; %s so far, next at %s.", who, mrkdwn.Count(l.Trouble.Attempts, "attempt"), mrkdwn.TimeSeconds(l.Trouble.NextAt))}
	if l.Offered() {
		lines = append(lines, offered(l))
	}
	return lines
}

// heldFoot says who holds a line, how long, how well it is known that the AI is silent,
// and what is pending.
func heldFoot(l takeover.Line) []string {
	parts := []string{"Held by " + mrkdwn.Mention(l.Takeover.Holder) + " since " + mrkdwn.Time(l.Takeover.HeldSince())}
	if left := HoldLeft(l); left != "" {
		parts = append(parts, left)
	}
	lines := []string{strings.Join(append(parts, "silence checked at "+mrkdwn.TimeSeconds(l.SilentAsOf()), "ref "+string(l.Ref)), " · ")}
	if pending := strings.TrimSpace(holdAsked(l) + " " + offeredOr(l)); pending != "" {
		lines = append(lines, pending)
	}
	if l.Newest.Channel == takeover.ChannelCall && !spokeSince(l) {
		lines = append(lines, fmt.Sprintf("This is a phone call: %s promises silence for written answers only. Listen in, or call the end user.", l.Provider))
	}
	return lines
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

// holdAsked says how far a hold that ran out has come; empty while it runs.
func holdAsked(l takeover.Line) string {
	var done string
	switch l.Takeover.Hold.Step {
	case takeover.HoldRuns:
		return ""
	case takeover.HoldAsked:
		done = "asked " + mrkdwn.Mention(l.Takeover.Holder)
	case takeover.HoldAskedAgain:
		done = "asked " + mrkdwn.Mention(l.Takeover.Holder) + " twice"
	case takeover.HoldLeadsTold:
		done = "asked " + mrkdwn.Mention(l.Takeover.Holder) + " twice and told the leads"
	}
	return fmt.Sprintf("The %s hold ran out at %s: %s; next step at %s.", holdLength(l.Takeover.Hold.For), mrkdwn.Time(l.Takeover.Hold.Until), done, mrkdwn.Time(l.Takeover.Hold.NextAt))
}

// offered says to whom the line is offered.
func offered(l takeover.Line) string {
	return fmt.Sprintf("Offered to %s at %s, not accepted yet: %s keeps it until then.", mrkdwn.Mention(l.Takeover.Handoff.To), mrkdwn.Time(l.Takeover.Handoff.At), mrkdwn.Mention(l.Takeover.Holder))
}

func offeredOr(l takeover.Line) string {
	if !l.Offered() {
		return ""
	}
	return offered(l)
}

// aftermath says what a takeover that is over has left to say.
func aftermath(l takeover.Line) []string {
	switch {
	case l.Newest.Ended:
		return nil
	case !l.OffAt.IsZero():
		return []string{"Neither the AI nor a person answers the end user. Take over, and hand back when the AI is to answer again."}
	case l.Aftercare.Missed:
		return []string{"The line was handed back and the end user has got no answer. Take over again, or look at the assistant."}
	case !l.OutsideAt.IsZero():
		return []string{"Somebody switched the AI on again elsewhere; the bot does not fight it. Nobody holds this line now."}
	}
	return nil
}
