package render

import (
	"cmp"
	"fmt"
	"strings"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// troubleFace is the face of a line whose change failed: what is not so although an operator wants
// it, why, what that means, who wants it, and when it is tried again.
func troubleFace(l takeover.Line) face {
	by, at, instead := l.Takeover.Holder, l.Takeover.ClaimedAt, ids.HandBack
	if l.State == takeover.StateReturning {
		by, at, instead = l.HandBack.By, l.Since, ids.Take
	}
	who := mrkdwn.Mention(by) + " pressed at " + mrkdwn.Time(at)
	if by == "" {
		who = "The hold ran out at " + mrkdwn.Time(at)
	}
	f := face{
		state: fmt.Sprintf("%s — %s, still trying · ref %s", troubleHead(l), TroubleCause(l.Provider, l.Trouble), l.Ref),
		red:   true,
		foot: []string{troubleMeaning(l),
			fmt.Sprintf("%s; %s so far, next at %s.", who, mrkdwn.Count(l.Trouble.Attempts, "attempt"), mrkdwn.TimeSeconds(l.Trouble.NextAt))},
		can:     "You can try again, or read the transcript.",
		buttons: append(buttons(l.ID, withNumber(l, ids.Retry)...), menu(l, ids.Transcript, ids.Refresh, instead)),
	}
	if l.Offered() {
		f.foot = append(f.foot, offered(l))
	}
	return f
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
	case l.Trouble.FlagUnknown, l.Trouble.Unlisted:
		return "NOT proven silent"
	default:
		return "NOT silent"
	}
}

// causes are what the provider did, as its name goes on; {entries} is filled in by TroubleCause.
var causes = map[takeover.ProviderErrorKind]string{
	takeover.KeyRefused:  "refused the bot's key",
	takeover.Gone:        "does not know this conversation any more",
	takeover.Refused:     "refused",
	takeover.Limited:     "allows no more calls at the moment",
	takeover.Failing:     "is failing",
	takeover.NotKept:     "accepted the change but did not keep it",
	takeover.LostEntries: "lost {entries} of this conversation",
	takeover.NotWhole:    "does not list all conversations of the end user",
	takeover.Unsupported: "cannot do this",
	takeover.NotSetUp:    "is not set up any more",
}

// TroubleCause says what the provider did, with the status that it answered.
func TroubleCause(provider string, t *takeover.Trouble) string {
	t = cmp.Or(t, &takeover.Trouble{})
	cause := cmp.Or(causes[t.Kind], "did not answer")
	cause = provider + " " + strings.Replace(cause, "{entries}", entries(t.Lost), 1)
	if t.Status != 0 {
		cause += fmt.Sprintf(" (%d)", t.Status)
	}
	return cause
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

// entryNames lists metadata entries of a line by name, escaped.
func entryNames(l takeover.Line, lost []string) string {
	list := []string{}
	if len(lost) == 0 {
		list = append(list, "unknown")
	}
	for _, name := range lost[:min(len(lost), shownNames)] {
		list = append(list, mrkdwn.Escape(mrkdwn.OneLine(typed.MaskOf(l).In(name), maxEntryName)))
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
		return fmt.Sprintf("The AI is %s (read back), but entries of other tools are missing: %s. The bot writes them again from its own copy.", was, entryNames(l, t.Lost))
	case t.Unlisted:
		now = fmt.Sprintf("%s does not say which conversations the end user has: the AI is off in those that the bot knows, and may answer in another.", l.Provider)
	case l.State == takeover.StateTaking && !t.FlagUnknown:
		now = "The AI is still talking."
	case t.StillSilent && !t.FlagUnknown:
		now = "Nothing shows that the AI answers again: for now only a person can answer the end user."
	default:
		now = "The AI may be silent or still talking."
	}
	if !t.Read.At.IsZero() && l.State == takeover.StateReturning {
		now += fmt.Sprintf(" When %s was last asked, at %s, the AI was %s.", l.Provider, mrkdwn.TimeSeconds(t.Read.At), onOff(!t.Read.Silent))
	}
	if t.Kind == takeover.Limited {
		now += " The bot was asked to wait, and tries again by itself."
	} else if advice := advices[t.Kind]; advice != "" {
		now += " " + advice
	}
	return now + " If it is urgent, call the end user yourself."
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// advices say what a person can do about a failure.
var advices = map[takeover.ProviderErrorKind]string{
	takeover.KeyRefused: "An administrator of the bot has to check the provider's API key (`bot doctor` tells more).",
	takeover.NotSetUp:   "An administrator of the bot has to set the provider's API key (`bot doctor` tells more).",
	takeover.NotWhole:   "Trying again is of little use: an administrator of the bot has to look at it (the bot's log tells more).",
	takeover.Gone:       "Search the number again: there may be a newer conversation.",
}

// What became of the line, where an answer says that something failed.
const (
	// Unchanged is for requests that only read.
	Unchanged = "Nothing was changed on the line."
	// Decided is for a takeover, which is decided before its card is shown.
	Decided = "`" + ids.RootCommand + " open` shows what became of the takeover."
)

// ProviderFailure says what a failed read means and what to do. line is Unchanged or Decided.
func ProviderFailure(e *takeover.ProviderError, line string, ref takeover.Ref) string {
	advice := cmp.Or(advices[e.Kind], "Please try again in a moment.")
	switch {
	case e.Kind == takeover.Unsupported:
		advice = "Try the end user's number instead."
	case e.Kind == takeover.Limited && e.RetryAfter > 0:
		advice = fmt.Sprintf("Please try again in %s.", mrkdwn.Duration(e.RetryAfter))
	}
	cause := TroubleCause(e.Provider, &takeover.Trouble{Kind: e.Kind, Status: e.Status})
	return fmt.Sprintf("%s. %s %s · ref %s", cause, line, advice, ref)
}

// SlackFailure says what Slack refuses for good, and what to do. line is Unchanged or Decided.
func SlackFailure(e *slackapi.Error, channel, line string, ref takeover.Ref) string {
	switch e.Code {
	case "not_in_channel", "channel_not_found":
		return fmt.Sprintf("The bot is not in <#%s>, where the cards stand. Type `/invite` with the bot's name there, then try again. · ref %s", channel, ref)
	case "is_archived", "is_inactive":
		return fmt.Sprintf("<#%s>, where the cards stand, is archived. An administrator of the bot has to name another channel. · ref %s", channel, ref)
	case "outsiders_in_channel":
		return fmt.Sprintf("Guests or people of other organisations are in <#%s>, where the cards stand, and this bot is set to post nothing there meanwhile. Remove them there, then try again. · ref %s", channel, ref)
	case "missing_scope":
		return fmt.Sprintf("The bot may not do that in Slack: a permission is missing. An administrator of the bot finds which one with `bot doctor`. · ref %s", ref)
	default:
		return fmt.Sprintf("Slack refused (%s). %s `bot doctor` may tell why. · ref %s", mrkdwn.Escape(e.Code), line, ref)
	}
}
