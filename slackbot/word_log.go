package slackbot

import (
	"context"
	"fmt"
	"slices"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

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
	shownLines := lines[:min(len(lines), render.LogLines)]
	entries := make([][]takeover.Entry, len(shownLines))
	for i, l := range shownLines {
		if entries[i], err = b.deps.Reader.Audit(ctx, l.ID, render.LogLimit); err != nil {
			return Answer{}, fmt.Errorf("read the log of a line: %w", err)
		}
	}
	return private("log", render.LogOfNumber(shown, shownLines, entries, len(lines)-len(shownLines)))
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

// showLog answers a stored wish for the log of a line.
func (b *Bot) showLog(ctx context.Context, c takeover.Command) error {
	line, err := b.deps.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	entries, err := b.deps.Reader.Audit(ctx, c.Line, render.LogLimit)
	if err != nil {
		return fmt.Errorf("read the log of a line: %w", err)
	}
	return b.lastAnswer(ctx, c, render.LogOfLine(line, entries))
}
