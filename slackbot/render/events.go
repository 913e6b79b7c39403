package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// eventText is what the bot says of an event. {name} in a text is filled in by fillIn.
type eventText struct {
	thread   string // in the line's thread; empty where the thread does not tell of it
	log      string // as a row of the log, without origin, states and reference
	direct   string // to the person it concerns; empty where that reads as in the thread
	over     string // to that person, when nothing can be answered any more
	together string // to that person, of several lines at once; {n} is how many
	own      string // to the person who did it, or to whom the line was offered

	alarm   bool     // the whole channel is told
	actions []string // the buttons below the text, the likely one first
	closed  string   // what replaces text and buttons in the thread, when nothing can be answered any more
}

const alarmEnded = "That has ended; the card shows how it stands now."

// eventTexts has a row for each event, in the order in which they are declared.
var eventTexts = map[takeover.Event]eventText{
	takeover.EventClaimed:    {log: "{who} pressed take over"},
	takeover.EventCameSecond: {log: "{who} pressed take over, but {second}"},
	takeover.EventSilenced: {
		thread: "{other} took over. {silenced}",
		log:    "AI proven silent for {other}, {lag} after the click",
	},
	takeover.EventUnproven: {thread: "{trouble} The bot goes on trying.", log: "not proven: {cause}"},
	takeover.EventDeskWarned: {
		thread: "For the whole desk: after {patience} this is still not proven. {trouble} The bot goes on trying.",
		log:    "told the desk that it is still not proven: {cause}",
		alarm:  true,
		closed: "The desk was told here that a change was not proven for over a minute. " + alarmEnded,
	},
	takeover.EventEntriesLost: {
		thread: "{provider} lost {entries} of this conversation and did not take them back: {lost}. The AI's own switch was read back and is right. The tools that use these entries have to set them again.",
		log:    "metadata entries lost and not taken back: {lost}",
	},
	takeover.EventHandedBack:      {log: "{who} pressed hand back{ofOther}"},
	takeover.EventHandBackRefused: {log: "{who} pressed hand back, but nobody held the line"},
	takeover.EventReleased: {
		thread: "{back}. The AI may answer again (read back at {at}).{answersFirst}{askOutcome}",
		log:    "AI proven answering again, {lag} after the click",
	},
	takeover.EventReleasedGone: {
		thread: "{back}. {provider} does not know this conversation any more, so nothing was there to switch on: if the end user writes again, the AI answers in a new conversation.{askOutcome}",
		log:    "handed back; {provider} does not know the conversation any more",
	},
	takeover.EventReleasedOutside: {
		thread: "The bot has switched the AI on in the other conversations of this end user too (read back at {at}).",
		log:    "AI proven answering in the other conversations too",
	},
	takeover.EventRetried:   {log: "{who} pressed try again"},
	takeover.EventNoteGiven: {log: "the AI was given what was noted"},
	takeover.EventNoteRefused: {
		thread: "{provider} does not take notes for this conversation: the AI does not know what was agreed. The line is handed back all the same.",
		log:    "{provider} took no note: the AI does not know what was agreed",
	},
	takeover.EventTakeRefused: {log: "{who} could not take over, since that does not work here"},
	takeover.EventWatchBegan: {
		thread: "{who} watches: new messages appear here as they come, looked for every {watchEvery} seconds, until {watchUntil} or until the conversation ends. " + threadStays,
		log:    "{who} watches new messages",
	},
	takeover.EventWatchRefused: {log: "{who} could not watch, since that does not work here"},
	takeover.EventWatchEnded:   {thread: "{watchEnd} New messages do not appear here by themselves any more.", log: "the watch of {other} ended"},

	takeover.EventExtended: {thread: "{holdsOn} until {until}, and longer while people write.", log: "{who} held it longer, until {until}"},
	takeover.EventOffered: {
		thread: "{who} offers this line to {other}{note}. Until {other} accepts, {who} keeps it.",
		log:    "{who} offered it to {other}{note}",
		direct: "{who} offers you a line{note}. Accept it, or decline: until you accept, {who} keeps it.",
		over:   "{who} offered you a line. The offer has ended, and there is nothing to do.",
		closed: "{who} offered this line to {other}{note}. The offer has ended.",
	},
	takeover.EventAccepted: {
		thread: "{who} accepted the handoff and has this line now; {other} does not hold it any more. For the end user and the AI nothing changes.",
		log:    "{who} accepted what {other} had offered",
		direct: "{who} accepted the handoff: you do not hold this line any more.",
		own:    "You accepted what {other} offered you: this line is yours now.",
		closed: "{other} offered this line to {who}{note}. Accepted at {at}.",
	},
	takeover.EventDeclined: {
		thread: "{who} declined the handoff: {other} keeps this line.",
		log:    "{who} declined what {other} had offered",
		direct: "{who} declined the handoff: this line is still yours. Hand it off to another operator, or hand it back.",
		own:    "You declined what {other} offered you: the line stays where it was.",
		closed: "{other} offered this line to {who}{note}. Declined at {at}.",
	},
	takeover.EventWithdrawn: {
		thread: "{ended}. It cannot be accepted any more.",
		log:    "{ended}",
		own:    "This line was offered to you. {endedYours}: there is nothing to do.",
		closed: "This line was offered to {other}{note}. {ended}, at {at}.",
	},
	takeover.EventTakenFrom: {
		thread: "{who} took this line from {other}{note}. {other} does not hold it any more. For the end user and the AI nothing changes.",
		log:    "{who} took it from {other}{note}",
		direct: "{who} took a line from you{note}. You do not hold it any more.",
	},
	takeover.EventJoined: {
		thread: "New conversation, still held by {other}, AI is silent (checked {at}). What is said there appears in this thread too.",
		log:    "a new conversation was silenced too; {other} still holds the line",
	},
	takeover.EventCallSeen: {
		thread: "The end user phones the assistant (noticed at {at}). {provider} promises silence for written answers only, so the AI may be talking on the phone. Listen in, or call the end user. {other} still holds this line.",
		log:    "the end user phoned: announced, not silenced; {other} still holds the line",
	},
	takeover.EventAISpoke: {
		thread: "The AI spoke after the takeover. {other}, this went out to the end user: press *Send correction* or *It was fine* on the card.",
		log:    "the AI spoke although {other} had the line",
	},
	takeover.EventCalledFine: {
		thread: "{who} says that what the AI said was fine, or is put right.",
		log:    "{who} said that the AI's message was fine",
	},
	takeover.EventCorrectionAsked: {
		thread: "{who} wants to correct what the AI said: a draft follows. It is not sent by itself.",
		log:    "{who} asked for a draft that corrects the AI",
	},
	takeover.EventSwitchedOn: {
		thread:  "Changed outside Slack, seen at {at}: the AI was switched on again elsewhere, and it may answer. {other} does not hold this line any more; the bot does not switch it off again by itself.{waits}{notGiven} If a person is still needed, press *Take over again*.",
		log:     "the AI was switched on outside Slack while {other} had the line",
		direct:  "Changed outside Slack, seen at {at}: the AI was switched on again elsewhere, and it may answer. You do not hold this line any more; the bot does not switch it off again by itself.{waits}{notGiven} If a person is still needed, take over again.",
		actions: []string{ids.Take},
	},
	takeover.EventOlderSwitchedOn: {
		thread: "Changed outside Slack, seen at {at}: the AI was switched on again in an older conversation of this end user, and may answer there; the bot does not switch it off again by itself. {other} still has this line. *Check now* on the card silences that conversation again.",
		log:    "the AI was switched on outside Slack in an older conversation; {other} still has the line",
	},
	takeover.EventLateWrite: {
		thread: "An earlier change of the bot arrived at {provider} late, and changed the AI's switch (seen at {at}). The bot puts it right.",
		log:    "an earlier change of the bot arrived late, and is put right",
	},
	takeover.EventGone: {
		thread: "{provider} does not know an older conversation of this end user any more (asked twice, at {at}): no AI can answer there. {other} still has this line.",
		log:    "{provider} does not know an older conversation any more; {other} still has the line",
	},
	takeover.EventUnchecked: {
		thread: "The bot has not been able to check for {lag} that the AI is silent: {cause}. It goes on looking.",
		log:    "silence not checked for {lag}: {cause}",
	},
	takeover.EventUncheckedHolder: {
		thread: "{other}, the bot has not been able to check for {lag} that the AI is silent: {cause}. Call the end user if it is urgent. The bot goes on looking.",
		log:    "silence not checked for {lag}, {other} was told: {cause}",
		direct: "The bot has not been able to check for {lag} that the AI is silent on a line of yours: {cause}. Call the end user if it is urgent. The bot goes on looking.",
		over:   "The bot could not check for a while that the AI was silent on a line of yours. That has ended, and there is nothing to do.",
	},
	takeover.EventUncheckedDesk: {
		thread: "For the whole desk: the bot has not been able to check for {lag} that the AI is silent on a line of {other}: {cause}. Call the end user if it is urgent. The bot goes on looking.",
		log:    "silence not checked for {lag}, the desk was told: {cause}",
		alarm:  true,
		closed: "The desk was told here that silence could not be checked. " + alarmEnded,
	},
	takeover.EventCheckedAgain: {
		thread: "Checked again at {at}: the AI is silent in all text conversations of this end user. Before that it was not known for {lag}.",
		log:    "silence checked again, after {lag}",
		direct: "Checked again at {at}: the AI is silent in all text conversations of the line. There is nothing to do.",
	},
	takeover.EventHolderAsked: {
		thread:   "{other}, do you still need this line? Its hold ran out.{waits} Press *+30 min* to keep it, or *Hand back to AI*. Without an answer the bot asks again at {until}.",
		log:      "the hold ran out: {other} was asked{whileWaiting}",
		together: "Do you still need these {n}? Their holds ran out. Without an answer the bot asks again at {until}.",
		direct:   "Do you still need this line? Its hold ran out.{waits} Without an answer the bot asks again at {until}.",
		over:     "The bot asked at {asked} whether you still need a line. It is not yours any more, and there is nothing to do.",
		actions:  []string{ids.Extend, ids.HandBack},
	},
	takeover.EventHolderAskedAgain: {
		thread:   "{other}, the bot asks for the second time: do you still need this line?{waits} Press *+30 min* to keep it, or *Hand back to AI*. Without an answer {next} at {until}.",
		log:      "{other} was asked again{whileWaiting}",
		together: "For the second time: do you still need these {n}? Their holds ran out. Without an answer {leads} will be told of end users who wait, and the desk's rule decides about the other lines, at {until}.",
		direct:   "For the second time: do you still need this line? Its hold ran out.{waits} Without an answer {yourNext} at {until}.",
		over:     "The bot asked at {asked} whether you still need a line. It is not yours any more, and there is nothing to do.",
		actions:  []string{ids.Extend, ids.HandBack},
	},
	takeover.EventLeadsTold: {
		thread:  "For {leads}: {other} has this line and did not answer twice.{waits} A person has to answer: take it from {other}, or hand it back to the AI. Without an answer {rule} at {until}.",
		log:     "{toldLeads} told that {other} does not answer{whileWaiting}",
		alarm:   true,
		closed:  "The desk was told here that {other} did not answer. " + alarmEnded,
		actions: []string{ids.TakeFrom, ids.HandBack},
	},
	takeover.EventKept: {
		thread:   "Nobody answered, so by the desk's rule {other} keeps this line, until {until}. Only a person can answer the end user.{waits}",
		log:      "by the desk's rule {other} keeps it, until {until}{whileWaiting}",
		together: "You did not answer twice, so the desk's rule decided: you keep these {n}, until {until} or later. Only a person can answer these end users.",
		direct:   "You did not answer twice, so the desk's rule decided: you keep this line, until {until}. Only a person can answer the end user.{waits}",
	},
	takeover.EventLapsed: {
		thread:   "Nobody answered, so by the desk's rule this line goes back to the AI. {other} was asked twice.{unanswered} If a person is still needed, press *Take over* on the card as soon as it is back.",
		log:      "by the desk's rule it goes from {other} to the AI{whileWaiting}",
		together: "Nobody answered, so by the desk's rule these {n} go back to the AI. You were asked twice. If a person is still needed, press *Take over* on a card as soon as it is back.",
		direct:   "Nobody answered, so by the desk's rule this line goes back to the AI. You were asked twice.{unanswered} If a person is still needed, press *Take over* on the card as soon as it is back.",
	},
	takeover.EventAnswerMissed: {
		thread:  "The AI has not answered the end user since {waiting}, although the line was handed back. Press *Take over again*, or look at the assistant at {provider}.",
		log:     "the AI had not answered since {waiting}",
		direct:  "The AI has not answered the end user since {waiting}, although you handed the line back. Take over again, or look at the assistant at {provider}.",
		over:    "The AI had not answered the end user for a while after you handed the line back. That has ended, and there is nothing to do.",
		actions: []string{ids.Take},
	},
	takeover.EventAnswerMissedLeads: {
		thread:  "For {leads}: the AI has not answered the end user since {waiting}, although the line was handed back{handedBackBy}. Press *Take over again*, or look at the assistant at {provider}.",
		log:     "{toldLeads} told that the AI had not answered since {waiting}",
		alarm:   true,
		closed:  "The desk was told here that the AI did not answer after a hand-back. " + alarmEnded,
		actions: []string{ids.Take},
	},
	takeover.EventNoted: {
		thread: "{who} noted what was agreed. The AI is told when the line is handed back.",
		log:    "{who} noted what was agreed",
	},
	takeover.EventOutcome: {
		thread: "Outcome: *{outcome}*, says {who}. It can be changed until the line is taken over again.",
		log:    "{who} said the outcome: {outcome}",
	},
	takeover.EventNumberShown: {log: "{who} looked at the end user's number"},
	takeover.EventTexted:      {log: "{who} wrote to the end user"},
	takeover.EventTextFailed: {
		thread: "{other}, your text did not reach the end user: {unsent}",
		log:    "a text of {other} did not reach the end user: {unsent}",
	},
	takeover.EventTextUnsure: {
		thread: "{other}, your text may not have been sent: {provider} did not answer. The bot does not send it again by itself, so that the end user does not get it twice. Wait a minute: if {provider} reports what became of it, this message says so. Else press *Send again*, or call.",
		log:    "a text of {other} may not have been sent: {provider} did not answer",
	},
	takeover.EventOptedOut: {
		thread: "The end user wrote STOP: no text can be sent to this number until the end user writes START. Call instead.",
		log:    "the end user does not want texts any more (STOP)",
	},
	takeover.EventOptedIn: {
		thread: "The end user wrote START: texts can be sent again.",
		log:    "the end user wants texts again (START)",
	},
	takeover.EventReplyMissed: {
		log:    "told {other} that the end user waits for an answer",
		direct: "You have this line, and the end user has no answer from you yet.",
		over:   "The end user waited for an answer from you. That has ended.",
	},
}

