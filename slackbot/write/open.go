package write

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// open shows a line: its card in the desk's channel, and its newest messages in the
// thread, oldest first. What is shown already is not shown again. The private answer begins
// with the sentence found, if there is one.
func (w *Writer) open(ctx context.Context, c takeover.Command, found string) error {
	line, t, err := w.Service.Read(ctx, takeover.Reading{Line: c.Line, Conversation: c.Conversation, Messages: threadMessages, Opened: true})
	if unread := unreadable(err); unread != nil {
		w.Log.WarnContext(ctx, "opened without its messages", "line", line.ID, "ref", takeover.RefOf(c.Key), "err", err)
		t, err = *unread, nil
	}
	if err != nil {
		return err
	}
	conv := cmp.Or(c.Conversation, line.Newest.ID)
	post, err := w.putUpCard(ctx, line)
	if err != nil {
		return err
	}
	if line.Takeover.Claim == c.Key && line.State == takeover.StateTaking {
		found = strings.TrimSpace(found + " You are told here what becomes of the takeover.")
	}
	answer := w.opened(ctx, line, post, conv, t, found)
	if c.Verb != takeover.Refresh {
		// The answer comes first: filling the thread takes long under Slack's limits.
		told := c
		told.Key = takenKey(c, line)
		if err := w.answerOnce(ctx, told, answer); err != nil {
			return err
		}
	}
	told := post
	if post, err = w.drawnCard(ctx, line); err != nil {
		return err
	}
	if post.TS != told.TS && c.Verb != takeover.Refresh {
		if err := w.lastAnswer(ctx, c, w.opened(ctx, line, post, conv, t, putUpAgain(told, post))); err != nil {
			return err
		}
	}
	return w.fillThread(ctx, c, line, post, conv, t)
}

// putUpAgain says why a card stands elsewhere than the person was told.
func putUpAgain(told, post takeover.Card) string {
	if post.Channel != told.Channel {
		return fmt.Sprintf("The card stood in <#%s>, which cannot be used any more, and was put up again.", told.Channel)
	}
	return "The card had been deleted and was put up again."
}

// fillThread shows what was read of a line that was opened in its card's thread.
func (w *Writer) fillThread(ctx context.Context, c takeover.Command, line takeover.Line, post takeover.Card, conv takeover.ConversationID, t takeover.Transcript) error {
	if t.State == takeover.TranscriptFailed {
		if c.Verb == takeover.Refresh {
			return w.lastAnswer(ctx, c, mrkdwn.TextMessage(noMessages(line, t)))
		}
		return nil
	}
	shown, err := w.showMessages(ctx, line, conv, post, t)
	if w.lost(post, err) {
		return w.showAgain(ctx, line, post)
	}
	if err == nil && shown == 0 && c.Verb == takeover.Refresh {
		err = w.lastAnswer(ctx, c, mrkdwn.TextMessage("There is nothing new: the thread shows every message."))
	}
	return err
}

// unreadable is an empty transcript that says why the provider did not let it be read; nil
// where it does not know the conversation, so that nothing can be done on it, and for any
// other error.
func unreadable(err error) *takeover.Transcript {
	failure, ok := errors.AsType[*takeover.ProviderError](err)
	if !ok || failure.Kind == takeover.Gone {
		return nil
	}
	why := render.Unread(failure.Provider, &takeover.Trouble{Kind: failure.Kind, Status: failure.Status})
	return &takeover.Transcript{State: takeover.TranscriptFailed, Why: why}
}

// answerFor is how long after a request the job is retried to deliver its answer: after that,
// the job goes on without it.
const answerFor = 10 * time.Minute

// answerOnce answers the person who asked for an opening. If the job comes back because of
// the thread, the answer is not sent again.
func (w *Writer) answerOnce(ctx context.Context, c takeover.Command, m slackapi.Message) error {
	err := w.Slack.AnswerOnce(ctx, c.Key, c.Reply, c.By, m)
	_, again := slackapi.IsTransient(err)
	if again && w.Now().Sub(c.At) < answerFor {
		return err
	}
	if _, refused := errors.AsType[*slackapi.Error](err); again || refused || errors.Is(err, slackapi.ErrReplyGone) {
		w.Log.WarnContext(ctx, "private answer not delivered", "verb", c.Verb, "err", err)
		return nil
	}
	return err
}

// drawnCard draws the card in the line's present state and returns its place. Only the drawing
// finds out that the card was deleted; and a change that came before the card was posted has
// found none to draw.
func (w *Writer) drawnCard(ctx context.Context, line takeover.Line) (takeover.Card, error) {
	line, err := w.Reader.Line(ctx, line.ID)
	if err != nil {
		return takeover.Card{}, fmt.Errorf("load the line: %w", err)
	}
	if err := w.drawCard(ctx, takeover.DrawJob{Line: line.ID, Version: line.Version}); err != nil {
		if _, later := errors.AsType[*takeover.LaterError](err); !later {
			return takeover.Card{}, err
		}
	}
	return w.putUpCard(ctx, line)
}

// belowCard calls post with the line's card, and posts a new card if that one is lost.
func (w *Writer) belowCard(ctx context.Context, line takeover.Line, post func(card takeover.Card) error) error {
	if _, err := w.putUpCard(ctx, line); err != nil {
		return err
	}
	card, err := w.drawnCard(ctx, line)
	if err != nil {
		return err
	}
	if err := post(card); !w.lost(card, err) {
		return err
	}
	return w.showAgain(ctx, line, card)
}

// opened is the private answer to an opening.
func (w *Writer) opened(ctx context.Context, l takeover.Line, card takeover.Card, conv takeover.ConversationID, t takeover.Transcript, found string) slackapi.Message {
	with := ""
	if len(t.Messages) > 0 {
		with = ", with the last messages in its thread"
	}
	text := fmt.Sprintf("The card is %s%s. %s.", w.address(ctx, card), with, render.State(l, w.Now()))
	if found != "" {
		text = found + " " + text
	}
	switch {
	case conv == l.Newest.ID:
	case l.Covers(conv) && !l.Ability(takeover.CanSilence).Yes():
		text += " You opened an older conversation of this line."
	case l.Covers(conv):
		text += " You opened an older conversation of this line; a takeover covers it and the newest one."
	default:
		text += " You opened an older conversation of this line that the present takeover does not cover: the AI may be talking there."
	}
	if len(t.Messages) == 0 {
		text += " " + noMessages(l, t)
	}
	return mrkdwn.TextMessage(text)
}

// noMessages says why there is nothing to read.
func noMessages(l takeover.Line, t takeover.Transcript) string {
	if t.State != takeover.TranscriptRead && t.Why != "" {
		return mrkdwn.Escape(t.Why)
	}
	return fmt.Sprintf("%s has no messages of this conversation: it may be set to keep none.", l.Provider)
}
