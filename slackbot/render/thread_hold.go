package render

import (
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// sayHold says in the thread what the clock, or somebody, does to a hold; empty for other
// deeds.
func sayHold(l takeover.Line, e takeover.Entry) string {
	switch e.Event {
	case takeover.EventExtended:
		return extended(e)
	case takeover.EventHolderAsked:
		return fmt.Sprintf("%s, do you still need this line? Its hold ran out.%s Press *+30 min* to keep it, or *Hand back to AI*. Without an answer the bot asks again at %s.",
			mrkdwn.Mention(e.Other), waits(e), mrkdwn.Time(e.Until))
	case takeover.EventHolderAskedAgain:
		next := ruleWords(e, mrkdwn.Mention(e.Other)+" keeps this line")
		if !e.Waiting.IsZero() {
			next = "the desk's leads are told"
		}
		return fmt.Sprintf("%s, the bot asks for the second time: do you still need this line?%s Press *+30 min* to keep it, or *Hand back to AI*. Without an answer %s at %s.",
			mrkdwn.Mention(e.Other), waits(e), next, mrkdwn.Time(e.Until))
	case takeover.EventLeadsTold:
		return fmt.Sprintf("For the desk's leads: %s has this line and did not answer twice.%s Somebody has to answer: take it from %s, or hand it back to the AI. Without an answer %s at %s.",
			mrkdwn.Mention(e.Other), waits(e), mrkdwn.Mention(e.Other), ruleWords(e, mrkdwn.Mention(e.Other)+" keeps it"), mrkdwn.Time(e.Until))
	case takeover.EventKept:
		return fmt.Sprintf("Nobody answered, so by the desk's rule %s keeps this line, until %s. Only a person can answer the end user.%s", mrkdwn.Mention(e.Other), mrkdwn.Time(e.Until), waits(e))
	case takeover.EventLapsed:
		return lapsed(e)
	case takeover.EventAnswerMissed:
		return fmt.Sprintf("The AI has not answered the end user since %s, although the line was handed back. Press *Take over again*, or look at the assistant at %s.", mrkdwn.Time(e.Waiting), l.Provider)
	}
	return ""
}

// ruleWords say what the desk's rule does where nobody answers; keeps says that the holder
// keeps the line.
func ruleWords(e takeover.Entry, keeps string) string {
	switch e.Rule {
	case takeover.RuleAI:
		return "the AI gets the line back"
	case takeover.RuleKeep:
		return keeps
	default:
		return "the desk's rule decides" // said by a version of the bot that did not write it down
	}
}

func extended(e takeover.Entry) string {
	words := mrkdwn.Mention(e.Who) + " holds this line"
	if e.Other != "" && e.Other != e.Who {
		words = fmt.Sprintf("%s lets %s hold this line", mrkdwn.Mention(e.Who), mrkdwn.Mention(e.Other))
	}
	return fmt.Sprintf("%s until %s, and longer while people write.", words, mrkdwn.Time(e.Until))
}

// lapsed never hands an unanswered end user back without saying so.
func lapsed(e takeover.Entry) string {
	words := fmt.Sprintf("Nobody answered, so by the desk's rule this line goes back to the AI. %s was asked twice.", mrkdwn.Mention(e.Other))
	if !e.Waiting.IsZero() {
		words += fmt.Sprintf(" *The end user is handed back unanswered*, and has been waiting since %s: the AI may answer that.", mrkdwn.Time(e.Waiting))
	}
	return words + " If a person is still needed, press *Take over* on the card as soon as it is back."
}

// waits says who waits, as a sentence behind another one.
func waits(e takeover.Entry) string {
	if e.Waiting.IsZero() {
		return ""
	}
	return fmt.Sprintf(" *The end user has been waiting for an answer since %s.*", mrkdwn.Time(e.Waiting))
}

// sayHeard says in the thread what came from the other side during a takeover, or was
// done elsewhere; empty for other deeds.
func sayHeard(l takeover.Line, e takeover.Entry) string {
	switch e.Event {
	case takeover.EventJoined:
		return fmt.Sprintf("New conversation, still held by %s, AI is silent (checked %s). What is said there appears in this thread too.", mrkdwn.Mention(e.Other), mrkdwn.TimeSeconds(e.At))
	case takeover.EventCallSeen:
		return fmt.Sprintf("The end user phones the assistant (noticed at %s). %s promises silence for written answers only, so the AI may be talking on the phone. Listen in, or call the end user. %s still holds this line.",
			mrkdwn.TimeSeconds(e.At), l.Provider, mrkdwn.Mention(e.Other))
	case takeover.EventAISpoke:
		return fmt.Sprintf("The AI spoke after the takeover. %s, this went out to the end user: press *Send correction* or *It was fine* on the card.", mrkdwn.Mention(e.Other))
	case takeover.EventCalledFine:
		return fmt.Sprintf("%s says that what the AI said was fine: nothing is corrected.", mrkdwn.Mention(e.Who))
	case takeover.EventCorrectionAsked:
		return fmt.Sprintf("%s wants to correct what the AI said: a draft follows. It is not sent by itself.", mrkdwn.Mention(e.Who))
	case takeover.EventSwitchedOn:
		return fmt.Sprintf("Changed outside Slack, seen at %s: somebody switched the AI on again elsewhere, and it may answer. %s does not hold this line any more; the bot does not fight it.%s If a person is still needed, press *Take over again*.",
			mrkdwn.TimeSeconds(e.At), mrkdwn.Mention(e.Other), waits(e))
	case takeover.EventOlderSwitchedOn:
		return fmt.Sprintf("Changed outside Slack, seen at %s: somebody switched the AI on again in an older conversation of this end user; the bot does not fight it. In the newest one the AI is silent, and %s still has this line.",
			mrkdwn.TimeSeconds(e.At), mrkdwn.Mention(e.Other))
	case takeover.EventNoted:
		return fmt.Sprintf("%s noted what was agreed; it will stand in the hand-back box.", mrkdwn.Mention(e.Who))
	}
	return ""
}
