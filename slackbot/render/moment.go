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

// MomentBefore and MomentAfter are how much is shown around a moment.
const (
	MomentBefore = 30 * time.Second
	MomentAfter  = 90 * time.Second
)

// Around is a line, what was said on it around a moment, and its whole audit.
type Around struct {
	takeover.Line
	Audit    []takeover.Entry   // oldest first
	Messages []takeover.Message // of all its conversations, around the moment, oldest first
	// Unread says why there may be more messages; empty if these are all.
	Unread string
}

// Moment says who was speaking on lines at a time, with what was said and done around it. of says
// what was asked for, as Slack's mark-up; rest is how many more lines it has.
func Moment(of string, lines []Around, at, now time.Time, rest int) slackapi.Message {
	var m slackapi.Message
	for _, l := range lines {
		sentence := momentSentence(takeover.MomentOf(l.Audit, at), at, now)
		m.Text += sentence + " "
		m.Blocks = append(m.Blocks, momentBlocks(l, sentence, at, logRoom/len(lines))...)
	}
	m.Text += fmt.Sprintf("This is about %s.", of)
	if rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("at.rest", fmt.Sprintf("%s more: a whole number and `/takeover log` say more.", mrkdwn.Count(rest, "line"))))
	}
	return m
}

// momentSentence says who was speaking, in one sentence; what else is known follows it.
func momentSentence(m takeover.Moment, at, now time.Time) string {
	clock := mrkdwn.Time
	if now.Sub(at) > sameDay {
		clock = mrkdwn.DateTime
	}
	when, holder := "At "+clock(at), mrkdwn.Mention(m.Standing.Holder)
	switch {
	case m.Standing.State == "" && now.Sub(at) > takeover.KeepAudit:
		return fmt.Sprintf("%s: not known, because the log is kept for %s.", when, mrkdwn.Duration(takeover.KeepAudit))
	case m.Standing.State == "":
		return when + " nobody held the line: the AI answered, as far as the bot knows, whose log has nothing of this line."
	case m.Standing.State != takeover.StateAI && !m.Began.IsZero():
		return fmt.Sprintf("%s: not known, because the log of this line begins at %s.", when, mrkdwn.DateTime(m.Began))
	case !m.Began.IsZero():
		return fmt.Sprintf("%s nobody held the line: the AI answered, as far as the bot knows, whose log of this line begins at %s.", when, mrkdwn.DateTime(m.Began))
	}
	switch m.Standing.State {
	case takeover.StateTaking:
		return fmt.Sprintf("%s %s was taking the line over: the AI was not proven silent yet.", when, holder)
	case takeover.StateReturning:
		return fmt.Sprintf("%s the line of %s was being handed back: the AI may have answered already.", when, holder)
	case takeover.StateHeld:
		return fmt.Sprintf("%s %s held the line: %s.", when, holder, momentSilence(m))
	}
	if !m.MissedSince.IsZero() {
		return fmt.Sprintf("%s nobody answered: no operator held the line, and the AI had not answered the end user since %s.", when, clock(time.Time(m.MissedSince)))
	}
	return when + " nobody held the line: the AI answered."
}

// momentSilence says what was known of the AI of a held line.
func momentSilence(m takeover.Moment) string {
	words := fmt.Sprintf("the AI was silent (checked %s)", mrkdwn.TimeSeconds(m.CheckedAt))
	switch {
	case m.CheckedAt.IsZero():
		words = "when the AI was checked is not in the log"
	case !m.UncheckedSince.IsZero():
		words = fmt.Sprintf("the bot had not been able to check since %s that the AI was silent", mrkdwn.TimeSeconds(m.UncheckedSince))
	case m.LeftOn:
		words += ", but not in an older conversation, where it was switched on outside Slack"
	}
	if !m.SpokeAt.IsZero() {
		words += fmt.Sprintf("; the AI had spoken all the same, which the bot noticed at %s", mrkdwn.TimeSeconds(m.SpokeAt))
	}
	return words
}

// momentBlocks show a line's sentence, and the time around the moment within room characters.
func momentBlocks(l Around, sentence string, at time.Time, room int) []slack.Block {
	id := "at." + string(l.ID)
	blocks := []slack.Block{
		mrkdwn.Section(id, "*"+sentence+"*"),
		slack.NewContextBlock(id+".who", mrkdwn.Plain(Who(l.Line)+" · agent "+mrkdwn.OneLine(l.Agent.Masked(), mrkdwn.MaxName))),
	}
	rows, left := momentRows(l, at), 0
	for i, row := range rows {
		if room -= utf8.RuneCountInString(row); room < 0 {
			rows, left = rows[:i], len(rows)-i
			break
		}
	}
	if len(rows) == 0 {
		rows = []string{fmt.Sprintf("• Nothing was written or pressed between %s and %s.", mrkdwn.TimeSeconds(at.Add(-MomentBefore)), mrkdwn.TimeSeconds(at.Add(MomentAfter)))}
	}
	blocks = append(blocks, sections(id, rows)...)
	foot := l.Unread
	if left > 0 {
		foot = cmp.Or(foot, fmt.Sprintf("%d more follow: *Whole transcript* and `!log` in the thread of the card have all.", left))
	}
	if foot != "" {
		blocks = append(blocks, mrkdwn.Context(id+".foot", foot))
	}
	return blocks
}

// momentRows are what was said and done around a moment, in the order of time.
func momentRows(l Around, at time.Time) []string {
	type row struct {
		at    time.Time
		words string
	}
	var all []row
	add := func(t time.Time, words string) {
		if !t.Before(at.Add(-MomentBefore)) && !t.After(at.Add(MomentAfter)) {
			all = append(all, row{t, "• " + mrkdwn.TimeSeconds(t) + " " + words})
		}
	}
	for _, m := range l.Messages {
		if m.Text != "" {
			said := mrkdwn.Escape(mrkdwn.Clip(Said(l.Line, m.Role, m.Text), takeover.SpokeLength))
			add(m.ShownAt(), fmt.Sprintf("*%s:* %s", mrkdwn.Escape(mrkdwn.SpeakerName(m.Role)), said))
		}
	}
	for _, e := range l.Audit {
		add(e.At, "— "+entryWords(l.Line, e))
	}
	slices.SortStableFunc(all, func(a, b row) int { return a.at.Compare(b.at) })
	rows := make([]string, len(all))
	for i, r := range all {
		rows[i] = r.words
	}
	return rows
}
