package write

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

const (
	// followFirst and followMost bound the wait after a failed read, which doubles from one
	// failure to the next.
	followFirst = time.Second
	followMost  = 30 * time.Second
)

// Follow reads the new messages of a conversation and shows them in the thread of its
// line, in order and once. It comes back after a transient failure, unless the line is not
// attended any more or the conversation is gone.
func (w *Writer) Follow(ctx context.Context, job takeover.FollowJob) error {
	return w.retryLater(ctx, "show/"+followKey(job), w.follow(ctx, job))
}

// followKey names a conversation that is followed.
func followKey(job takeover.FollowJob) string {
	return "follow/" + string(job.Line) + "/" + string(job.Conversation)
}

// follow does nothing at the provider while Slack is down, unless the provider has listed a message
// that was not read yet: what is read also says who waits, and whether the AI speaks.
func (w *Writer) follow(ctx context.Context, job takeover.FollowJob) error {
	if wait := job.From.Sub(w.Now()); wait > 0 {
		return takeover.Later(wait, "the conversation is to be read later")
	}
	seen, err := w.seenAt(ctx, job)
	if err != nil {
		return err
	}
	ctx, done, down := w.Slack.TryPosts(ctx)
	defer done()
	if down != nil && !w.read.before(followKey(job), seen) {
		return down
	}
	line, t, err := w.Service.Read(ctx, takeover.Reading{Line: job.Line, Conversation: job.Conversation, Messages: threadMessages})
	if err != nil {
		return w.followFailed(ctx, job, line, err)
	}
	w.waits.forget(followKey(job))
	w.read.put(followKey(job), seen)
	if len(t.Messages) == 0 || down != nil {
		return down
	}
	card, err := w.putUpCard(ctx, line)
	if err != nil {
		return err
	}
	_, err = w.showMessages(ctx, line, cmp.Or(job.Conversation, line.Newest.ID), card, t)
	switch pe, failed := errors.AsType[*takeover.ProviderError](err); {
	case w.lost(card, err):
		return w.showAgain(ctx, line, card)
	case failed:
		return w.followFailed(ctx, job, line, pe)
	}
	return err
}

// seenAt is the time of the newest message of the conversation that the provider has listed; zero
// if it lists none, or there is no such line.
func (w *Writer) seenAt(ctx context.Context, job takeover.FollowJob) (at takeover.ProviderTime, err error) {
	line, err := w.Reader.Line(ctx, job.Line)
	if err != nil && !errors.Is(err, takeover.ErrNotFound) {
		return at, fmt.Errorf("load the line: %w", err)
	}
	for _, c := range line.Covered {
		if c.ID == job.Conversation {
			at = c.SeenAt
		}
	}
	return at, nil
}

// readUntil is up to which listed message each conversation was read, as far as this process knows.
// The zero value is ready. Safe for use by several goroutines.
type readUntil struct {
	mu    sync.Mutex
	times map[string]takeover.ProviderTime
}

// before reports whether the conversation was read before the message of that time was listed, or
// never.
func (r *readUntil) before(key string, at takeover.ProviderTime) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	read, ok := r.times[key]
	return !ok || read.Before(at)
}

// put notes a reading that began after the message of that time was listed.
func (r *readUntil) put(key string, at takeover.ProviderTime) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.times == nil || len(r.times) >= maxWaits {
		r.times = map[string]takeover.ProviderTime{}
	}
	r.times[key] = at
}

// showAgain posts a new card for one that is lost; the job comes back and goes on below it.
func (w *Writer) showAgain(ctx context.Context, line takeover.Line, gone takeover.Card) error {
	if _, err := w.raiseCard(ctx, line, gone); err != nil {
		return err
	}
	return takeover.Later(slackapi.BusyWait, "the card was lost, and is put up again")
}

// followFailed decides about a read that failed.
func (w *Writer) followFailed(ctx context.Context, job takeover.FollowJob, line takeover.Line, err error) error {
	pe, ok := errors.AsType[*takeover.ProviderError](err)
	switch {
	case errors.Is(err, takeover.ErrNotFound):
		return nil
	case !ok:
		return err
	}
	w.Log.WarnContext(ctx, "new messages not read", "line", job.Line, "err", pe)
	// A watch reads again by itself. A refused API key may be replaced while the line is held.
	if line.Attended() && (pe.Transient() || pe.Kind == takeover.KeyRefused) {
		wait := max(pe.RetryAfter, w.waits.wait(followKey(job), followFirst, followMost))
		return takeover.Later(wait, "the provider did not return the new messages")
	}
	return nil
}
