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

const (
	// ThreadHead is the first line of the thread of a line that nobody holds. It stays true after a takeover.
	ThreadHead = "Until an operator takes over, nothing written in this thread reaches the end user."
	// threadStays is what it says where no operator can write to the end user.
	threadStays = "Nothing written in this thread reaches the end user."
)

// TalkHead says which words of a line's thread reach the end user now, and where none do, why and
// what to do instead. careful is takeover.Desk.Careful.
func TalkHead(l takeover.Line, careful bool) string {
	holder := mrkdwn.Mention(l.Takeover.Holder)
	switch {
	case !l.Taken() && l.Ability(takeover.CanSilence).Yes() && talksNot(l) == "":
		return ThreadHead
	case !l.Taken():
		return threadStays
	case talksNot(l) != "":
		return threadStays + " " + talksNot(l) + " " + talksInstead(l)
	case careful:
		return fmt.Sprintf("Only what %s writes with *Reply …* on the card, or in lines that begin with &gt;, goes to the end user as a text; everything else stays here.", holder)
	default:
		return fmt.Sprintf("What %s writes or posts in this thread goes to the end user as a text after five seconds; begin a line with // to keep it here.", holder)
	}
}

// ThreadMessage is what the thread of a line of that desk says of an entry, with its buttons. said are
// the operator's words that the entry is about; they may be empty.
func ThreadMessage(l takeover.Line, e takeover.Entry, said string, desk takeover.Desk) slackapi.Message {
	words, leads := fillIn(cmp.Or(textsOf(e.Event).thread, textsOf(e.Event).log), l, e), desk.Groups.Leads
	switch e.Event {
	case takeover.EventLeadsTold, takeover.EventAnswerMissedLeads:
		if leads != "" {
			words = mrkdwn.MentionGroup(leads) + " " + words
		}
	case takeover.EventSilenced, takeover.EventAccepted, takeover.EventTakenFrom: // another person speaks now
		head := threadStays // the takeover may have ended before this is posted
		if l.Taken() {
			head = TalkHead(l, desk.Careful)
		}
		words += " " + head
	}
	m := mrkdwn.TextMessage(words + " · ref " + string(e.Ref))
	if said != "" {
		m.Blocks = append(m.Blocks, yourText(l, said))
	}
	m = About(l, e.At, m)
	if IsAlarm(e.Event) {
		m.Blocks = append(m.Blocks, whoBlock(l)) // the channel sees a copy, far from the card
	}
	if e.Event == takeover.EventAISpoke && l.Takeover.Spoke.Text != "" {
		m.Blocks = append(m.Blocks, mrkdwn.Quote("quote", Said(l, takeover.RoleAssistant, l.Takeover.Spoke.Text)))
	}
	if buttons := threadButtons(l, e); len(buttons) > 0 {
		m.Blocks = append(m.Blocks, slack.NewActionBlock("act", buttons...))
	}
	return m
}

// Undelivered says in the thread that a person did not get a direct message.
func Undelivered(job takeover.DirectJob) slackapi.Message {
	return mrkdwn.TextMessage(fmt.Sprintf("Slack did not take the direct message to %s: only this thread says it. · ref %s", mrkdwn.Mention(job.To), job.Entry.Ref))
}

// OutOfDate is what the thread of a card says once Slack does not edit the card any more. where is
// the place of the new card; empty if Slack takes none.
func OutOfDate(where string) string {
	if where == "" {
		return "*The card above is out of date*: Slack lets the bot neither change it nor post a new one. Believe what this thread says from here on, and `/takeover list`."
	}
	return fmt.Sprintf("*The card above is out of date*: Slack does not let the bot change it any more. The card of this line is %s now.", where)
}

// Supersedes is what the thread of a new card says of the one whose place it took.
func Supersedes(where string) string {
	return fmt.Sprintf("Slack does not let the bot change the earlier card of this line any more: this one takes its place. The earlier one, with its thread, is %s.", where)
}

