package slackapi

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/takeover"
)

// Posts stores what was posted, so that no message is posted twice.
type Posts interface {
	// Post returns what is stored for a key; ok is false if there is nothing.
	Post(ctx context.Context, key string) (p takeover.Post, ok bool, err error)
	// PutPost stores a post. It is durable when PutPost returns.
	PutPost(ctx context.Context, p takeover.Post) error
	// DropPost deletes a post, so that it may be posted again.
	DropPost(ctx context.Context, key string) error
	// Lease gives key to one caller in all replicas until it is released or ttl has passed;
	// ok is false while another caller has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (lease takeover.Lease, ok bool, err error)
}

const (
	// postLease is longer than postTime, so that the lease has not ended when the last row is
	// written.
	postLease = 25 * time.Second
	postTime  = 15 * time.Second
	// noteTime bounds the writing of a row after the call, which happens even if the caller is gone.
	noteTime = 5 * time.Second
	// BusyWait is the time until a retry if another worker is posting the message.
	BusyWait = 200 * time.Millisecond
)

// ErrThreadGone is returned if the first message of the thread was deleted. Then there is no reply.
var ErrThreadGone = errors.New("the thread is gone: its first message was deleted")

// PostOnce posts a message unless a message with this key was posted before, and returns its
// place. It stores the key before the call and the place after it. A crash or a lost answer
// leaves a key without a place: then PostOnce looks for the message in Slack before it
// posts again. A message that it finds may say less than m. If the bot may not read the direct
// messages of a person, it posts again without looking.
//
// err is ErrNoText, ErrThreadGone, an *Error, or a *takeover.LaterError when another worker
// is posting, when the turn comes after the deadline of ctx, or when Slack fails all posts and
// another caller finds out whether it still does.
func (c *Client) PostOnce(ctx context.Context, p Priority, key string, at Place, m Message) (takeover.Post, error) {
	w := &posting{Client: c, prio: p, key: key, at: at}
	known, _, err := c.cfg.Posts.Post(ctx, key)
	if err != nil || known.TS != "" {
		return known, err
	}
	ctx, done, err := c.TryPosts(ctx)
	if err != nil {
		return takeover.Post{}, err
	}
	defer done()
	post, err := w.once(ctx, func(ctx context.Context) (takeover.Post, error) {
		if !w.again {
			return w.post(ctx, m)
		}
		found, err := w.find(ctx, w.hasKey)
		if w.unreadable(err) || err == nil && found.TS == "" {
			return w.post(ctx, m)
		}
		return w.adopt(ctx, found, err)
	})
	c.posts.ended(c.cfg.Now(), err)
	return post, err
}

// posting is one post under its lease.
type posting struct {
	*Client
	prio Priority
	key  string
	at   Place

	again bool      // an earlier attempt did not end
	begun time.Time // when the first attempt began
	file  string    // the id of the file to show; empty for a message, and before the file was sent
}

// once calls work unless the message was posted before, in one replica at a time.
func (w *posting) once(ctx context.Context, work func(context.Context) (takeover.Post, error)) (takeover.Post, error) {
	if w.cfg.MayPost != nil {
		if err := w.cfg.MayPost(ctx, w.at.Channel); err != nil {
			return takeover.Post{}, err
		}
	}
	lease, ok, err := w.cfg.Posts.Lease(ctx, "post/"+w.key, postLease)
	if err != nil {
		return takeover.Post{}, fmt.Errorf("lease a post: %w", err)
	}
	if !ok {
		return takeover.Post{}, takeover.Later(BusyWait, "another worker is posting it")
	}
	defer lease.Release()
	ctx, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	known, again, err := w.cfg.Posts.Post(ctx, w.key) // under the lease: another worker may have been faster
	if err != nil || known.TS != "" {
		return known, err
	}
	if w.again, w.begun, w.file = again, known.Begun, known.File; !w.again {
		w.begun = w.cfg.Now()
	}
	return work(ctx)
}

// unreadable reports whether the bot may not read these direct messages (scope im:history).
// A message that is posted twice is better than none.
func (w *posting) unreadable(err error) bool {
	direct := w.at.Channel != "" && strings.Contains("DUW", w.at.Channel[:1])
	return direct && IsCode(err, "missing_scope", "channel_not_found")
}

func (w *posting) post(ctx context.Context, m Message) (takeover.Post, error) {
	if m.Text == "" {
		return takeover.Post{}, ErrNoText
	}
	if err := w.postTurn(ctx, w.prio, w.at.Channel); err != nil {
		return takeover.Post{}, err
	}
	if err := w.begin(ctx); err != nil {
		return takeover.Post{}, err
	}
	made, err := w.postNow(ctx, w.key, w.at, m)
	if err != nil {
		return takeover.Post{}, w.failed(ctx, made, err)
	}
	return w.store(ctx, made)
}

// adopt stores the place of the message that find found, or handles its error.
func (w *posting) adopt(ctx context.Context, found reference, err error) (takeover.Post, error) {
	switch {
	case errors.Is(err, ErrThreadGone):
		return takeover.Post{}, w.failed(ctx, found, err)
	case err != nil:
		return takeover.Post{}, fmt.Errorf("find out whether it was posted: %w", err)
	}
	return w.store(ctx, found)
}

// store stores the place of the message.
func (w *posting) store(ctx context.Context, at reference) (takeover.Post, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	done := takeover.Post{Key: w.key, Channel: at.Channel, TS: at.TS}
	return done, w.cfg.Posts.PutPost(ctx, done)
}

// failed deletes the stored key if the message was certainly not posted. Otherwise the row stays,
// and the next attempt looks for the message first.
func (w *posting) failed(ctx context.Context, stray reference, err error) error {
	if errors.Is(err, ErrThreadGone) && stray.TS != "" {
		// Slack put the reply into the channel, where no reader knows to what it belongs.
		if gone := w.remove(ctx, w.prio, stray); gone != nil && !IsCode(gone, "message_not_found") {
			return fmt.Errorf("delete a reply without its thread: %w", gone)
		}
	}
	if refused, ok := errors.AsType[*Error](err); ok && !refused.undone() {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	return errors.Join(err, w.cfg.Posts.DropPost(ctx, w.key))
}

// begin stores that the message may be in Slack from now on.
func (w *posting) begin(ctx context.Context) error {
	return w.cfg.Posts.PutPost(ctx, takeover.Post{Key: w.key, Channel: w.at.Channel, Begun: w.begun, File: w.file})
}
