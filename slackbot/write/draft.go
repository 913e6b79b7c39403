package write

import (
	"context"

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
	message := func(l takeover.Line) slackapi.Message { return render.Draft(l, job) }
	_, err := w.sayInThread(ctx, job.Entry, "draft/"+job.Entry.Key, false, message)
	return err
}
