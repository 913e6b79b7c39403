package render

import (
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// RefusalOf is a refusal of this kind, with the line as it is stored.
func RefusalOf(kind takeover.RefusalKind, l takeover.Line) takeover.Refusal {
	return takeover.Refusal{Kind: kind, Line: l.ID, Holder: l.Takeover.Holder, Since: l.Since, State: l.State, Ref: l.Ref}
}

// StaleRefusal says why a line that no one holds any more cannot be handed back.
func StaleRefusal(l takeover.Line) takeover.Refusal {
	if l.State == takeover.StateReturning {
		return RefusalOf(takeover.RefusedReturning, l)
	}
	return RefusalOf(takeover.RefusedNotHeld, l)
}

// Refusal says in one private sentence or two what happened and what to do.
func Refusal(r takeover.Refusal) string {
	switch r.Kind {
	case takeover.RefusedTaken, takeover.RefusedNotTheirs, takeover.RefusedHolderOnly, takeover.RefusedNotYours:
		return theirsNow(r)
	case takeover.RefusedYours:
		return "You already have this line. " + yoursNow(r)
	case takeover.RefusedNotHeld:
		return "Nobody holds this line: the AI answers, and there is nothing to hand back, to hold longer or to pass on. The card shows the state as it is now."
	case takeover.RefusedReturning:
		return fmt.Sprintf("This line is being handed back to the AI already, since %s. Wait for its card to change; then you can press *Take over*.", mrkdwn.TimeSeconds(r.Since))
	case takeover.RefusedSettled:
		return fmt.Sprintf("There is nothing to try again: %s. The card shows the state as it is now.", stateNow(r))
	case takeover.RefusedUnsupported:
		return strings.TrimSpace(mrkdwn.Escape(r.Why) + " Nothing was changed; the card shows what can be done.")
	case takeover.RefusedOver:
		return "No offer of this line stands for you: it was answered or withdrawn meanwhile, or it was made to somebody else. Nothing was changed; the card shows who has the line now."
	case takeover.RefusedSelf:
		return "This line is yours already. Nothing was changed. Press *Hand off …* on the card and pick somebody else."
	case takeover.RefusedNothing:
		return "There is nothing to do that with any more. Nothing was changed; `/takeover open` shows who holds what."
	case takeover.RefusedUnasked:
		return "Handing this line back has to be confirmed. Nothing was changed. Press *Hand back to AI* on its card."
	case takeover.RefusedNoCommand:
		return "That search is too old to go on with. Please search the number again with `/takeover`."
	default:
		return "The bot does not know this line any more. Please search the number again with `/takeover`, for example `/takeover +1 415 555 0137`."
	}
}

// theirsNow is what somebody has to know who wants what another one has.
func theirsNow(r takeover.Refusal) string {
	switch r.Kind {
	case takeover.RefusedTaken:
		who := fmt.Sprintf("%s was faster: %s earlier", mrkdwn.Mention(r.Holder), lag(r.Earlier))
		if r.Earlier > raceTime {
			who = fmt.Sprintf("%s has had this line for %s", mrkdwn.Mention(r.Holder), mrkdwn.Duration(r.Earlier))
		}
		return fmt.Sprintf("%s. Nothing was changed; %s. Write to %s if you need the line, or take it: *Take from the holder …* in the menu of its card.",
			who, stateNow(r), mrkdwn.Mention(r.Holder))
	case takeover.RefusedNotTheirs:
		return fmt.Sprintf("%s does not have this line: %s has it, since %s. Nothing was changed. Write to %s, or press *Take from the holder …* in the menu of its card.",
			mrkdwn.Mention(r.From), mrkdwn.Mention(r.Holder), mrkdwn.Time(r.Since), mrkdwn.Mention(r.Holder))
	case takeover.RefusedHolderOnly:
		return fmt.Sprintf("%s has this line, and only the holder can offer it to somebody. Nothing was changed. Write to %s, or take the line first: *Take from the holder …* in the menu of its card.", mrkdwn.Mention(r.Holder), mrkdwn.Mention(r.Holder))
	default: // only the holder or a lead
		return fmt.Sprintf("%s has this line, and only the holder or a lead may do that. Nothing was changed. Write to %s, or take the line: *Take from the holder …* in the menu of its card.", mrkdwn.Mention(r.Holder), mrkdwn.Mention(r.Holder))
	}
}

// raceTime is how close two clicks have to be for one of them to be the faster one.
const raceTime = 10 * time.Second

// lag is by how much one click was faster than another.
func lag(d time.Duration) string {
	if d = max(d, 0); d < 100*time.Millisecond {
		return fmt.Sprintf("%.3f seconds", d.Seconds())
	}
	return mrkdwn.Duration(d)
}

// yoursNow is what the holder who presses once more has to know.
func yoursNow(r takeover.Refusal) string {
	if r.State == takeover.StateHeld {
		return "The AI is silent; press *Hand back to AI* when you are done."
	}
	return "The AI is not proven silent yet: watch the card, it changes by itself."
}

// stateNow is the present state inside a sentence.
func stateNow(r takeover.Refusal) string {
	switch r.State {
	case takeover.StateHeld:
		return fmt.Sprintf("%s has it and the AI is silent", mrkdwn.Mention(r.Holder))
	case takeover.StateTaking:
		return fmt.Sprintf("%s is taking over", mrkdwn.Mention(r.Holder))
	case takeover.StateReturning:
		return "it is being handed back to the AI"
	default:
		return "the AI is answering"
	}
}