// textsOf are the texts of an event; of one that this version does not know, its name.
func textsOf(event takeover.Event) eventText {
	if texts, ok := eventTexts[event]; ok {
		return texts
	}
	plain := "{who} " + mrkdwn.Escape(string(event))
	return eventText{thread: plain, log: plain, closed: plain}
}

// logText is what the log says of an entry.
func logText(l takeover.Line, e takeover.Entry) string {
	about := takeover.Line{Provider: l.Provider, EndUser: l.EndUser, Agent: l.Agent} // not how it stands now
	return fillIn(textsOf(e.Event).log, about, e)
}

// fillIn puts the facts of an entry into a text. The replaced values are not looked
// through again, so that nothing that people wrote can fill in anything.
func fillIn(text string, l takeover.Line, e takeover.Entry) string {
	mask := typed.MaskOf(l)
	e.Note, e.Answer = mask.In(e.Note), mask.In(e.Answer)
	who, other, waiting := "the bot", mrkdwn.Mention(e.Other), mrkdwn.Time(time.Time(e.Waiting))
	if e.Who != "" {
		who = mrkdwn.Mention(e.Who)
	}
	waits := func(sentence string) string {
		if e.Waiting.IsZero() {
			return ""
		}
		return fmt.Sprintf(sentence, waiting)
	}
	next, yourNext := ruleText(e, other+" keeps this line"), ruleText(e, "you keep it")
	if !e.Waiting.IsZero() {
		next = toldNext(e)
		yourNext = next
	}
	leads, toldLeads := "the desk's leads", "the leads were"
	if e.Leaderless {
		leads, toldLeads = "the whole desk", "the desk's channel was"
	}
	second := other + " was faster"
	switch {
	case e.Lag > raceTime:
		second = fmt.Sprintf("%s had already had it for %s", other, mrkdwn.Duration(e.Lag))
	case e.Lag >= leastLag:
		second = fmt.Sprintf("%s was %s faster", other, mrkdwn.Duration(e.Lag))
	}
	askOutcome := ""
	if asksOutcome(l, e) {
		askOutcome = " What was the outcome?"
	}
	return strings.NewReplacer(
		"{outcome}", cmp.Or(string(e.Outcome), "not known"), "{askOutcome}", askOutcome,
		"{who}", who, "{other}", other, "{second}", second, "{silenced}", silencedText(l, e), "{provider}", l.Provider, "{note}", noted(e.Note), "{notGiven}", notGiven(e), "{handedBackBy}", ofOther(e, " by %s"),
		"{leads}", leads, "{toldLeads}", toldLeads,
		"{at}", mrkdwn.TimeSeconds(e.At), "{asked}", mrkdwn.Time(e.At), "{until}", mrkdwn.Time(e.Until), "{lag}", mrkdwn.Duration(e.Lag),
		"{patience}", mrkdwn.Duration(takeover.DeskPatience), "{cause}", TroubleCause(l.Provider, e.Trouble), "{trouble}", troubleText(l, e),
		"{entries}", entries(e.Lost), "{lost}", entryNames(l, e.Lost),
		"{back}", backText(e), "{ofOther}", ofOther(e, " of what %s held"), "{ended}", offerEndText(e, "the offer to "+other), "{endedYours}", offerEndText(e, "the offer to you"), "{holdsOn}", holdsOnText(e),
		"{watchEvery}", fmt.Sprint(int(takeover.WatchEvery.Seconds())), "{watchUntil}", mrkdwn.Time(e.At.Add(takeover.WatchFor)), "{watchEnd}", watchEndText(l.Provider, e),
		"{rule}", ruleText(e, other+" keeps it"), "{next}", next, "{yourNext}", yourNext,
		"{waiting}", waiting, "{unsent}", SendFailure(l.Provider, e.Failure),
		"{waits}", waits(" *The end user has been waiting for an answer since %s.*"),
		"{whileWaiting}", waits(", while the end user had been waiting since %s"),
		"{answersFirst}", waits(" The end user has been waiting for an answer since %s: the AI may answer that first."),
		"{unanswered}", waits(" *The end user is handed back unanswered*, and has been waiting since %s: the AI may answer that."),
	).Replace(text)
}

