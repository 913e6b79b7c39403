package slackbot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// logLimit is how many entries of a line are shown; they fit one private answer.
const logLimit = 25

// wordLog shows the audit of an end user's lines. It needs no outside call.
func (b *Bot) wordLog(ctx context.Context, a asked) (Answer, error) {
	query, shown, err := typed.ParseQuery(a.rest, b.cfg.Region)
	if err != nil {
		return b.badInput("log", err)
	}
	if query.Field != takeover.FieldEndUser {
		return private("log", mrkdwn.TextMessage("The word `log` needs the whole number, for example `/takeover log +1 415 555 0137`."))
	}
	lines, err := b.linesOf(ctx, takeover.Target(query.Value))
	if err != nil {
		return Answer{}, err
	}
	if len(lines) == 0 {
		return private("log", mrkdwn.TextMessage(fmt.Sprintf("The bot has no log for %s: nobody found, opened or took over a conversation of this number with it.", mrkdwn.Escape(shown))))
	}
	m := slackapi.Message{Text: fmt.Sprintf("What happened on %s, oldest first. %s.", mrkdwn.Escape(shown), cardState(lines[0]))}
	shownLines := lines[:min(len(lines), logLines)]
	for _, l := range shownLines {
		entries, err := b.deps.Reader.Audit(ctx, l.ID, logLimit)
		if err != nil {
			return Answer{}, fmt.Errorf("read the log of a line: %w", err)
		}
		m.Blocks = append(m.Blocks, logOf(l, entries, logRoom/len(shownLines))...)
	}
	if rest := len(lines) - len(shownLines); rest > 0 {
		m.Blocks = append(m.Blocks, mrkdwn.Context("log.rest", fmt.Sprintf("This number has %s more, which changed longer ago.", mrkdwn.Count(rest, "line"))))
	}
	return private("log", m)
}

// linesOf are the lines of an end user at all providers, newest change first.
func (b *Bot) linesOf(ctx context.Context, endUser takeover.Target) ([]takeover.Line, error) {
	var all []takeover.Line
	for _, provider := range b.cfg.Providers {
		lines, err := b.deps.Reader.LinesOf(ctx, provider, endUser)
		if err != nil {
			return nil, fmt.Errorf("list the lines of a number: %w", err)
		}
		all = append(all, lines...)
	}
	slices.SortStableFunc(all, func(a, b takeover.Line) int { return b.Since.Compare(a.Since) })
	return all, nil
}

const (
	// logLines is how many lines of a number are shown, those that changed last.
	logLines = 5
	// logRoom is how many characters of entries one answer shows; Slack refuses about
	// 12,000 in all blocks.
	logRoom = 9000
	// sectionRoom is how many characters go into one section; Slack allows 3,000.
	sectionRoom = 2800
)

// logOf shows as many of the newest entries as room characters hold, oldest first.
func logOf(l takeover.Line, entries []takeover.Entry, room int) []slack.Block {
	id := "log." + string(l.ID)
	blocks := []slack.Block{
		mrkdwn.Section(id, "*Now: "+cardState(l)+"*"),
		slack.NewContextBlock(id+".who", mrkdwn.Plain(cardWho(l)+" · agent "+mrkdwn.OneLine(l.Agent.Masked(), mrkdwn.MaxName))),
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
		var text string
		text, rows = fill(rows, sectionRoom)
		blocks = append(blocks, mrkdwn.Section(fmt.Sprintf("%s.%d", id, i), text))
	}
	return blocks
}

// fill joins as many rows as room characters hold, at least one.
func fill(rows []string, room int) (text string, rest []string) {
	n, used := 0, 0
	for n < len(rows) {
		used += utf8.RuneCountInString(rows[n]) + 1
		if n > 0 && used > room {
			break
		}
		n++
	}
	return strings.Join(rows[:n], "\n"), rows[n:]
}

// maxAnswer is how much of a provider's answer a row of the log shows, in characters.
const maxAnswer = 120

