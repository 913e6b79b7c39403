package people

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"takeoverbot/takeover"
)

const (
	// callTime bounds one call of Slack. No acknowledgement waits so long: an answer that comes
	// late is kept for the next request.
	callTime = 5 * time.Second
	// maxKnown bounds the memory for answers.
	maxKnown = 10000
	// fresh is for how long an answer is trusted without another call.
	fresh = 45 * time.Second
	// pause is for how long an old answer serves after a call that failed. With fresh it is less
	// than the minute after which a change of roles counts at the latest.
	pause = 10 * time.Second
)

// Store keeps what Slack said, for the next process and for other replicas.
type Store interface {
	// Known returns what Slack said last of something; ok is false if nothing is known.
	Known(ctx context.Context, key string) (k takeover.Known, ok bool, err error)
	// KnownSince returns what Slack said since then, the newest first, and at most limit rows.
	KnownSince(ctx context.Context, since time.Time, limit int) ([]takeover.Known, error)
	PutKnown(ctx context.Context, k takeover.Known) error
}

// cache keeps what Slack said of each id, in memory and in the store. Callers who need the same
// id at the same time share one call. Safe for use by several goroutines.
type cache[T any] struct {
	kind  string                                          // begins the keys in the store
	ask   func(ctx context.Context, id string) (T, error) // calls Slack
	now   func() time.Time
	store Store // may be nil
	log   *slog.Logger

	calls singleflight.Group
	mu    sync.Mutex
	known map[string]answer[T] // by id; created by the first answer
}

// answer is what Slack said last. The zero value means that nothing is known.
type answer[T any] struct {
	value T
	at    time.Time // when Slack said so
	until time.Time // when Slack is to be asked again
}

// certainty says how much an answer counts at a time.
func (a answer[T]) certainty(now time.Time) Certainty {
	age := now.Sub(a.at)
	switch {
	case a.at.IsZero(), age >= takeover.KeepKnown:
		return Unknown
	case now.Before(a.until) && age > -fresh: // else it is dated by a clock that was far ahead
		return Fresh
	default:
		return Old
	}
}

// last returns what is known of id, in memory.
func (c *cache[T]) last(id string) answer[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[id]
}

// get returns what is known of id if Slack said so within that time, else it asks Slack. The
// caller waits only as long as its ctx allows. While Slack fails, an old answer is better than
// none at 3 a.m.: err means that nothing is known.
func (c *cache[T]) get(ctx context.Context, id string, within time.Duration) (T, error) {
	err := c.renew(ctx, id, within)
	known := c.last(id)
	if known.certainty(c.now()) > Unknown {
		err = nil
	}
	return known.value, err
}

// renew asks Slack unless what is known of id is younger than that, or Slack has just failed to
// answer; with 0 it asks in any case. The caller waits only as long as its ctx allows; the answer
// is kept all the same.
func (c *cache[T]) renew(ctx context.Context, id string, within time.Duration) error {
	if !c.due(id, within) {
		return nil
	}
	call := c.calls.DoChan(id, func() (any, error) { return nil, c.learn(ctx, id, within) })
	select {
	case done := <-call:
		return done.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// due reports whether Slack is to be asked about id.
func (c *cache[T]) due(id string, within time.Duration) bool {
	known, now := c.last(id), c.now()
	age := now.Sub(known.at)
	paused := age >= fresh && now.Before(known.until)
	return within == 0 || known.certainty(now) == Unknown || age >= within && !paused
}

// learn asks Slack and keeps the answer, unless another replica has just done so. Other callers
// wait for it too, so it does not end with the ctx of the caller who came first.
func (c *cache[T]) learn(ctx context.Context, id string, within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	if within > 0 && c.store != nil {
		if row, ok, err := c.store.Known(ctx, c.kind+id); err != nil {
			c.log.WarnContext(ctx, "what is stored of people not read", "err", err)
		} else if ok {
			c.take(id, row)
		}
		if !c.due(id, within) {
			return nil
		}
	}
	value, err := c.ask(ctx, id)
	now := c.now()
	if err != nil {
		if old := c.last(id); old.certainty(now) > Unknown {
			c.keep(id, answer[T]{old.value, old.at, now.Add(pause)})
		}
		return err
	}
	c.keep(id, answer[T]{value, now, now.Add(fresh)})
	if err := c.put(ctx, id, value, now); err != nil {
		c.log.WarnContext(ctx, "what Slack said of people is known only until the process ends", "err", err)
	}
	return nil
}

// put stores an answer.
func (c *cache[T]) put(ctx context.Context, id string, value T, at time.Time) error {
	if c.store == nil {
		return nil
	}
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("encode %s: %w", c.kind, err)
	}
	return c.store.PutKnown(ctx, takeover.Known{Key: c.kind + id, Body: string(body), At: at.UTC()})
}

// take keeps what another process has stored, if it is newer.
func (c *cache[T]) take(id string, row takeover.Known) {
	var value T
	if err := json.Unmarshal([]byte(row.Body), &value); err != nil {
		c.log.Warn("what is stored of people does not decode", "err", fmt.Errorf("decode %s: %w", c.kind, err))
		return
	}
	c.mu.Lock()
	newer := row.At.After(c.known[id].at)
	c.mu.Unlock()
	if newer {
		c.keep(id, answer[T]{value, row.At, row.At.Add(fresh)})
	}
}

func (c *cache[T]) keep(id string, a answer[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxKnown {
		c.known = map[string]answer[T]{}
	}
	c.known[id] = a
}
