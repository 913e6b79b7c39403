package render

import (
	"slices"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// A lock screen shows the first characters of a message's text, and nothing of its blocks. So the text
// of every message begins with whom it is about and for how long that end user has been waiting, also
// where the blocks need not say so: in a thread below the card.

// named is an end user's name and masked number, as literal text.
func named(l takeover.Line) string {
	return Joined(typed.Name(l, mrkdwn.MaxName), mrkdwn.OneLine(l.EndUser.Masked(), mrkdwn.MaxName))
}

// whoWaits is whom a line is about, and for how long that end user has been waiting at that time, as
// literal text.
func whoWaits(l takeover.Line, at time.Time) string {
	words := named(l)
	if waiting := l.WaitingSince(); !waiting.IsZero() {
		words += ", waiting for " + mrkdwn.Duration(at.Sub(time.Time(waiting)))
	}
	return words
}

// WhoWaits names the end user of a line for a sentence of mrkdwn, and says for how long that end user
// has been waiting at that time.
func WhoWaits(l takeover.Line, at time.Time) string { return mrkdwn.Escape(whoWaits(l, at)) }

// About has the text of a message for lock screens begin with the end user whom it is about, and how
// long that end user has been waiting at that time. The blocks stay as they are.
func About(l takeover.Line, at time.Time, m slackapi.Message) slackapi.Message {
	m.Text = WhoWaits(l, at) + ". " + m.Text
	return m
}

// where is on which channel a conversation is, and which agent of which provider has it where that is
// known, as literal text.
func where(l takeover.Line) string {
	agent := typed.AgentName(l, mrkdwn.MaxName)
	if agent != "" {
		agent += " at " + l.Provider
	}
	return Joined(mrkdwn.ChannelName(l.Newest.Channel), agent)
}

// Joined joins the parts that are not empty with dots.
func Joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// endedAbout is the text that takes the place of another: how long the end user has been waiting is
// not news any more.
func endedAbout(l takeover.Line, words string) slackapi.Message {
	m := mrkdwn.TextMessage(words)
	m.Text = mrkdwn.Escape(named(l)) + ". " + m.Text
	return m
}
