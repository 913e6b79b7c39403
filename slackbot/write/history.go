package write

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/slackbot/transcript"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// earlier shows the twenty messages before the oldest one of the clicked message.
func (w *Writer) earlier(ctx context.Context, c takeover.Command) error {
	line, t, err := w.Service.Read(ctx, takeover.Reading{Line: c.Line, Conversation: c.Conversation, Opened: true})
	if err != nil {
		return err
	}
	conv, end := cmp.Or(c.Conversation, line.Newest.ID), len(t.Messages)
	if c.Before != "" {
		end = slices.IndexFunc(t.Messages, func(m takeover.Message) bool { return m.Key == c.Before })
		if end < 0 {
			return w.Slack.Answer(ctx, c.Reply, c.By, mrkdwn.TextMessage("The bot cannot find where this left off. Press *Whole transcript* to get everything as one file."))
		}
	}
	if end == 0 {
		return w.Slack.Answer(ctx, c.Reply, c.By, mrkdwn.TextMessage("There is nothing earlier: the conversation begins with what is shown."))
	}
	start := max(0, end-threadMessages)
	messages := t.Messages[start:end]
	head := fmt.Sprintf("Messages %d to %d of %d, oldest first%s.", start+1, end, len(t.Messages), sharedLines(messages))
	posts := transcript.Posts(line, head, messages)
	if start > 0 {
		posts[len(posts)-1].Blocks = append(posts[len(posts)-1].Blocks, w.threadButtons(line, conv, messages[0].Key))
	}
	return w.belowCard(ctx, line, func(card takeover.Card) error {
		key := fmt.Sprintf("earlier/%s/%s/%s/%s", line.ID, conv, card.TS, messages[0].Key)
		// Pressing again posts nothing twice, and the answer says why.
		last, _, err := w.Posts.Post(ctx, fmt.Sprintf("%s/%d", key, len(posts)-1))
		if err != nil {
			return err
		}
		if last.TS != "" {
			return w.lastAnswer(ctx, c, mrkdwn.TextMessage(fmt.Sprintf("Messages %d to %d are in the thread already, further down.", start+1, end)))
		}
		return w.postAll(ctx, slackapi.Bulk, key, card, posts)
	})
}

// wholeTranscript puts the conversation into the thread as a text file, in the time zone of
// the person who asked.
func (w *Writer) wholeTranscript(ctx context.Context, c takeover.Command) error {
	line, t, err := w.Service.Read(ctx, takeover.Reading{Line: c.Line, Conversation: c.Conversation, Opened: true})
	if err != nil {
		return err
	}
	if len(t.Messages) == 0 {
		return w.Slack.Answer(ctx, c.Reply, c.By, mrkdwn.TextMessage(noMessages(line, t)))
	}
	authors, err := w.authors(ctx, t.Messages)
	if err != nil {
		return err
	}
	file := transcript.File(transcript.FileInfo{Line: line, Complete: t.Complete, Authors: authors, Made: w.Now()}, t.Messages, w.People.Zone(ctx, c.By))
	title := fmt.Sprintf("Transcript %s, %s", line.EndUser.Masked(), mrkdwn.Count(len(t.Messages), "message"))
	return w.belowCard(ctx, line, func(card takeover.Card) error {
		return w.Slack.UploadOnce(ctx, "file/"+c.Key, slackapi.Upload{
			Channel: card.Channel, Thread: card.TS, Filename: fmt.Sprintf("transcript-%s.txt", takeover.RefOf(c.Key)), Title: title, Content: file,
		})
	})
}

// authors are the names of the operators who wrote messages, by Message.Written.
func (w *Writer) authors(ctx context.Context, messages []takeover.Message) (map[string]string, error) {
	names := map[string]string{}
	for _, m := range messages {
		if m.Written == "" {
			continue
		}
		t, ok, err := w.Reader.Text(ctx, talk.ID(m.Written))
		if err != nil {
			return nil, fmt.Errorf("read who wrote a text: %w", err)
		}
		if ok {
			names[m.Written] = w.People.PlainText(ctx, mrkdwn.Mention(t.By))
		}
	}
	return names, nil
}

// history reads the part of a line's log that comes before the newest entries shown so far.
func (w *Writer) history(ctx context.Context, line takeover.Line, after int) (render.History, error) {
	entries, err := w.Reader.Audit(ctx, line.ID, render.LogNeeds(after))
	if err != nil {
		return render.History{}, fmt.Errorf("read the log of a line: %w", err)
	}
	return render.History{Line: line, Entries: entries, After: after}, nil
}

// logFound tells the log of the lines among the hits of a search. missing says which providers were
// not searched.
func (w *Writer) logFound(ctx context.Context, c takeover.Command, lines []takeover.Line, missing string) error {
	var told []render.History
	for _, l := range lines[:min(len(lines), render.LogLines)] {
		h, err := w.history(ctx, l, 0)
		if err != nil {
			return err
		}
		told = append(told, h)
	}
	m := render.Log(shownQuery(c.Query), told, w.Now(), len(lines)-len(told))
	if missing != "" {
		m.Text = missing + " " + m.Text
		m.Blocks = append(m.Blocks, mrkdwn.Section("unanswered", missing))
	}
	return w.Slack.Answer(ctx, c.Reply, c.By, m)
}

// showLog answers a stored command for the log of a line.
func (w *Writer) showLog(ctx context.Context, c takeover.Command) error {
	line, err := w.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	h, err := w.history(ctx, line, c.After)
	if err != nil {
		return err
	}
	return w.lastAnswer(ctx, c, render.Log("this line", []render.History{h}, w.Now(), 0))
}

// showNumber answers the operator in private with the end user's number in full.
func (w *Writer) showNumber(ctx context.Context, c takeover.Command) error {
	line, err := w.Reader.Line(ctx, c.Line)
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	return w.lastAnswer(ctx, c, mrkdwn.TextMessage(render.FullNumber(line)))
}
