package listen

import (
	"context"
	"fmt"
	"slices"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// wordLog shows the audit of an end user's lines. For a whole number it needs no outside call; what
// else is typed is searched first.
func (ln *Listener) wordLog(ctx context.Context, a asked) (Answer, error) {
	query, shown, err := ln.query(a.rest)
	if err != nil {
		return ln.badInput("log", err)
	}
	if query.Field != takeover.FieldEndUser {
		c := a.command(takeover.Search, "")
		c.Query, c.Then = query, takeover.ShowLog
		return ln.store(ctx, "log", c)
	}
	lines, err := ln.linesOf(ctx, takeover.Target(query.Value))
	if err != nil {
		return Answer{}, err
	}
	shown = mrkdwn.Escape(shown)
	if len(lines) == 0 {
		return private("log", mrkdwn.TextMessage(fmt.Sprintf("The bot has no log for %s: nobody found, opened or took over a conversation of this number with it. `%s %s` looks for one.",
			shown, ids.RootCommand, shown)))
	}
	var told []render.History
	for _, l := range lines[:min(len(lines), render.LogLines)] {
		entries, err := ln.Lines.Audit(ctx, l.ID, render.LogNeeds(0))
		if err != nil {
			return Answer{}, fmt.Errorf("read the log of a line: %w", err)
		}
		told = append(told, render.History{Line: l, Entries: entries})
	}
	return private("log", render.Log(shown, told, ln.Now(), len(lines)-len(told)))
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

// wordAt tells who was speaking at a time.
func (ln *Listener) wordAt(ctx context.Context, a asked) (Answer, error) {
	at, rest, err := typed.ParseMoment(a.rest, a.at, ln.People.Zone(ctx, takeover.OperatorID(a.UserID)))
	if err != nil {
		return ln.badInput("at", err)
	}
	c := a.command(takeover.ShowMoment, "")
	c.Moment = at
	return ln.ofNumber(ctx, "at", c, rest)
}

// wordExport sends the audit of an end user's lines, or of all lines, as files.
func (ln *Listener) wordExport(ctx context.Context, a asked) (Answer, error) {
	c := a.command(takeover.ExportLog, "")
	if a.rest == "" {
		return ln.store(ctx, "export", c)
	}
	return ln.ofNumber(ctx, "export", c, a.rest)
}

// ofNumber stores a command about the lines that a text means. For a whole number they are in the
// bot's own store; what else is typed is searched first.
func (ln *Listener) ofNumber(ctx context.Context, kind string, c takeover.Command, text string) (Answer, error) {
	query, _, err := ln.query(text)
	if err != nil {
		return ln.badInput(kind, err)
	}
	c.Query = query
	if query.Field != takeover.FieldEndUser {
		c.Verb, c.Then = takeover.Search, c.Verb
	}
	return ln.store(ctx, kind, c)
}
