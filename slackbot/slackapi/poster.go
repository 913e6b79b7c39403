package slackapi

import (
	"context"
	"errors"
	"fmt"
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
	// Lease gives key to one caller in all replicas until release is called or ttl has passed;
	// ok is false while another caller has it.
	Lease(ctx context.Context, key string, ttl time.Duration) (release func(), ok bool, err error)
}

const (
	// postLease outlives postTime, so that the lease is still ours when the last row is
	// written.
	postLease = 25 * time.Second
	postTime  = 15 * time.Second
	// noteTime bounds the writing of a row after the call, which happens even if the caller is gone.
	noteTime = 5 * time.Second
	// BusyWait is when to ask again for a post that another worker makes.
	BusyWait = 200 * time.Millisecond
)

// ErrThreadGone is returned if the first message of the thread was deleted. Then there is no reply.
var ErrThreadGone = errors.New("the thread is gone: its first message was deleted")

// PostOnce posts a message unless a message with this key stands already, and returns where
// it stands. It stores the key before the call and the place after it. A key without a place
// is left by a crash or a lost answer: then PostOnce looks for the message in Slack before it
// posts again. A message that it finds may say less than m. If the bot may not read the direct
// messages of a person, it posts again without looking.
//
// err is ErrNoText, ErrThreadGone, an *Error, or a *takeover.LaterError when another worker
// is posting or when the turn comes after the deadline of ctx.
func (c *Client) PostOnce(ctx context.Context, p Priority, key string, at Place, m Message) (takeover.Post, error) {
	w := &posting{Client: c, prio: p, key: key, at: at}
	return w.once(ctx, func(ctx context.Context) (takeover.Post, error) {
		if !w.again {
			return w.post(ctx, m)
		}
		found, err := w.find(ctx, w.hasKey)
		if w.unreadable(err) || err == nil && found == nil {
			return w.post(ctx, m)
		}
		return w.adopt(ctx, found, err)
	})
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

// once calls work unless the post stands already, in one replica at a time.
func (w *posting) once(ctx context.Context, work func(context.Context) (takeover.Post, error)) (takeover.Post, error) {
	known, _, err := w.cfg.Posts.Post(ctx, w.key)
	if err != nil || known.TS != "" {
		return known, err
	}
	release, ok, err := w.cfg.Posts.Lease(ctx, "post/"+w.key, postLease)
	if err != nil {
		return takeover.Post{}, fmt.Errorf("lease a post: %w", err)
	}
	if !ok {
		return takeover.Post{}, takeover.Later(BusyWait, "another worker posts it")
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, postTime)
	defer cancel()
	known, w.again, err = w.cfg.Posts.Post(ctx, w.key) // another worker may have been faster
	if err != nil || known.TS != "" {
		return known, err
	}
	if w.begun, w.file = known.Begun, known.File; !w.again {
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
	stands, err := w.postNow(ctx, w.key, w.at, m)
	if err != nil {
		return takeover.Post{}, w.failed(ctx, stands, err)
	}
	return w.stands(ctx, stands)
}

// adopt stores the place of the message that find found, or handles its error.
func (w *posting) adopt(ctx context.Context, found *reference, err error) (takeover.Post, error) {
	switch {
	case errors.Is(err, ErrThreadGone) && found != nil:
		return takeover.Post{}, w.failed(ctx, *found, err)
	case errors.Is(err, ErrThreadGone):
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
	return done, w.cfg.Posts.PutPost(ctx, done)
}

// failed forgets that the post was begun if it certainly does not stand. Otherwise the row
// stays, and the next attempt looks first.
func (w *posting) failed(ctx context.Context, stray reference, err error) error {
	if errors.Is(err, ErrThreadGone) && stray.TS != "" {
		// Slack put the reply into the channel, where it belongs to nothing.
		if gone := w.remove(ctx, w.prio, stray); gone != nil && !IsCode(gone, "message_not_found") {
			return fmt.Errorf("take back a reply without its thread: %w", gone)
		}
	}
	if refused, ok := errors.AsType[*Error](err); ok && !refused.undone() {
		return err
	}
	return w.forget(ctx, err)
}

func (w *posting) forget(ctx context.Context, why error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	if err := w.cfg.Posts.DropPost(ctx, w.key); err != nil {
		return errors.Join(why, err)
	}
	return why
}

// begin stores that the message may stand from now on.
func (w *posting) begin(ctx context.Context) error {
	return w.cfg.Posts.PutPost(ctx, takeover.Post{Key: w.key, Channel: w.at.Channel, Begun: w.begun, File: w.file})
}
