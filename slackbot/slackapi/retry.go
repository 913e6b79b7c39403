package slackapi

import (
	"context"
	"errors"
	"time"

	"takeoverbot/takeover"
)

const (
	// TryTime bounds TryFor; a program that stops waits so long for it.
	TryTime = 15 * time.Second
	// firstPause is how soon TryFor tries again; the pause doubles.
	firstPause = 500 * time.Millisecond
)

// TryFor calls do, and again after each transient failure, for at most TryTime. It is for what
// no job repeats. It goes on when ctx is cancelled.
func TryFor(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), TryTime)
	defer cancel()
	for pause := firstPause; ; pause *= 2 {
		err := do(ctx)
		after, again := IsTransient(err)
		wait := max(after, pause)
		if until, _ := ctx.Deadline(); !again || time.Until(until) <= wait {
			return err
		}
		time.Sleep(wait)
	}
}

// IsTransient reports whether err is a failure of Slack that may pass by itself, and after how
// long at the earliest.
func IsTransient(err error) (after time.Duration, ok bool) {
	if later, asked := errors.AsType[*takeover.LaterError](err); asked {
		return later.After, true
	}
	failed, isAPI := errors.AsType[*Error](err)
	return 0, isAPI && failed.Class != Permanent
}
