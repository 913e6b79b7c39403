package render

import (
	"fmt"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// What a card says and offers where the AI cannot be silenced: everything but the
// takeover, and in words why, and what can be done instead.

// Ended is the state of a conversation that has ended, with the provider's word for it.
func Ended(status string) string {
	return fmt.Sprintf("The conversation has ended (%s)", mrkdwn.NonEmpty(mrkdwn.Escape(mrkdwn.OneLine(status, mrkdwn.MaxName))))
}

// agentWords name the assistant and its provider, where the assistant has a name.
func agentWords(l takeover.Line) string {
	name := typed.AgentName(l, mrkdwn.MaxName)
	if name == "" {
		return ""
	}
	return fmt.Sprintf("%s at %s", name, l.Provider)
}

// readingFoot says what cannot be done and what can instead, why there is nothing to
// read, and who watches.
func readingFoot(l takeover.Line) []string {
	var lines []string
	if a := l.Ability(takeover.CanSilence); !a.Yes() {
		lines = append(lines, mrkdwn.Escape(a.Reason))
	}
	if l.Recent.State != takeover.TranscriptRead && l.Recent.Why != "" {
		lines = append(lines, mrkdwn.Escape(l.Recent.Why))
	}
	if l.Watched() {
		lines = append(lines, fmt.Sprintf("%s watches until %s: new messages appear in the thread.", mrkdwn.Mention(l.Watch.By), mrkdwn.Time(l.Watch.Until)))
	}
	return lines
}

// readingButtons are the actions of a line that can only be read.
func readingButtons(l takeover.Line) []slack.BlockElement {
	id := string(l.ID)
	var buttons []slack.BlockElement
	switch {
	case l.Watched():
		buttons = append(buttons, mrkdwn.Button(ids.Watch, id, "Stop watching"))
	case l.Ability(takeover.CanWatch).Yes():
		buttons = append(buttons, mrkdwn.Button(ids.Watch, id, "Watch").WithStyle(slack.StylePrimary))
	}
	if l.Ability(takeover.CanRead).Yes() {
		buttons = append(buttons, mrkdwn.Button(ids.Transcript, id, "Transcript"))
	}
	return append(buttons, menu(l, ids.Refresh))
}

// readingSentence says the same as the buttons and the foot, for a lock screen.
func readingSentence(l takeover.Line) string {
	words := mrkdwn.Escape(l.Ability(takeover.CanSilence).Reason)
	watch, read := l.Watched() || l.Ability(takeover.CanWatch).Yes(), l.Ability(takeover.CanRead).Yes()
	switch {
	case watch && read:
		words += " You can watch it, or read the transcript."
	case read:
		words += " You can read the transcript."
	}
	return words
}
