package slackbot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// Watch looks once for new messages of a line that somebody watches, puts them into its
// thread, and asks to be run again. The watch ends by itself: with the conversation,
// after its time, or when the provider will not show it any more. Each end is said in
// the thread.
func (b *Bot) Watch(ctx context.Context, job takeover.WatchJob) error {
	return b.retryLater(ctx, "watch/"+string(job.Line), b.look(ctx, job))
}

func (b *Bot) look(ctx context.Context, job takeover.WatchJob) error {
	line, t, over, err := b.deps.Service.Look(ctx, job, threadMessages)
	switch pe, failed := errors.AsType[*takeover.ProviderError](err); {
	case errors.Is(err, takeover.ErrNotFound), err == nil && over:
		return nil
	case failed:
		return b.lookFailed(ctx, job, line, pe)
	case err != nil:
		return err
	}
	err = b.belowCard(ctx, line, func(card takeover.Post) error {
		_, err := b.showMessages(ctx, line, line.Current, card, t)
		return err
	})
	if err != nil {
		return err
	}
	switch {
	case t.State == takeover.TranscriptHidden, t.State == takeover.TranscriptUnrecognised:
		return b.deps.Service.StopWatch(ctx, job, "the transcript cannot be shown any more")
	case t.Ended:
		return b.deps.Service.StopWatch(ctx, job, fmt.Sprintf("the conversation has ended (%s)", mrkdwn.OneLine(t.Status, mrkdwn.MaxName)))
	}
	return b.lookAgain(ctx, job, line, 0)
}

// lookFailed decides about a look that failed: what a moment can mend is tried again.
func (b *Bot) lookFailed(ctx context.Context, job takeover.WatchJob, line takeover.Line, pe *takeover.ProviderError) error {
	switch pe.Kind {
	case takeover.Limited, takeover.Failing, takeover.NoAnswer:
		b.deps.Log.WarnContext(ctx, "a look failed", "line", job.Line, "ref", job.Ref, "err", pe)
		return b.lookAgain(ctx, job, line, pe.RetryAfter)
	}
	return b.deps.Service.StopWatch(ctx, job, troubleCause(pe.Provider, &takeover.Trouble{Kind: pe.Kind, Status: pe.Status}))
}

// lookAgain asks for the next look, or ends the watch whose time is over.
func (b *Bot) lookAgain(ctx context.Context, job takeover.WatchJob, line takeover.Line, wait time.Duration) error {
	if b.deps.Now().Before(line.Watch.Until) {
		return takeover.LookAgain(wait)
	}
	return b.deps.Service.StopWatch(ctx, job, fmt.Sprintf("%d minutes have passed", int(takeover.WatchFor.Minutes())))
}
