package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// ListLimit is how many lines a private list names; Slack allows 50 blocks.
const ListLimit = 15

// SortWaitingFirst sorts the lines whose end user waits longest to the front; the others keep
// their order.
func SortWaitingFirst(lines []takeover.Line) {
	slices.SortStableFunc(lines, waitingFirst)
}

// Listed is a line in a list: its state, who waits, how long it is held.
func Listed(l takeover.Line, now time.Time) string { return State(l, now) + ListedMore(l) }

// ListedMore is what a list says after the state.
func ListedMore(l takeover.Line) string {
	var more strings.Builder
	if waiting := l.WaitingSince(); !waiting.IsZero() && noAnswerSince(l).IsZero() {
		more.WriteString(" · end user waits since " + recently(l, time.Time(waiting)))
	}
	if l.Taken() {
		switch left := HoldLeft(l); {
		case left != "":
			more.WriteString(" · " + left)
		case l.Takeover.Hold.Step != takeover.HoldRuns:
			more.WriteString(" · hold ran out at " + mrkdwn.Time(l.Takeover.Hold.Until))
		}
	}
	if l.Offered() {
		fmt.Fprintf(&more, " · offered to %s, not accepted yet", mrkdwn.Mention(l.Takeover.Handoff.To))
	}
	return more.String()
}

// Row is an entry of a private list: our own words with a button, and below them, as
// literal text, who it is about.
func Row(blockID, words, who string, line takeover.LineID) []slack.Block {
	return rowWith(blockID, words, who, mrkdwn.Button(ids.Open, string(line), "Open"))
}

func rowWith(blockID, words, who string, press *slack.ButtonBlockElement) []slack.Block {
	return []slack.Block{
		slack.NewSectionBlock(mrkdwn.Text(words), nil, slack.NewAccessory(press), slack.SectionBlockOptionBlockID(blockID)),
		slack.NewContextBlock("who."+blockID, mrkdwn.Plain(who)),
	}
}

// Choice asks which of several lines is meant, each with a button.
func Choice(question string, lines []takeover.Line, now time.Time, action, label string) slackapi.Message {
	m := slackapi.Message{Text: question + " Press its button.", Blocks: []slack.Block{mrkdwn.Section("choice", "*"+question+"*")}}
	for i, l := range lines[:min(len(lines), ListLimit)] {
		m.Blocks = append(m.Blocks, rowWith(fmt.Sprintf("choice.%d", i), Listed(l, now), Joined(Who(l), "agent "+mrkdwn.OneLine(l.Agent.Masked(), mrkdwn.MaxName)), mrkdwn.Button(action, string(l.ID), label))...)
	}
	if rest := len(lines) - ListLimit; rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("choice.rest", fmt.Sprintf("… and %d more: type more digits of the number.", rest)))
	}
	return m
}
