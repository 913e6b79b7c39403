package slackbot

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"takeoverbot/takeover"
)

// Posts remembers what was posted, so that nothing is posted twice.
type Posts interface {
	// Post returns what is known of a post; ok is false if nothing was begun.
	Post(ctx context.Context, key string) (p takeover.Post, ok bool, err error)
	// PutPost remembers a post. It is durable when it returns.
	PutPost(ctx context.Context, p takeover.Post) error
	// DropPost forgets a post, so that it may be posted anew.
	DropPost(ctx context.Context, key string) error
	// Lease gives key to one caller in all replicas until release or until ttl is over;
	// ok is false when somebody else has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error)
}

const (
	// postLease outlives postTime, so that the lease is still ours when the last row is
	// written.
	postLease = 25 * time.Second
	postTime  = 15 * time.Second
	// noteTime bounds the writing of a row after the call, even if the caller is gone.
	noteTime = 5 * time.Second
	// busyWait is when to ask again for a post that another worker makes.
	busyWait = 200 * time.Millisecond
)

// errThreadGone is returned where a message was to go below one that was deleted. It
// does not stand anywhere.
var errThreadGone = errors.New("the thread is gone: its first message was deleted")

// once is onceIn without broadcast; thread may be empty.
func (c *client) once(ctx context.Context, p priority, key, channel, thread string, m message) (takeover.Post, error) {
	return c.onceIn(ctx, p, key, place{Channel: channel, Thread: thread}, m)
}

// onceIn posts a message unless the key's message stands already, and returns where it
// stands. That it is begun is stored before the call, and where it stands after it; a
// begun one without a place, left by a crash or a lost answer, is looked for in Slack
// before it is posted again. A post that was found again may say less than m.
func (c *client) onceIn(ctx context.Context, p priority, key string, at place, m message) (takeover.Post, error) {
	known, ok, err := c.posts.Post(ctx, key)
	if err != nil || ok && known.TS != "" {
		return known, err
	}
	release, ok, err := c.posts.Lease(ctx, "post/"+key, postLease)
	if err != nil {
		return takeover.Post{}, fmt.Errorf("lease a post: %w", err)
	}
	if !ok {
		return takeover.Post{}, takeover.Later(busyWait, "another worker posts it")
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	known, ok, err = c.posts.Post(ctx, key) // another worker may have been faster
	if err != nil || ok && known.TS != "" {
		return known, err
	}
	w := posting{c, p, key, at, c.now()}
	if ok {
		w.begun = begunAt(known, w.begun)
		if found, err := w.find(ctx); err != nil || found != nil {
			return w.adopt(ctx, found, err)
		}
	}
	return w.post(ctx, m)
}

// posting is one post under its lease.
type posting struct {
	*client
	prio  priority
	key   string
	at    place
	begun time.Time // when it was first tried
}

func (w *posting) post(ctx context.Context, m message) (takeover.Post, error) {
	if m.Text == "" {
		return takeover.Post{}, errNoText
	}
	if err := w.postTurn(ctx, w.prio, w.at.Channel); err != nil {
		return takeover.Post{}, err
	}
	begun := takeover.Post{Key: w.key, Channel: w.at.Channel, Extra: begunPrefix + strconv.FormatInt(w.begun.Unix(), 10)}
	if err := w.posts.PutPost(ctx, begun); err != nil {
		return takeover.Post{}, err
	}
	stands, err := w.postNow(ctx, w.key, w.at, m)
	if err != nil {
		return takeover.Post{}, w.failed(ctx, stands, err)
	}
	return w.stands(ctx, stands)
}

// adopt takes over the message that find found, or what it failed with.
func (w *posting) adopt(ctx context.Context, found *reference, err error) (takeover.Post, error) {
	switch {
	case errors.Is(err, errThreadGone) && found != nil:
		return takeover.Post{}, w.failed(ctx, *found, err)
	case errors.Is(err, errThreadGone):
		return takeover.Post{}, w.forget(ctx, err)
	case err != nil:
		return takeover.Post{}, fmt.Errorf("look whether it was posted: %w", err)
	}
	return w.stands(ctx, *found)
}

// stands stores where the message stands.
func (w *posting) stands(ctx context.Context, at reference) (takeover.Post, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	done := takeover.Post{Key: w.key, Channel: at.Channel, TS: at.TS}
	return done, w.posts.PutPost(ctx, done)
}

// failed forgets that the post was begun where it certainly does not stand. Otherwise
// the row stays, and the next try looks first.
func (w *posting) failed(ctx context.Context, stray reference, err error) error {
	if errors.Is(err, errThreadGone) && stray.TS != "" {
		// Slack put the reply into the channel, where it belongs to nothing.
		if gone := w.remove(ctx, w.prio, stray); gone != nil && !isCode(gone, "message_not_found") {
			return fmt.Errorf("take back a reply without its thread: %w", gone)
		}
	}
	if refused, ok := errors.AsType[*apiError](err); ok && !refused.undone() {
		return err
	}
	return w.forget(ctx, err)
}

func (w *posting) forget(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := w.posts.DropPost(ctx, w.key); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// begunPrefix marks, in a post's Extra, when it was begun: Unix seconds, UTC.
const begunPrefix = "begun "

// begunAt is when a post was first tried; otherwise if the row does not say.
func begunAt(p takeover.Post, otherwise time.Time) time.Time {
	if sec, err := strconv.ParseInt(strings.TrimPrefix(p.Extra, begunPrefix), 10, 64); err == nil {
		return time.Unix(sec, 0)
	}
	return otherwise
}
