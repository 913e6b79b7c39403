package write

import (
	"context"
	"errors"

	"takeoverbot/slackbot/render"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Draft puts a draft that corrects the AI into the line's thread, once. It is for copying:
// nothing is sent.
func (w *Writer) Draft(ctx context.Context, job takeover.DraftJob) error {
	return w.retryLater(ctx, "draft/"+job.Entry.Key, w.draft(ctx, job))
}

func (w *Writer) draft(ctx context.Context, job takeover.DraftJob) error {
	e := job.Entry
	line, post, ok, err := w.threadOf(ctx, e.Line)
	if err != nil || !ok {
		return err // no card, no thread: the audit has it
	}
	_, err = w.Slack.PostOnce(ctx, slackapi.Urgent, "draft/"+e.Key, slackapi.Place{Channel: post.Channel, Thread: post.TS}, render.Draft(line, job))
	switch {
	case errors.Is(err, slackapi.ErrThreadGone):
		return w.sayAgain(ctx, post, line)
	case w.lost(post, err):
		return w.showAgain(ctx, line, post)
	}
	return err
}
