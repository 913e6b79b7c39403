package slackbot

import (
	"context"
	"errors"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Draft puts a draft that corrects the AI into the line's thread, once. It is for copying:
// nothing is sent.
func (b *Bot) Draft(ctx context.Context, job takeover.DraftJob) error {
	return b.retryLater(ctx, "draft/"+job.Entry.Key, b.draft(ctx, job))
}

func (b *Bot) draft(ctx context.Context, job takeover.DraftJob) error {
	e := job.Entry
	line, post, ok, err := b.threadOf(ctx, e.Line)
	if err != nil || !ok {
		return err // no card, no thread: the audit has it
	}
	_, err = b.slack.PostOnce(ctx, slackapi.Urgent, "draft/"+e.Key, slackapi.Place{Channel: post.Channel, Thread: post.TS}, render.Draft(line, job))
	switch {
	case errors.Is(err, slackapi.ErrThreadGone):
		return b.sayAgain(ctx, post, line)
	case b.lost(post, err):
		return b.showAgain(ctx, line, post)
	}
	return err
}
