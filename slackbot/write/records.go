package write

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

const (
	// wholeAudit is more entries than a line can get while they are kept.
	wholeAudit = 1_000_000
	// momentReads is how many conversations of a line are read for what was said around a moment.
	momentReads = 3
)

// askedOf answers a command about the lines of a number, or of all numbers: they are in the store.
func (w *Writer) askedOf(ctx context.Context, c takeover.Command) error {
	if c.Query.Value == "" {
		return w.exportAll(ctx, c)
	}
	var lines []takeover.Line
	for _, provider := range w.Providers {
		for _, form := range takeover.Target(c.Query.Value).Forms() {
			some, err := w.Reader.LinesOf(ctx, provider, form)
			if err != nil {
				return fmt.Errorf("list the lines of a number: %w", err)
			}
			lines = append(lines, some...)
		}
	}
	if len(lines) == 0 {
		return w.lastAnswer(ctx, c, mrkdwn.TextMessage(fmt.Sprintf("The bot has no log for %s: nobody found, opened or took over a conversation of this number with it.", shownQuery(c.Query))))
	}
	slices.SortStableFunc(lines, func(a, b takeover.Line) int { return b.Since.Compare(a.Since) })
	return w.answerOf(ctx, c, lines, "")
}

// foundThen answers a search that opens nothing with what it asks for of the lines it found.
func (w *Writer) foundThen(ctx context.Context, c takeover.Command, found takeover.Found) error {
	lines, err := w.linesFound(ctx, c, found)
	if err != nil {
		return err
	}
	missing := w.unanswered(found)
	if c.Verb = c.Then; c.Verb == takeover.ShowLog {
		return w.logFound(ctx, c, lines, missing)
	}
	return w.answerOf(ctx, c, lines, missing)
}

// answerOf answers a command about lines. missing says which providers were not searched.
func (w *Writer) answerOf(ctx context.Context, c takeover.Command, lines []takeover.Line, missing string) error {
	if c.Verb == takeover.ExportLog {
		return w.export(ctx, c, lines)
	}
	var told []render.Around
	for _, l := range lines[:min(len(lines), render.LogLines)] {
		around, err := w.around(ctx, l)
		if err != nil {
			return err
		}
		told = append(told, around)
	}
	m := render.Moment(shownQuery(c.Query), told, c.Moment, w.Now(), len(lines)-len(told))
	if missing != "" {
		m.Text = missing + " " + m.Text
		m.Blocks = append(m.Blocks, mrkdwn.Section("unanswered", missing))
	}
	return w.lastAnswer(ctx, c, m)
}

// around is a line's audit, and what was said. A provider that does not answer is
// said: the audit alone tells who was speaking.
func (w *Writer) around(ctx context.Context, l takeover.Line) (render.Around, error) {
	audit, err := w.Reader.Audit(ctx, l.ID, wholeAudit)
	if err != nil {
		return render.Around{}, fmt.Errorf("read the log of a line: %w", err)
	}
	a := render.Around{Line: l, Audit: audit}
	ids := []takeover.ConversationID{l.Newest.ID}
	for _, c := range l.Covered {
		if c.ID != l.Newest.ID {
			ids = append(ids, c.ID)
		}
	}
	if len(ids) > momentReads {
		ids, a.Unread = ids[:momentReads], fmt.Sprintf("Only the %d newest conversations were read.", momentReads)
	}
	for _, id := range ids {
		_, t, err := w.Service.Read(ctx, takeover.Reading{Line: l.ID, Conversation: id})
		if pe, ok := errors.AsType[*takeover.ProviderError](err); ok {
			a.Unread = fmt.Sprintf("What was said could not be read: %s.", render.TroubleCause(pe.Provider, &takeover.Trouble{Kind: pe.Kind, Status: pe.Status}))
			continue
		}
		if err != nil {
			return a, err
		}
		a.Unread = cmp.Or(a.Unread, t.Why)
		a.Messages = append(a.Messages, t.Messages...)
	}
	return a, nil
}

// exportAll exports every line of which the audit has an entry.
func (w *Writer) exportAll(ctx context.Context, c takeover.Command) error {
	entries, err := w.Reader.Happened(ctx, "", time.Time{}, w.Now().Add(time.Hour))
	if err != nil {
		return fmt.Errorf("read the whole audit: %w", err)
	}
	var lines []takeover.Line
	seen := map[takeover.LineID]bool{}
	for _, e := range entries {
		if seen[e.Line] {
			continue
		}
		seen[e.Line] = true
		line, err := w.Reader.Line(ctx, e.Line)
		if errors.Is(err, takeover.ErrNotFound) {
			continue // purged
		}
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return w.lastAnswer(ctx, c, mrkdwn.TextMessage("There is nothing to export yet: the log is empty."))
	}
	return w.export(ctx, c, lines)
}

// export sends the audit of lines as two files, in a direct message.
func (w *Writer) export(ctx context.Context, c takeover.Command, lines []takeover.Line) error {
	x := render.Export{Made: w.Now(), By: c.By, Names: map[takeover.OperatorID]string{}}
	for _, l := range lines {
		audit, err := w.Reader.Audit(ctx, l.ID, wholeAudit)
		if err != nil {
			return fmt.Errorf("read the log of a line: %w", err)
		}
		x.Lines = append(x.Lines, render.History{Line: l, Entries: audit})
		for _, id := range append(operators(audit), l.Takeover.Holder, c.By) {
			if _, named := x.Names[id]; !named && id != "" {
				x.Names[id] = w.People.PlainText(ctx, mrkdwn.Mention(id))
			}
		}
	}
	x.Plain = func(text string) string {
		for id, name := range x.Names {
			text = strings.ReplaceAll(text, mrkdwn.Mention(id), mrkdwn.Escape(name))
		}
		return w.People.PlainText(ctx, text)
	}
	body, err := x.JSON()
	if err != nil {
		return err
	}
	channel, err := w.Slack.OpenDirectMessage(ctx, string(c.By))
	if err != nil {
		return err
	}
	name := "takeover-log-" + string(takeover.RefOf(c.Key))
	title := fmt.Sprintf("Log of %s", mrkdwn.Count(len(lines), "line"))
	for _, file := range []slackapi.Upload{
		{Channel: channel, Filename: name + ".txt", Title: title, Content: x.Text()},
		{Channel: channel, Filename: name + ".json", Title: title + ", JSON", Content: body},
	} {
		if err := w.Slack.UploadOnce(ctx, "export/"+c.Key+"/"+file.Filename, file); err != nil {
			return err
		}
	}
	w.Log.InfoContext(ctx, "the log was exported", "by", c.By, "lines", len(lines))
	return w.answerOnce(ctx, c, mrkdwn.TextMessage(fmt.Sprintf("%s: two files are in your direct messages with the bot, one to read and one as JSON. Times in them are UTC, numbers are masked.", title)))
}

// operators are the people whom entries name.
func operators(audit []takeover.Entry) []takeover.OperatorID {
	var ids []takeover.OperatorID
	for _, e := range audit {
		ids = append(ids, e.Who, e.Other, e.Before.Holder, e.After.Holder)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
