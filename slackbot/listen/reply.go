package listen

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// maxReply is how many characters Slack lets a person enter into a field.
const maxReply = 3000

// replyModal asks the holder for words for the end user.
func replyModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	return replyBox(r, ids.Reply, "Reply", "")
}

// correctModal is replyModal with words that correct what the AI said after the takeover.
func correctModal(r modalRequest) (slack.ModalViewRequest, *takeover.Refusal) {
	if r.line.Takeover.Spoke.At.IsZero() {
		refusal := render.RefusalOf(takeover.RefusedNothing, r.line)
		return slack.ModalViewRequest{}, &refusal
	}
	return replyBox(r, ids.Correct, "Send correction", render.Correction(r.line, r.line.Takeover.Spoke.Text))
}

// correct opens the box that sends a correction, or has a draft put into the thread where the person who
// presses cannot send.
func (ln *Listener) correct(ctx context.Context, in interaction, a action) (Answer, error) {
	line, err := ln.Lines.Line(ctx, takeover.LineID(a.Value))
	if err != nil && !errors.Is(err, takeover.ErrNotFound) {
		return Answer{}, fmt.Errorf("load the line: %w", err)
	}
	if err == nil && line.Takeover.Holder == takeover.OperatorID(in.User.ID) && render.Talks(line) {
		return ln.openModal(ctx, in, modals()[ids.Correct], line.ID)
	}
	return ln.press(ctx, in, a, takeover.Correct)
}

// readCorrection is readReply for words that correct the AI.
func readCorrection(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	c.Corrects = true
	return readReply(ctx, ln, f, c)
}

// replyBox is a box for words for the end user.
func replyBox(r modalRequest, id, title, words string) (slack.ModalViewRequest, *takeover.Refusal) {
	l := r.line
	if l.Takeover.Holder != r.by {
		refusal := render.RefusalOf(takeover.RefusedSpeaker, l)
		return slack.ModalViewRequest{}, &refusal
	}
	blocks := []slack.Block{aboutLine(l)}
	if last := lastOfEndUser(l); last != "" {
		blocks = append(blocks, mrkdwn.Quote("last", last))
	}
	field := slack.NewPlainTextInputBlockElement(mrkdwn.Plain("For example: a plumber comes at four."), ids.ReplyInput).
		WithMultiline(true).WithMaxLength(maxReply)
	if words != "" {
		field = field.WithInitialValue(words)
	}
	hint := "Leaves as a text when you press Send. 160 characters fit into one text and 1,530 into ten, which is the most; with an emoji or other letters 70 and 670."
	return newModal(id, r.metadata(), title, "Send",
		append(blocks, slack.NewInputBlock(ids.ReplyBlock, mrkdwn.Plain("Your words for the end user"), mrkdwn.Plain(hint), field))...), nil
}

// lastOfEndUser is what the end user said last, with when; empty if it is not known.
func lastOfEndUser(l takeover.Line) string {
	for i := len(l.Recent.Lines) - 1; i >= 0; i-- {
		if said := l.Recent.Lines[i]; said.Role == takeover.RoleEndUser {
			return "End user: " + mrkdwn.OneLine(typed.MaskOf(l).In(said.Text), takeover.ExcerptLength)
		}
	}
	return ""
}

// readReply makes words for the end user of what was entered. Slack sends it as it was typed, where
// events carry mrkdwn: it is escaped, so that both are read alike.
func readReply(ctx context.Context, ln *Listener, f form, c *takeover.Command) *wrong {
	d := ln.draft(ctx, slackutilsx.EscapeMessage(f.text(ids.ReplyBlock, ids.ReplyInput)), innerEvent{})
	if d.wrong != "" {
		return &wrong{ids.ReplyBlock, d.wrong}
	}
	c.Verb, c.Words, c.Parts, c.From = takeover.Say, d.words, d.parts, ""
	return nil
}
