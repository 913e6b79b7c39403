package render

import (
	"fmt"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// What a card says and offers where the AI cannot be silenced: everything but the
// takeover, and in words why, and what can be done instead.

// Ended is the state of a conversation that has ended, with the provider's word for it.
func Ended(status string) string {
	return fmt.Sprintf("The conversation has ended (%s)", mrkdwn.NonEmpty(mrkdwn.Escape(mrkdwn.OneLine(status, mrkdwn.MaxName))))
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
	if l.Recent.Failed != nil {
		lines = append(lines, Unread(l.Provider, l.Recent.Failed))
	}
	if l.Watched() {
		lines = append(lines, fmt.Sprintf("%s watches until %s: new messages appear in the thread.", mrkdwn.Mention(l.Watch.By), mrkdwn.Time(l.Watch.Until)))
	}
	return lines
}

// Unread says that the messages of a line could not be read, and why.
func Unread(provider string, t *takeover.Trouble) string {
	return fmt.Sprintf("The messages cannot be read now: %s. Try *%s* later.", TroubleCause(provider, t), labels[ids.Refresh])
}

// readOnly is the face with what can be done where the AI cannot be silenced: watch and read.
func (f face) readOnly(l takeover.Line) face {
	id := string(l.ID)
	f.can, f.buttons = mrkdwn.Escape(l.Ability(takeover.CanSilence).Reason), nil
	choice := " You can read the transcript."
	switch {
	case l.Watched():
		f.buttons = append(f.buttons, mrkdwn.Button(ids.Watch, id, "Stop watching"))
	case l.Ability(takeover.CanWatch).Yes():
		f.buttons = append(f.buttons, primary(ids.Watch, id, "Watch"))
	}
	if len(f.buttons) > 0 {
		choice = " You can watch it, or read the transcript."
	}
	if l.Ability(takeover.CanRead).Yes() {
		f.can += choice
		f.buttons = append(f.buttons, mrkdwn.Button(ids.Transcript, id, "Transcript"))
	}
	f.buttons = append(f.buttons, menu(l, ids.Refresh))
	return f
}
