package render

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// LogLimit is how many entries of a line are shown at once; they fit one private answer.
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

// History is a line with a part of its log.
type History struct {
	takeover.Line
	// Entries are the newest ones, oldest first: LogNeeds(After) of them, or all there are.
	Entries []takeover.Entry
	After   int // how many of the newest were shown before
}

// LogNeeds is how many of the newest entries are read for a part of a log.
func LogNeeds(after int) int { return after + LogLimit + 1 }

// lineLog shows as many of the newest entries as room characters hold, oldest first, and a button
// for those before them.
func lineLog(h History, now time.Time, room int) []slack.Block {
	l, id := h.Line, "log."+string(h.ID)
	blocks := []slack.Block{
		mrkdwn.Section(id, "*Now: "+State(l, now)+"*"),
		slack.NewContextBlock(id+".who", mrkdwn.Plain(Who(l)+" · agent "+mrkdwn.OneLine(l.Agent.Masked(), mrkdwn.MaxName))),
	}
	rows, entries := []string{}, h.Entries[:max(0, len(h.Entries)-h.After)]
	for _, e := range slices.Backward(entries) {
		row := "• " + mrkdwn.DateTime(e.At) + " — " + entryWords(l, e)
		if room -= utf8.RuneCountInString(row); len(rows) == LogLimit || room < 0 && len(rows) > 0 {
			break
		}
		rows = append(rows, row)
	}
	shown := len(rows)
	if len(rows) == 0 {
		none := "• Nothing was changed yet."
		if h.After > 0 {
			none = "• There is nothing earlier."
		}
		rows = append(rows, none)
	}
	slices.Reverse(rows)
	blocks = append(blocks, sections(id, rows)...)
	if shown < len(entries) {
		blocks = append(blocks, slack.NewActionBlock(id+".more", mrkdwn.Button(ids.LogMore, ids.LogAfter(l.ID, h.After+shown), "Earlier entries")))
	}
	return blocks
}

// sections put rows into as few sections as Slack allows.
func sections(id string, rows []string) []slack.Block {
	var blocks []slack.Block
	for len(rows) > 0 {
		text := rows[0]
		rows = rows[1:]
		for len(rows) > 0 && utf8.RuneCountInString(text+rows[0]) < sectionRoom {
			text, rows = text+"\n"+rows[0], rows[1:]
		}
		blocks = append(blocks, mrkdwn.Section(fmt.Sprintf("%s.%d", id, len(blocks)), text))
	}
	return blocks
}

// maxAnswer is how much of a provider's answer a row of the log shows, in characters.
const maxAnswer = 120

// entryWords is an entry of the audit in one plain line.
func entryWords(l takeover.Line, e takeover.Entry) string {
	words := logText(l, e)
	if e.Who != "" {
		words += fmt.Sprintf(" (%s)", cmp.Or(originWords[e.Origin], string(e.Origin)))
	}
	if e.Before.State != "" && e.Before != e.After {
		words += fmt.Sprintf(" · %s → %s", standingWords(e.Before), standingWords(e.After))
	}
	if e.Answer != "" {
		words += " · " + mrkdwn.Escape(mrkdwn.OneLine(typed.MaskOf(l).In(e.Answer), maxAnswer))
	}
	return words + " · ref " + string(e.Ref)
}

// originWords say where a command came from; what is missing is called as it is stored.
var originWords = map[takeover.Origin]string{takeover.FromWord: "typed"}

// standingWords is where a line stood, in the log's words.
func standingWords(s takeover.Standing) string {
	holder := mrkdwn.Mention(s.Holder)
	var words string
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

// Log is what happened to lines, the entries of each oldest first. of says what was asked for, as
// Slack's mark-up; rest is how many more lines it has.
func Log(of string, lines []History, now time.Time, rest int) slackapi.Message {
	m := slackapi.Message{Text: fmt.Sprintf("What happened on %s, oldest first. %s.", of, State(lines[0].Line, now))}
	for _, h := range lines {
		m.Blocks = append(m.Blocks, lineLog(h, now, logRoom/len(lines))...)
	}
	if rest > 0 {
		words := fmt.Sprintf("%s more changed longer ago: `!log` in the thread of a card shows its log.", mrkdwn.Count(rest, "line"))
		m.Blocks = append(m.Blocks, mrkdwn.Context("log.rest", words))
	}
	return m
}
