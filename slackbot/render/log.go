package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// LogLimit is how many entries of a line are shown; they fit one private answer.
const LogLimit = 25

// LogLines is how many lines of a number are shown, those that changed last.
const LogLines = 5

const (
	// logRoom is how many characters of entries one answer shows; Slack refuses about
	// 12,000 in all blocks.
	logRoom = 9000
	// sectionRoom is how many characters go into one section; Slack allows 3,000.
	sectionRoom = 2800
)

// lineLog shows as many of the newest entries as room characters hold, oldest first.
func lineLog(l takeover.Line, now time.Time, entries []takeover.Entry, room int) []slack.Block {
	id := "log." + string(l.ID)
	blocks := []slack.Block{
		mrkdwn.Section(id, "*Now: "+State(l, now)+"*"),
		slack.NewContextBlock(id+".who", mrkdwn.Plain(Who(l)+" · agent "+mrkdwn.OneLine(l.Agent.Masked(), mrkdwn.MaxName))),
	}
	rows := []string{}
	for _, e := range slices.Backward(entries) {
		row := "• " + mrkdwn.DateTime(e.At) + " — " + entryWords(l.Provider, e)
		if room -= utf8.RuneCountInString(row); room < 0 {
			rows = append(rows, "• Earlier entries do not fit here.")
			break
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		rows = append(rows, "• Nothing was changed yet.")
	}
	slices.Reverse(rows)
	for i := 0; len(rows) > 0; i++ {
		text := rows[0]
		rows = rows[1:]
		for len(rows) > 0 && utf8.RuneCountInString(text+rows[0]) < sectionRoom {
			text, rows = text+"\n"+rows[0], rows[1:]
		}
		blocks = append(blocks, mrkdwn.Section(fmt.Sprintf("%s.%d", id, i), text))
	}
	return blocks
}

// maxAnswer is how much of a provider's answer a row of the log shows, in characters.
const maxAnswer = 120

// entryWords is an entry of the audit in one plain line.
func entryWords(provider string, e takeover.Entry) string {
	words := logText(provider, e)
	if e.Who != "" {
		words += fmt.Sprintf(" (%s)", cmp.Or(originWords[e.Origin], string(e.Origin)))
	}
	if e.Before.State != "" && e.Before != e.After {
		words += fmt.Sprintf(" · %s → %s", standingWords(e.Before), standingWords(e.After))
	}
	if e.Answer != "" {
		words += " · " + mrkdwn.Escape(mrkdwn.OneLine(e.Answer, maxAnswer))
	}
	return words + " · ref " + string(e.Ref)
}

// originWords say where a command came from; what is missing is called as it is stored.
var originWords = map[takeover.Origin]string{takeover.FromWord: "typed"}

// standingWords is where a line stood, in the log's words.
func standingWords(s takeover.Standing) string {
	holder, words := mrkdwn.Mention(s.Holder), ""
	switch s.State {
	case takeover.StateAI:
		return "AI is answering"
	case takeover.StateTaking:
		words = holder + " takes over"
	case takeover.StateReturning:
		words = "handed back from " + holder
	default:
		words = "held by " + holder
	}
	if s.Trouble {
		words += ", not proven"
	}
	return words
}

// Log is what happened to lines, with the entries of each line, oldest first. of says what was
// asked for; rest is how many more lines it has.
func Log(of string, lines []takeover.Line, now time.Time, entries [][]takeover.Entry, rest int) slackapi.Message {
	m := slackapi.Message{Text: fmt.Sprintf("What happened on %s, oldest first. %s.", mrkdwn.Escape(of), State(lines[0], now))}
	for i, l := range lines {
		m.Blocks = append(m.Blocks, lineLog(l, now, entries[i], logRoom/len(lines))...)
	}
	if rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("log.rest", fmt.Sprintf("This number has %s more, which changed longer ago.", mrkdwn.Count(rest, "line"))))
	}
	return m
}
