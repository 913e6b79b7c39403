package slackbot_test

import (
	"testing"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// cardRows describes the cards of slacktest.Cards, in the order of a night.
var cardRows = []struct{ card, title, when string }{
	{"ai", "AI is answering", "An operator has found the line and opened it; nobody has it."},
	{"no_answer", "No answer", "When the messages were read, the end user had got no answer for five minutes or longer, and nobody has the line."},
	{"days_ago", "No answer, days later", "The last messages are older than 20 hours: the date stands beside the time."},
	{"nobody_spoke", "AI is answering, no messages", "Nobody has said anything in the conversation yet."},
	{"taking", "Taking over", "An operator has pressed *Take over*; the AI's silence is not proven yet."},
	{"held", "Held", "The AI's flag was read back as off in each text conversation of the end user."},
	{"held_long", "Held for two hours", "The holder has chosen *Hold for …*."},
	{"held_endless", "Held without an end", "The takeover was stored by a version whose takeovers had no end."},
	{"held_compared", "Held, checked again", "The bot has looked again later."},
	{"held_offered", "Held, offered to a colleague", "The holder has pressed *Hand off …*; the colleague has not answered yet."},
	{"held_phones", "Held, and the end user phones", "The end user has phoned the assistant during the takeover."},
	{"held_call_text", "Held, a phone call and texts", "The newest conversation is a phone call; there are texts as well."},
	{"held_call", "Held, a phone call alone", "The end user has only phoned."},
	{"held_beyond", "Held, more than ten conversations", "The end user has more text conversations than a takeover covers."},
	{"held_may_change", "Held, a change may still arrive", "The answer to an earlier change was lost, so that it may still take effect."},
	{"held_unchecked", "Held, silence not checked", "The provider has not answered for a minute."},
	{"held_unchecked_failing", "Held, silence not checked (503)", "The provider has answered with errors for a minute."},
	{"held_not_whole", "Held, the list is not whole", "The provider does not list all conversations of the end user."},
	{"held_read_otherwise", "Held, read as on", "One reading says that the AI is on; a second one decides."},
	{"held_left", "Held, an older conversation switched on", "The AI was switched on in an older conversation, outside Slack."},
	{"spoke", "AI spoke after the takeover", "An AI text went out to the end user although an operator has the line."},
	{"spoke_unheard", "AI spoke, words not known", "The same, and the words could not be read."},
	{"joining", "New conversation", "The end user has begun another conversation, whose AI is not proven silent yet."},
	{"joining_offered", "New conversation of an offered line", "The same, while the line is offered to a colleague."},
	{"joining_trouble", "New conversation, NOT silent", "The provider refuses to silence the new conversation."},
	{"hold_asked", "Hold ran out", "Nobody has written for the time of the hold: the holder was asked."},
	{"hold_asked_again", "Hold ran out, asked twice", "The holder has not answered for five minutes."},
	{"hold_leads_told", "Hold ran out, leads told", "The holder has not answered twice, and the end user waits."},
	{"hold_lapsed", "Handing back by the desk's rule", "Nobody has answered, and the desk's rule gives the line to the AI."},
	{"not_silent_422", "NOT silent", "The provider has refused the change; the bot goes on trying."},
	{"not_silent_once", "NOT silent, first attempt", "The same after the first attempt."},
	{"not_silent_429", "NOT silent (429)", "The provider allows no more calls for a while."},
	{"not_silent_503", "NOT silent (503)", "The provider is failing."},
	{"not_silent_mute", "NOT silent, no answer", "The provider does not answer."},
	{"not_silent_key", "NOT silent, key refused", "The bot's API key was refused."},
	{"not_silent_gone", "NOT silent, conversation gone", "The provider does not know the conversation any more."},
	{"not_silent_kept", "NOT silent, change not kept", "The provider has said yes, and the read-back says that the AI is on."},
	{"not_silent_cannot", "NOT silent, not possible", "The provider cannot do this."},
	{"unknown_silent", "NOT proven silent", "The write may have taken effect, and reading it back fails."},
	{"not_listed", "NOT proven silent, no list", "The provider does not list the end user's conversations."},
	{"not_whole", "NOT proven silent, list not whole", "The provider lists only some of the end user's conversations."},
	{"lost_entries", "NOT finished", "Entries of other tools were lost in a write, and the bot puts them back."},
	{"returning", "Handing back", "An operator has handed back; the AI is not proven on yet."},
	{"not_back_422", "NOT handed back", "The provider has refused to switch the AI on; the bot goes on trying."},
	{"not_back_partly", "NOT handed back (503)", "The provider is failing; some conversations may be on already."},
	{"not_back_unknown", "NOT proven handed back", "The write may have taken effect, and reading it back fails."},
	{"not_back_never", "NOT handed back, never silent", "The takeover was given up before the AI was proven silent."},
	{"not_lapsed", "NOT handed back by the desk's rule", "The same after a hold that ran out."},
	{"ai_again", "AI is answering again", "Handed back, and read back as on."},
	{"ai_again_outcome", "AI is answering again, with an outcome", "An operator has said what the takeover led to."},
	{"not_answered", "AI has not answered", "Handed back, and two minutes later the end user still waits."},
	{"outside", "Changed outside Slack", "The AI was switched on outside Slack during a takeover."},
	{"outside_others", "Changed outside Slack, more to switch on", "The same, while the bot switches the AI on in the other conversations too."},
	{"off_outside", "AI is off", "The AI was switched off outside Slack, and nobody has the line."},
	{"reading", "A provider whose AI cannot be silenced", "A line of a provider that can only be read: *Watch* shows new messages."},
	{"reading_watched", "Watched", "An operator watches such a line."},
	{"reading_hidden", "The transcript is hidden", "The provider's key may not read the messages."},
	{"reading_ended", "The conversation has ended", "The provider says that the conversation is over."},
}

// oddCards are cards of the golden texts that the page leaves out, and why.
var oddCards = map[string]string{
	"hostile": "hostile words", "spoke_hostile": "hostile words", "reading_odd": "hostile words",
	"long": "as long as it gets", "nameless": "without name and times",
}

// threadRow is a text of the thread; line is a card, and change fills in what the event has.
type threadRow struct {
	event       takeover.Event
	title, when string
	line        string
	change      func(*takeover.Entry)
}

// by sets who did it, and to whom.
func by(who, other takeover.OperatorID) func(*takeover.Entry) {
	return func(e *takeover.Entry) { e.Who, e.Other = who, other }
}

// waited sets that the end user waits, and what comes next.
func waited(e *takeover.Entry) {
	e.Who, e.Rule = "", takeover.RuleAI
	e.Waiting, e.Until = takeover.ProviderTime(slacktest.Night.Add(-3*time.Minute)), slacktest.Night.Add(5*time.Minute)
}

// lagging sets for how long something was not known.
func lagging(d time.Duration) func(*takeover.Entry) {
	return func(e *takeover.Entry) { e.Who, e.Lag, e.Trouble = "", d, &takeover.Trouble{Kind: takeover.NoAnswer} }
}

const (
	holder, other = slacktest.Holder, slacktest.Other
	held          = "held"
)

// threadRows are what the thread says of events, in the order of a night.
var threadRows = []threadRow{
	{takeover.EventSilenced, "Taken over", "The AI is proven silent.", held, nil},
	{takeover.EventUnproven, "Not proven", "The first attempt has failed.", "not_silent_422", nil},
	{takeover.EventDeskWarned, "Not proven for a minute", "The whole channel sees it.", "not_silent_422", nil},
	{takeover.EventEntriesLost, "Entries lost", "Entries of other tools were lost in a write, and the provider did not take them back.", held, nil},
	{takeover.EventTextFailed, "A text failed", "The carrier or the provider has not delivered a text.", held, func(e *takeover.Entry) {
		e.Failure = &takeover.SendFailure{Kind: takeover.SendNotTextable, Code: "40300"}
	}},
	{takeover.EventTextUnsure, "A text may not have been sent", "The provider has not answered.", held, func(e *takeover.Entry) { e.Text = "tx_1" }},
	{takeover.EventOptedOut, "STOP", "The end user does not want texts any more.", held, nil},
	{takeover.EventOptedIn, "START", "The end user wants texts again.", held, nil},
	{takeover.EventAISpoke, "The AI spoke", "An AI text went out during a takeover.", "spoke", nil},
	{takeover.EventCalledFine, "It was fine", "An operator has pressed *It was fine*.", held, by(holder, "")},
	{takeover.EventJoined, "A new conversation is silent", "The end user has begun another conversation.", held, nil},
	{takeover.EventCallSeen, "The end user phones", "A phone call has begun during a takeover.", "held_phones", nil},
	{takeover.EventOlderSwitchedOn, "An older conversation was switched on", "The AI was switched on there, outside Slack.", "held_left", nil},
	{takeover.EventLateWrite, "A late change", "A change whose answer was lost has taken effect late.", held, nil},
	{takeover.EventGone, "A conversation is gone", "The provider does not know an older conversation any more.", held, nil},
	{takeover.EventUnchecked, "Silence not checked", "For a minute.", "held_unchecked", lagging(time.Minute)},
	{takeover.EventUncheckedHolder, "Silence not checked, the holder is told", "For five minutes.", "held_unchecked", lagging(5 * time.Minute)},
	{takeover.EventUncheckedDesk, "Silence not checked, the desk is told", "For ten minutes. The whole channel sees it.", "held_unchecked", lagging(10 * time.Minute)},
	{takeover.EventCheckedAgain, "Checked again", "The provider answers again.", held, lagging(6 * time.Minute)},
	{takeover.EventNoted, "Noted", "An operator has written `!note …`.", held, by(holder, "")},
	{takeover.EventExtended, "Held longer", "*+30 min* or *Hold for …*.", held, func(e *takeover.Entry) { e.Who, e.Other, e.Until = holder, holder, slacktest.Night.Add(time.Hour) }},
	{takeover.EventOffered, "Offered", "The holder has pressed *Hand off …*.", "held_offered", offer},
	{takeover.EventAccepted, "Accepted", "The colleague has pressed *Accept*.", "held by another", by(other, holder)},
	{takeover.EventDeclined, "Declined", "The colleague has pressed *Decline*.", held, by(other, holder)},
	{takeover.EventWithdrawn, "Withdrawn", "The holder has pressed *Withdraw offer*.", held, by(holder, other)},
	{takeover.EventTakenFrom, "Taken from the holder", "A colleague has pressed *Take from the holder …*.", "held by another", taken},
	{takeover.EventHolderAsked, "The holder is asked", "Nobody has written for the time of the hold.", "hold_asked", waited},
	{takeover.EventHolderAskedAgain, "The holder is asked again", "Five minutes later.", "hold_asked_again", waited},
	{takeover.EventLeadsTold, "The leads are told", "Five minutes later, while the end user waits. The whole channel sees it.", "hold_asked_again", waited},
	{takeover.EventKept, "Kept by the desk's rule", "`HOLD_RULE=keep`.", held, waited},
	{takeover.EventLapsed, "Back to the AI by the desk's rule", "`HOLD_RULE=ai`.", "hold_lapsed", waited},
	{takeover.EventReleased, "Handed back", "The AI is proven on.", "ai_again", func(e *takeover.Entry) { waited(e); e.Who, e.Other = holder, holder }},
	{takeover.EventReleasedGone, "Handed back, conversation gone", "The provider does not know the conversation any more.", "ai_again", by(holder, holder)},
	{takeover.EventReleasedOutside, "Switched on in the others too", "After the AI was switched on outside Slack.", "outside", nil},
	{takeover.EventNoteRefused, "Note refused", "The provider takes no note for the AI.", "ai_again", nil},
	{takeover.EventOutcome, "Outcome", "An operator has chosen an outcome.", "ai_again_outcome", by(holder, "")},
	{takeover.EventSwitchedOn, "Changed outside Slack", "The AI was switched on outside Slack during a takeover.", "outside", waited},
	{takeover.EventAnswerMissed, "The AI has not answered", "Two minutes after a hand-back or a message of the end user.", "not_answered", waited},
	{takeover.EventAnswerMissedLeads, "The AI has not answered, the leads are told", "Later, if it still has not. The whole channel sees it.", "not_answered", waited},
	{takeover.EventWatchBegan, "Watched", "An operator has pressed *Watch*.", "reading_watched", by(holder, "")},
	{takeover.EventWatchEnded, "Watch ended", "Half an hour has passed, or an operator pressed *Stop watching*.", "reading", func(e *takeover.Entry) { e.Who, e.End = "", takeover.WatchTimeUp }},
}

func offer(e *takeover.Entry) {
	e.Who, e.Other, e.Note, e.Ref = holder, other, "The plumber was called.", "h2x4"
}

func taken(e *takeover.Entry) { e.Who, e.Other, e.Note = other, holder, "the phone is off" }

// entry is what happened on the line of a card.
func (r threadRow) entry(line takeover.Line) takeover.Entry {
	e := slacktest.EntryOf(r.event)
	e.Line, e.After.State, e.Lost = line.ID, line.State, []string{"lease_id"}
	if r.change != nil {
		r.change(&e)
	}
	return e
}

// message is what the thread of the card's line says.
func (r threadRow) message() slackapi.Message {
	line := lineOf(r.line)
	words := ""
	if r.event == takeover.EventTextFailed || r.event == takeover.EventTextUnsure {
		words = "I am on my way."
	}
	return render.ThreadMessage(line, r.entry(line), words, takeover.Desk{})
}

// direct is a row of a direct message to a person about an event on the line of a card.
func direct(title, when string, to takeover.OperatorID, card string, event takeover.Event, change func(*takeover.Entry)) pageRow {
	return rowOf(title, when, directOf(to, lineOf(card), event, change).Message())
}

func directOf(to takeover.OperatorID, line takeover.Line, event takeover.Event, change func(*takeover.Entry)) render.Direct {
	return render.Direct{Line: line, Entry: threadRow{event: event, change: change}.entry(line), To: to, Card: "https://slack.example/card", Offers: 1}
}

// lineOf is the line of a card of slacktest.Cards, or one of those that have none there.
func lineOf(name string) takeover.Line {
	line := slacktest.LineIn(takeover.StateHeld)
	switch name {
	case "held by another":
		line.Takeover.Holder = other
	case "answered", "answered again":
		if name == "answered again" {
			line = slacktest.Cards()["ai_again"]
		}
		line.Recent = slacktest.RecentOf(line.Recent.Lines[:2])
	case "silence not checked, told":
		line.Takeover.Doubt = takeover.Doubt{Since: slacktest.Night, Why: &takeover.Trouble{Kind: takeover.NoAnswer}, HolderTold: true, DeskTold: true}
	default:
		return slacktest.Cards()[name]
	}
	return line
}

// directRows are the direct messages, in the order of a night.
func directRows() []pageRow {
	second := slacktest.With(lineOf("hold_asked"), func(l *takeover.Line) {
		l.ID, l.Newest.Name, l.EndUser, l.Recent.WaitsSince = "ln_2", "Unit 3C", "+13055550144", takeover.ProviderTime{}
	})
	asked := directOf(holder, lineOf("hold_asked"), takeover.EventHolderAsked, waited)
	return []pageRow{
		direct("Offered", "A colleague has offered a line to you.", other, "held_offered", takeover.EventOffered, offer),
		direct("Offered, too late", "It replaces the message above once the offer has ended by itself.", other, held, takeover.EventOffered, offer),
		rowOf("Accepted, to who accepted", "You have pressed *Accept*.", directOf(other, lineOf("held by another"), takeover.EventAccepted, by(other, holder)).Message()),
		rowOf("Accepted, to who offered", "A colleague has accepted your line.", directOf(holder, lineOf("held by another"), takeover.EventAccepted, by(other, holder)).Message()),
		direct("Declined, to who declined", "You have pressed *Decline*.", other, held, takeover.EventDeclined, by(other, holder)),
		direct("Declined, to who offered", "A colleague has declined your line.", holder, held, takeover.EventDeclined, by(other, holder)),
		direct("Withdrawn", "The holder has withdrawn the offer to you.", other, held, takeover.EventWithdrawn, by(holder, other)),
		rowOf("Taken from you", "A colleague has taken your line.", directOf(holder, lineOf("held by another"), takeover.EventTakenFrom, taken).Message()),
		direct("The end user waits", "The end user of your line has had no answer for a minute.", holder, held, takeover.EventReplyMissed, waited),
		direct("The end user waited", "It replaces the message above.", holder, "answered", takeover.EventReplyMissed, waited),
		direct("Silence not checked", "For five minutes, on your line.", holder, "silence not checked, told", takeover.EventUncheckedHolder, lagging(5*time.Minute)),
		direct("Checked again", "It replaces the message above.", holder, held, takeover.EventCheckedAgain, lagging(6*time.Minute)),
		rowOf("The hold ran out", "Nobody has written on your line for the time of the hold.", asked.Message()),
		direct("The hold ran out, asked again", "Five minutes later.", holder, "hold_asked_again", takeover.EventHolderAskedAgain, waited),
		rowOf("Several holds ran out", "They ran out within a few minutes: one message about all.",
			render.Together([]render.Direct{asked, directOf(holder, second, takeover.EventHolderAsked, waited)})),
		direct("Asked, too late", "It replaces the question once the line is not yours any more.", holder, "ai_again", takeover.EventHolderAsked, waited),
		direct("Kept by the desk's rule", "`HOLD_RULE=keep`, and you did not answer.", holder, held, takeover.EventKept, waited),
		direct("Back to the AI by the desk's rule", "`HOLD_RULE=ai`, and you did not answer.", holder, "hold_lapsed", takeover.EventLapsed, waited),
		direct("Changed outside Slack", "The AI was switched on outside Slack, on your line.", holder, "outside", takeover.EventSwitchedOn, waited),
		direct("The AI has not answered", "You have handed back, and the end user still waits.", holder, "not_answered", takeover.EventAnswerMissed, waited),
		direct("The AI had not answered", "It replaces the message above.", holder, "answered again", takeover.EventAnswerMissed, waited),
	}
}

// pageParts are the parts of the page.
func pageParts(t *testing.T) []pagePart {
	t.Helper()
	cards := pagePart{title: "Cards", intro: "One card stands for a line, in the desk's channel; it changes in place."}
	for _, row := range cardRows {
		line := lineOf(row.card)
		cards.rows = append(cards.rows, rowOf(row.title, row.when, render.Card(line, slacktest.DrawnAt(line))))
	}
	thread := pagePart{title: "In the thread", intro: "Below the card. Slack notifies who is mentioned and who follows the thread."}
	for _, row := range threadRows {
		thread.rows = append(thread.rows, rowOf(row.title, row.when, row.message()))
	}
	said := pagePart{title: "What was said", intro: "Messages of the conversation, in the thread.", rows: saidRows(t)}
	directs := pagePart{title: "Direct messages", intro: "From the bot to one person.", rows: directRows()}
	return []pagePart{cards, thread, said, directs, closedPart()}
}

// closedPart is what alarms and offers become.
func closedPart() pagePart {
	part := pagePart{title: "What takes the place of alarms and offers", intro: "When nothing can be answered any more, the message changes in place."}
	for _, row := range threadRows {
		switch {
		case render.IsAlarm(row.event):
			part.rows = append(part.rows, rowOf(row.title, "The cause has ended.", render.ClosedAlarm(lineOf("answered"), row.event, holder)))
		case row.event == takeover.EventAccepted, row.event == takeover.EventDeclined, row.event == takeover.EventWithdrawn:
			line := lineOf(row.line)
			part.rows = append(part.rows, rowOf(row.title, "It replaces the offer in the thread.", render.ClosedOffer(line, row.entry(line))))
		}
	}
	return part
}
