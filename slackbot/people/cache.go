package people

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	// callTime bounds one call of Slack. It is shorter than askTime, so that the caller who
	// made the call learns why it failed.
	callTime = time.Second
	// maxKnown bounds the memory for answers.
	maxKnown = 10000
)

// cache keeps what Slack said of each id. Callers who need the same id at the same time share
// one call. Safe for use by several goroutines.
type cache[T any] struct {
	ask   func(ctx context.Context, id string) (T, error) // calls Slack
	now   func() time.Time
	fresh time.Duration // how long an answer is trusted
	pause time.Duration // how long an old answer serves without a call after a failed one

	calls singleflight.Group
	mu    sync.Mutex
	known map[string]answer[T] // by id; created by the first answer
}

// answer is what Slack said last. The zero value means that nothing is known.
type answer[T any] struct {
	value T
	until time.Time // when Slack is asked again
}

// last returns what is known of id. It never calls Slack.
func (c *cache[T]) last(id string) answer[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[id]
}

// get returns what is known of id, and asks Slack if that is not fresh. The caller waits only
// as long as its ctx allows. While Slack fails, an old answer is better than none at 3 a.m.:
// err means that nothing is known.
func (c *cache[T]) get(ctx context.Context, id string) (T, error) {
	if known := c.last(id); c.now().Before(known.until) {
		return known.value, nil
	}
	call := c.calls.DoChan(id, func() (any, error) { return nil, c.learn(ctx, id) })
	var err error
	select {
	case done := <-call:
		err = done.Err
	case <-ctx.Done():
		err = ctx.Err()
	}
	known := c.last(id)
	if !known.until.IsZero() {
		err = nil
	}
	return known.value, err
}

// learn asks Slack and keeps the answer. Other callers wait for it too, so it does not end
// with the ctx of the caller who came first.
func (c *cache[T]) learn(ctx context.Context, id string) error {
	if c.now().Before(c.last(id).until) {
		return nil // another call was answered just now
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
	defer cancel()
	value, err := c.ask(ctx, id)
	if err == nil {
		c.keep(id, answer[T]{value, c.now().Add(c.fresh)})
	} else if old := c.last(id); !old.until.IsZero() {
		c.keep(id, answer[T]{old.value, c.now().Add(c.pause)})
	}
	return err
}

func (c *cache[T]) keep(id string, a answer[T]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxKnown {
		c.known = map[string]answer[T]{}
	}
	c.known[id] = a
}