// silencedText says what a takeover has silenced: nothing on the phone.
func silencedText(l takeover.Line, e takeover.Entry) string {
	text := slices.ContainsFunc(l.Covered, func(c takeover.Covered) bool { return c.Channel != takeover.ChannelCall })
	phone := l.Newest.Channel == takeover.ChannelCall
	silent := "The AI is silent"
	switch {
	case phone && !text:
		return "This is a phone call: the AI on the phone is not silenced. Listen in, or call the end user."
	case phone:
		silent = "The AI is silent in text, not on the phone"
	}
	return fmt.Sprintf("%s (read back at %s, %s after the click). The AI answers nothing that the end user writes until the line is handed back.",
		silent, mrkdwn.TimeSeconds(e.At), mrkdwn.Duration(e.Lag))
}

// toldNext says who is told next of a holder who does not answer.
func toldNext(e takeover.Entry) string {
	if e.Leaderless {
		return "the desk's channel is told"
	}
	return "the desk's leads are told"
}

// ofOther is format about the operator whom the entry concerns beside the operator who acted;
// empty where there is none.
func ofOther(e takeover.Entry, format string) string {
	if e.Other == "" || e.Other == e.Who {
		return ""
	}
	return fmt.Sprintf(format, mrkdwn.Mention(e.Other))
}

