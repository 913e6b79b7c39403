package slackapi

import (
	"context"
	"errors"
	"sync"
	"time"

	"takeoverbot/takeover"
)

const (
	// outageAfter is how many failures in a row are an outage. Before that each caller tries for itself.
	outageAfter = 3
	// outageFirst and outageMost bound the wait between two attempts during an outage; it doubles.
	outageFirst = time.Second
	outageMost  = 30 * time.Second
	// attemptTime is for how long the others wait for the result of an attempt: longer than the
	// attempt takes.
	attemptTime = 20 * time.Second
	// attemptWait is when they ask again whether it has ended.
	attemptWait = time.Second
)

// outage is what is known of one kind of call while Slack fails it for all callers: then one
// caller tries after each wait, and the others are told to come back, so that a hundred jobs do
// not call Slack a hundred times. The zero value is ready. Safe for use by several goroutines.
type outage struct {
	mu       sync.Mutex
	failures int           // in a row
	wait     time.Duration // after the last failure
	next     time.Time     // when the next attempt may begin
	trying   time.Time     // until when an attempt is under way; zero if none is
}

// try returns nil if the caller may call now, during an outage because its attempt is the next one.
// Otherwise it returns a *takeover.LaterError.
func (o *outage) try(now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.failures < outageAfter:
		return nil
	case now.Before(o.next):
		return takeover.Later(o.next.Sub(now), "Slack fails all such calls")
	case now.Before(o.trying):
		return takeover.Later(attemptWait, "another job finds out whether Slack answers again")
	}
	o.trying = now.Add(attemptTime)
	return nil
}

// ended says how a call ended that try allowed. Errors that tell nothing of Slack leave the next
// attempt to another caller.
func (o *outage) ended(now time.Time, err error) {
	failed, isAPI := errors.AsType[*Error](err)
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err == nil, isAPI && failed.Class == Permanent, errors.Is(err, ErrThreadGone):
		o.failures, o.wait, o.next, o.trying = 0, 0, time.Time{}, time.Time{}
	case errors.Is(err, context.Canceled), !isAPI && !errors.Is(err, context.DeadlineExceeded):
		o.trying = time.Time{}
	case !now.Before(o.next): // one that began before the last failure counts with that
		o.trying = time.Time{}
		if o.failures++; o.failures >= outageAfter {
			o.wait = min(max(outageFirst, 2*o.wait), outageMost)
			o.next = now.Add(o.wait)
		}
	}
}

// giveUp says that the caller makes no call.
func (o *outage) giveUp() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.trying = time.Time{}
}

// attempt is the key of the value that a context of TryPosts has.
type attempt struct{}

// TryPosts is for a caller that has work to do before it calls PostOnce. While Slack fails all
// posts it returns a *takeover.LaterError, but for one caller after each wait, which posts with the
// returned context. Call done after the last post.
func (c *Client) TryPosts(ctx context.Context) (trying context.Context, done func(), err error) {
	if ctx.Value(attempt{}) != nil {
		return ctx, func() {}, nil
	}
	if err := c.posts.try(c.cfg.Now()); err != nil {
		return ctx, func() {}, err
	}
	return context.WithValue(ctx, attempt{}, true), c.posts.giveUp, nil
}