// threadButtons are the buttons below the text of an event. Pressed when it is too late they are
// refused, and the state is shown as it is then.
func threadButtons(l takeover.Line, e takeover.Entry) []slack.BlockElement {
	switch {
	case standing(l, e):
		return offerButtons(e)
	case asksOutcome(l, e):
		return outcomeButtons(l)
	case e.Event == takeover.EventTextUnsure && e.Text != "":
		return []slack.BlockElement{primary(ids.SendAgain, ids.LineAnd(e.Line, e.Text), "Send again")}
	}
	return buttons(e.Line, textsOf(e.Event).actions...)
}

// asksOutcome reports whether e says that the line was handed back, and it still is.
func asksOutcome(l takeover.Line, e takeover.Entry) bool {
	return (e.Event == takeover.EventReleased || e.Event == takeover.EventReleasedGone) && l.HandedBack()
}

// standing reports whether e is an offer that can still be answered.
func standing(l takeover.Line, e takeover.Entry) bool {
	return e.Event == takeover.EventOffered && l.Takeover.Handoff.Ref == e.Ref
}

func offerButtons(e takeover.Entry) []slack.BlockElement {
	return []slack.BlockElement{primary(ids.Accept, ids.OfferOf(e), "Accept"), mrkdwn.Button(ids.Decline, ids.OfferOf(e), "Decline")}
}

// whoBlock says whom a line is about, where a message stands far from the card.
func whoBlock(l takeover.Line) slack.Block {
	return slack.NewContextBlock("who", mrkdwn.Plain(Who(l)))
}

// IsAlarm reports whether an event is told to the whole channel.
func IsAlarm(event takeover.Event) bool { return textsOf(event).alarm }

// Alarming reports whether the cause of an alarm still stands.
func Alarming(l takeover.Line, event takeover.Event) bool {
	switch event {
	case takeover.EventDeskWarned:
		return l.Trouble != nil
	case takeover.EventAnswerMissedLeads:
		return l.State == takeover.StateAI && l.Aftercare.Missed
	case takeover.EventUncheckedDesk:
		return l.Taken() && l.Takeover.Doubt.DeskTold
	default:
		return l.Taken() && l.Takeover.Hold.Step == takeover.HoldLeadsTold
	}
}

// ClosedAlarm replaces an alarm whose cause no longer stands; holder is whom it was about.
func ClosedAlarm(l takeover.Line, event takeover.Event, holder takeover.OperatorID) slackapi.Message {
	m := endedAbout(l, fillIn(textsOf(event).closed, l, takeover.Entry{Other: holder}))
	m.Blocks = append(m.Blocks, whoBlock(l))
	return m
}

// ClosedOffer replaces an offer in the thread of a line, without its buttons: e is what ended it, or the offer
// itself where that is not known.
func ClosedOffer(l takeover.Line, e takeover.Entry) slackapi.Message {
	return endedAbout(l, fillIn(textsOf(e.Event).closed, l, e))
}

// Draft is the message with the draft of a correction: that it was not sent comes first.
func Draft(l takeover.Line, job takeover.DraftJob) slackapi.Message {
	e := job.Entry
	why := fmt.Sprintf("the bot cannot write to this end user: copy these words, translate them if needed, and send them yourself, from your own phone or %s", l.Provider)
	if Talks(l) {
		why = fmt.Sprintf("only what %s writes reaches the end user, who can press *Send correction* on the card, or copy these words into a message here", mrkdwn.Mention(l.Takeover.Holder))
	}
	m := mrkdwn.TextMessage(fmt.Sprintf("*Draft, NOT sent.* %s, %s. · ref %s", mrkdwn.Mention(e.Who), why, e.Ref))
	m.Blocks = append(m.Blocks, mrkdwn.Quote("draft", Correction(l, job.Said)))
	return About(l, e.At, m)
}

// Correction is what an operator may write to an end user to whom the AI said something after the
// takeover; said may be empty.
func Correction(l takeover.Line, said string) string {
	what := "the last automatic message"
	if said != "" {
		what = "the automatic message “" + Said(l, takeover.RoleAssistant, said) + "”"
	}
	return "Please disregard " + what + ". It was sent by mistake. I am looking after this in person and will contact you."
}
