package listen

import (
	"context"
	"fmt"
	"slices"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

// wordLog shows the audit of an end user's lines. It needs no outside call.
func (ln *Listener) wordLog(ctx context.Context, a asked) (Answer, error) {
	query, shown, err := ln.query(a.rest)
	if err != nil {
		return ln.badInput("log", err)
	}
	if query.Field != takeover.FieldEndUser {
		return private("log", mrkdwn.TextMessage("The word `log` needs the whole number, for example `/takeover log +1 415 555 0137`."))
	}
	lines, err := ln.linesOf(ctx, takeover.Target(query.Value))
	if err != nil {
		return Answer{}, err
	}
	if len(lines) == 0 {
		return private("log", mrkdwn.TextMessage(fmt.Sprintf("The bot has no log for %s: nobody found, opened or took over a conversation of this number with it.", mrkdwn.Escape(shown))))
	}
	shownLines := lines[:min(len(lines), render.LogLines)]
	entries := make([][]takeover.Entry, len(shownLines))
	for i, l := range shownLines {
		if entries[i], err = ln.Lines.Audit(ctx, l.ID, render.LogLimit); err != nil {
			return Answer{}, fmt.Errorf("read the log of a line: %w", err)
		}
	}
	return private("log", render.Log(shown, shownLines, ln.Now(), entries, len(lines)-len(shownLines)))
}

// linesOf are the lines of an end user at all providers, newest change first.
func (ln *Listener) linesOf(ctx context.Context, endUser takeover.Target) ([]takeover.Line, error) {
	var all []takeover.Line
	for _, provider := range ln.Providers {
		for _, form := range endUser.Forms() {
			lines, err := ln.Lines.LinesOf(ctx, provider, form)
			if err != nil {
				return nil, fmt.Errorf("list the lines of a number: %w", err)
			}
			all = append(all, lines...)
		}
	}
	slices.SortStableFunc(all, func(a, b takeover.Line) int { return b.Since.Compare(a.Since) })
	return all, nil
}
