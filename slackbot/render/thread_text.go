package render

import (
	"cmp"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// threadText is a change of state as the thread tells it.
func threadText(l takeover.Line, e takeover.Entry) string {
	provider, now := l.Provider, l
	l = asOf(l, e)
	switch e.Event {
	case takeover.EventSilenced:
		return fmt.Sprintf("%s took over. The AI is silent (read back at %s, %s after the click). What the end user writes is not answered until somebody hands back. · ref %s",
			mrkdwn.Mention(e.Other), mrkdwn.TimeSeconds(e.At), mrkdwn.Duration(e.Lag), e.Ref)
	case takeover.EventReleased:
		return releaseWords(e)
	case takeover.EventReleasedGone:
		return fmt.Sprintf("%s. %s does not know this conversation any more, so nothing was there to switch on: if the end user writes again, the AI answers in a new conversation. · ref %s", backWords(e), provider, e.Ref)
	case takeover.EventUnproven:
		return fmt.Sprintf("%s: %s. %s The bot goes on trying. · ref %s", failHead(l, e), TroubleCause(provider, l.Trouble), troubleMeaning(l), e.Ref)
	case takeover.EventDeskWarned:
		return fmt.Sprintf("For the whole desk: after %s this is still not proven. %s: %s. %s The bot goes on trying. · ref %s",
			mrkdwn.Duration(takeover.DeskPatience), failHead(l, e), TroubleCause(provider, l.Trouble), troubleMeaning(l), e.Ref)
	case takeover.EventEntriesLost:
		return fmt.Sprintf("%s lost %s of this conversation and did not take them back: %s. The AI's own switch was read back and is right. Whoever uses these entries has to set them again. · ref %s",
			provider, entries(e.Lost), entryNames(e.Lost), e.Ref)
	case takeover.EventWatchBegan:
		return fmt.Sprintf("%s watches: new messages appear here as they come, looked for every %d seconds, until %s or until the conversation ends. %s · ref %s",
			mrkdwn.Mention(e.Who), int(takeover.WatchEvery.Seconds()), mrkdwn.Time(e.At.Add(takeover.WatchFor)), ThreadHead, e.Ref)
	case takeover.EventWatchEnded:
		if e.Who != "" {
			return fmt.Sprintf("%s stopped the watch: new messages do not appear here by themselves any more. · ref %s", mrkdwn.Mention(e.Who), e.Ref)
		}
		return fmt.Sprintf("The watch of %s is over: %s. New messages do not appear here by themselves any more. · ref %s", mrkdwn.Mention(e.Other), watchEnd(provider, e), e.Ref)
	case takeover.EventNoteRefused:
		return fmt.Sprintf("%s does not take notes for this conversation: the AI does not know what was agreed. The line is handed back all the same. · ref %s", provider, e.Ref)
	}
	if words := cmp.Or(sayHandoff(e), sayHold(now, e), sayHeard(now, e)); words != "" {
		return words + " · ref " + string(e.Ref)
	}
	return entryWords(provider, e)
}

// backWords say who handed back, and what somebody else held.
func backWords(e takeover.Entry) string {
	what := mrkdwn.Mention(e.Who) + " handed back"
	switch {
	case e.Who == "":
		what = "The desk's rule handed back what " + mrkdwn.Mention(e.Other) + " held"
	case e.Other != "" && e.Other != e.Who:
		what += " what " + mrkdwn.Mention(e.Other) + " held"
	}
	return what
}

// releaseWords say that the AI answers again, and to whom first.
func releaseWords(e takeover.Entry) string {
	words := fmt.Sprintf("%s. The AI may answer again (read back at %s).", backWords(e), mrkdwn.TimeSeconds(e.At))
	if !e.Waiting.IsZero() {
		words += fmt.Sprintf(" The end user has been waiting for an answer since %s: the AI may answer that first.", mrkdwn.Time(e.Waiting))
	}
	return words + " · ref " + string(e.Ref)
}

// failHead says what is not so, and whose line it is.
func failHead(l takeover.Line, e takeover.Entry) string {
	if l.State == takeover.StateReturning {
		return fmt.Sprintf("%s (held by %s)", troubleHead(l), mrkdwn.Mention(e.Other))
	}
	return fmt.Sprintf("%s (%s takes over)", troubleHead(l), mrkdwn.Mention(e.Other))
}

// asOf is the line as it was when the entry was written: until the thread's turn comes
// it may have gone on.
func asOf(l takeover.Line, e takeover.Entry) takeover.Line {
	l.State, l.Trouble = e.After.State, e.Trouble
	if l.Trouble == nil {
		l.Trouble = &takeover.Trouble{}
	}
	return l
}

// watchEnd says why a watch ended by itself.
func watchEnd(provider string, e takeover.Entry) string {
	switch e.End {
	case takeover.WatchEnded:
		return fmt.Sprintf("the conversation has ended (%s)", mrkdwn.NonEmpty(mrkdwn.Escape(mrkdwn.OneLine(e.Answer, mrkdwn.MaxName))))
	case takeover.WatchUnreadable:
		return "the transcript cannot be shown any more"
	case takeover.WatchFailed:
		return TroubleCause(provider, e.Trouble)
	default:
		return fmt.Sprintf("%d minutes have passed", int(takeover.WatchFor.Minutes()))
	}
}
