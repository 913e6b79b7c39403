package render

import (
	"fmt"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// troubleState is the state of a card whose wanted state is not proven, in words.
func troubleState(provider string, l takeover.Line) string {
	return fmt.Sprintf("%s — %s, still trying · ref %s", troubleHead(l), TroubleCause(provider, l.Trouble), l.Ref)
}

// troubleHead says what is not so, although it was wished.
func troubleHead(l takeover.Line) string {
	back := l.State == takeover.StateReturning
	switch {
	case l.Trouble.Kind == takeover.LostEntries:
		return "NOT finished"
	case back && l.Trouble.FlagUnknown:
		return "NOT proven handed back"
	case back:
		return "NOT handed back"
	case l.Trouble.FlagUnknown:
		return "NOT proven silent"
	default:
		return "NOT silent"
	}
}

// TroubleCause says what the provider did.
func TroubleCause(provider string, t *takeover.Trouble) string {
	if t == nil {
		t = &takeover.Trouble{}
	}
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
	case takeover.NotSetUp:
		return provider + " is not set up any more"
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

const (
	// shownNames is how many names of metadata entries are written out; other tools may
	// keep hundreds.
	shownNames = 5
	// maxEntryName is how long each may be, in characters.
	maxEntryName = 40
)

// entryNames lists metadata entries by name, escaped.
func entryNames(lost []string) string {
	list := []string{}
	if len(lost) == 0 {
		list = append(list, "unknown")
	}
	for _, name := range lost[:min(len(lost), shownNames)] {
		list = append(list, mrkdwn.Escape(mrkdwn.OneLine(name, maxEntryName)))
	}
	if rest := len(lost) - shownNames; rest > 0 {
		list = append(list, fmt.Sprintf("and %d more", rest))
	}
	return strings.Join(list, ", ")
}

// troubleMeaning says what a trouble means now and what to do, in one or two sentences.
func troubleMeaning(l takeover.Line) string {
	t := l.Trouble
	var now string
	switch {
	case t.Kind == takeover.LostEntries:
		was := "off"
		if l.State == takeover.StateReturning {
			was = "on again"
		}
		return fmt.Sprintf("The AI is %s (read back), but entries of other tools are missing: %s. The bot writes them again from its own copy.", was, entryNames(t.Lost))
	case l.State == takeover.StateTaking && !t.FlagUnknown:
		now = "The AI is still talking."
	case t.StillSilent && !t.FlagUnknown:
		now = "The AI is still silent: only a person can answer the end user."
	default:
		now = "The AI may be silent or still talking."
	}
	return now + " " + troubleAdvice(t)
}

// callYourself is what always helps.
const callYourself = "If it is urgent, call the end user yourself."

func troubleAdvice(t *takeover.Trouble) string {
	switch t.Kind {
	case takeover.KeyRefused:
		return "Whoever runs the bot has to check the provider's API key (`bot doctor` tells more). " + callYourself
	case takeover.Gone:
		return "Search the number again: there may be a newer conversation. " + callYourself
	case takeover.Limited:
		return "The bot was asked to wait, and tries again by itself. " + callYourself
	default:
		return callYourself
	}
}