// backText says who handed back, and what another operator held.
func backText(e takeover.Entry) string {
	if e.Who == "" {
		return "The desk's rule handed back what " + mrkdwn.Mention(e.Other) + " held"
	}
	return mrkdwn.Mention(e.Who) + " handed back" + ofOther(e, " what %s held")
}

// holdsOnText says who holds a line longer, or who lets another operator do so.
func holdsOnText(e takeover.Entry) string {
	return mrkdwn.Mention(e.Who) + cmp.Or(ofOther(e, " lets %s hold this line"), " holds this line")
}

// offerEndText says who ended an offer by what, or what ended it.
func offerEndText(e takeover.Entry, offer string) string {
	who := mrkdwn.Mention(e.Who)
	if e.Who == e.Other {
		offer = "the offer"
	}
	switch e.Cause {
	case takeover.EventTakenFrom:
		return who + " took the line, which ended " + offer
	case takeover.EventHandedBack:
		return who + " handed the line back, which ended " + offer
	case takeover.EventOffered:
		return who + " offered the line anew, which ended " + offer
	case takeover.EventLapsed:
		return "The line went back to the AI by the desk's rule, which ended " + offer
	case takeover.EventSwitchedOn:
		return "The AI was switched on outside Slack, which ended " + offer
	}
	if e.Who == "" {
		return "The takeover ended, and with it " + offer
	}
	return who + " withdrew " + offer
}