// entryWords is an entry of the audit in one plain line.
func entryWords(provider string, e takeover.Entry) string {
	words := deedWords(provider, e)
	if e.Who != "" {
		words += fmt.Sprintf(" (%s)", e.Origin)
	}
	if e.Before.State != "" && e.Before != e.After {
		words += fmt.Sprintf(" · %s → %s", standingWords(e.Before), standingWords(e.After))
	}
	if e.Answer != "" {
		words += " · " + mrkdwn.Escape(mrkdwn.OneLine(e.Answer, maxAnswer))
	}
	return words + " · ref " + string(e.Ref)
}

// deedWords says who did what.
func deedWords(provider string, e takeover.Entry) string {
	who := "the bot"
	if e.Who != "" {
		who = mrkdwn.Mention(e.Who)
	}
	switch e.Deed {
	case takeover.DidNotClaim:
		return fmt.Sprintf("%s pressed take over, but %s was %s faster", who, mrkdwn.Mention(e.Other), mrkdwn.Duration(e.Lag))
	case takeover.DidSilence:
		return fmt.Sprintf("AI proven silent for %s, %s after the click", mrkdwn.Mention(e.Other), mrkdwn.Duration(e.Lag))
	case takeover.DidRelease:
		return fmt.Sprintf("AI proven answering again, %s after the click", mrkdwn.Duration(e.Lag))
	case takeover.DidFindGone:
		return fmt.Sprintf("handed back; %s does not know the conversation any more", provider)
	case takeover.DidFail:
		return "not proven: " + troubleCause(provider, e.Trouble)
	case takeover.DidLose:
		return "metadata entries lost and not taken back: " + entryNames(e.Lost)
	case takeover.DidWarnDesk:
		return "told the desk that it is still not proven: " + troubleCause(provider, e.Trouble)
	case takeover.DidNotTake, takeover.DidNotWatch:
		return fmt.Sprintf("%s %s, since that does not work here", who, e.Deed)
	}
	if words := handBackDeed(provider, who, e); words != "" {
		return words
	}
	if words := heldDeed(who, e); words != "" {
		return words
	}
	return fmt.Sprintf("%s %s", who, e.Deed)
}

// handBackDeed is deedWords for what belongs to a hand-back; empty for anything else.
func handBackDeed(provider, who string, e takeover.Entry) string {
	switch {
	case e.Deed == takeover.DidHandBack && e.Other != "" && e.Other != e.Who:
		return fmt.Sprintf("%s %s of what %s held", who, e.Deed, mrkdwn.Mention(e.Other))
	case e.Deed == takeover.DidNotBack:
		return who + " pressed hand back, but nobody held the line"
	case e.Deed == takeover.DidNote:
		return "the AI was given the note of " + who
	case e.Deed == takeover.DidNotNote:
		return fmt.Sprintf("%s took no note: the AI does not know what %s agreed", provider, who)
	}
	return ""
}

// standingWords is where a line stood, in the log's words.
func standingWords(s takeover.Standing) string {
	switch {
	case s.State == takeover.StateAI:
		return "AI is answering"
	case s.Trouble:
		return fmt.Sprintf("%s by %s, not proven", s.State, mrkdwn.Mention(s.Holder))
	case s.State == takeover.StateHeld:
		return fmt.Sprintf("held by %s, AI silent", mrkdwn.Mention(s.Holder))
	default:
		return fmt.Sprintf("%s by %s", s.State, mrkdwn.Mention(s.Holder))
	}
}

// showLog answers a stored wish for the log of a line.
func (b *Bot) showLog(ctx context.Context, c takeover.Command) error {
	line, err := b.deps.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	entries, err := b.deps.Reader.Audit(ctx, c.Line, logLimit)
	if err != nil {
		return fmt.Errorf("read the log of a line: %w", err)
	}
	return b.lastAnswer(ctx, c, slackapi.Message{
		Text:   fmt.Sprintf("What happened on this line, oldest first. %s.", cardState(line)),
		Blocks: logOf(line, entries, logRoom),
	})
}
