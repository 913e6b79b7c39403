package slackbot

import (
	"fmt"
	"strings"

	"takeoverbot/takeover"
)

// troubleState is the state of a card whose wanted state is not proven, in words.
func troubleState(provider string, l takeover.Line) string {
	t := l.Trouble
	head := "NOT silent"
	if l.State == takeover.StateReturning {
		head = "NOT handed back"
	}
	switch {
	case t.Kind == takeover.LostEntries:
		head = "NOT finished"
	case t.FlagUnknown && l.State == takeover.StateTaking:
		head = "NOT proven silent"
	case t.FlagUnknown:
		head = "NOT proven handed back"
	}
	return fmt.Sprintf("%s — %s, still trying · ref %s", head, troubleCause(provider, t), l.Ref)
}

// troubleCause says what the provider did.
func troubleCause(provider string, t *takeover.Trouble) string {
	switch t.Kind {
	case takeover.KeyRefused:
		return fmt.Sprintf("%s refused the bot's key%s", provider, status(t))
	case takeover.Gone:
		return fmt.Sprintf("%s does not know this conversation any more%s", provider, status(t))
	case takeover.Refused:
		return fmt.Sprintf("%s refused%s", provider, status(t))
	case takeover.Limited:
		return fmt.Sprintf("%s allows no more calls at the moment%s", provider, status(t))
	case takeover.Failing:
		return fmt.Sprintf("%s is failing%s", provider, status(t))
	case takeover.NotKept:
		return provider + " accepted the change but did not keep it"
	case takeover.LostEntries:
		return fmt.Sprintf("%s lost %s of this conversation", provider, entries(t.Lost))
	case takeover.Unsupported:
		return provider + " cannot do this"
	default:
		return provider + " did not answer"
	}
}

func status(t *takeover.Trouble) string {
	if t.Status == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d)", t.Status)
}

func entries(lost []string) string {
	if len(lost) == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", len(lost))
}

// troubleMeaning says what a trouble means now and what to do, in one or two sentences.
func troubleMeaning(l takeover.Line) string {
	t := l.Trouble
	var now string
	switch {
	case t.Kind == takeover.LostEntries:
		return fmt.Sprintf("The flag is set as wanted; missing: %s. The bot puts them back from its own copy.", escaped(strings.Join(t.Lost, ", ")))
	case t.FlagUnknown:
		now = "The AI may be silent or still talking."
	case l.State == takeover.StateTaking:
		now = "The AI is still talking."
	default:
		now = "The AI is still silent: nobody answers the end user but you."
	}
	return now + " " + troubleAdvice(t)
}

func troubleAdvice(t *takeover.Trouble) string {
	switch t.Kind {
	case takeover.KeyRefused:
		return "Ask whoever runs the bot to check the provider's API key (`bot doctor` tells more)."
	case takeover.Gone:
		return "Search the number again: there may be a newer conversation."
	case takeover.Limited:
		return fmt.Sprintf("The next attempt is at %s.", clockSecs(t.NextAt))
	default:
		return "If it is urgent, call the end user yourself; the bot goes on trying."
	}
}