// notGiven says that the AI did not get what was noted for it.
func notGiven(e takeover.Entry) string {
	if e.Note == "" {
		return ""
	}
	return " *The AI was not told what was noted here.*"
}

// ruleText says what the desk's rule does without an answer; keeps says that the holder
// keeps the line.
func ruleText(e takeover.Entry, keeps string) string {
	if e.Rule == takeover.RuleAI {
		return "the AI gets the line back"
	}
	return keeps
}

// watchEndText says who stopped a watch, or why it ended by itself.
func watchEndText(provider string, e takeover.Entry) string {
	why := fmt.Sprintf("%d minutes have passed", int(takeover.WatchFor.Minutes()))
	switch {
	case e.Who != "":
		return mrkdwn.Mention(e.Who) + " stopped the watch."
	case e.End == takeover.WatchEnded:
		why = fmt.Sprintf("the conversation has ended (%s)", mrkdwn.NonEmpty(mrkdwn.Escape(mrkdwn.OneLine(e.Answer, mrkdwn.MaxName))))
	case e.End == takeover.WatchUnreadable:
		why = "the transcript cannot be shown any more"
	case e.End == takeover.WatchFailed:
		why = TroubleCause(provider, e.Trouble)
	}
	return fmt.Sprintf("The watch of %s ended: %s.", mrkdwn.Mention(e.Other), why)
}

// troubleText says what is not proven, whose line it is, why, and what that means. It
// speaks of the line as it was then: until the thread's turn comes it may have gone on.
func troubleText(l takeover.Line, e takeover.Entry) string {
	l.State, l.Trouble = e.After.State, cmp.Or(e.Trouble, &takeover.Trouble{})
	whose := "%s (%s takes over): %s. %s"
	if l.State == takeover.StateReturning {
		whose = "%s (line of %s): %s. %s"
	}
	return fmt.Sprintf(whose, troubleHead(l), mrkdwn.Mention(e.Other), TroubleCause(l.Provider, e.Trouble), troubleMeaning(l))
}

// MaxRemark is how many characters a note of one line may have.
const MaxRemark = 200

// noted is what an operator wrote to a change, as part of a sentence.
func noted(note string) string {
	note = strings.TrimRight(mrkdwn.OneLine(note, MaxRemark), ". ")
	if note = mrkdwn.Escape(note); note == "" {
		return ""
	}
	return ": “" + note + "”"
}
