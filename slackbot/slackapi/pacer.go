package slackapi

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"takeoverbot/takeover"
)

// Priority says which call goes first when calls have to wait; the lowest number does.
type Priority int

// The priorities.
const (
	Urgent Priority = iota // cards, and the messages of taking over and handing back
	Normal                 // other messages
	Bulk                   // transcripts
)

// sweepAt is how many keys are kept before those that are idle are forgotten.
const sweepAt = 64

// Pacer keeps calls below Slack's limits and remembers for how long Slack asked to wait. Each
// limit has its own bucket: none delays another. Safe for use by several goroutines; it starts
// only timers.
type Pacer struct {
	unlimited bool      // see Unpaced
	born      time.Time // when a successor began, see NewSuccessor; else zero

	mu   sync.Mutex
	keys map[limitKey]*pace
}

// pace is the bucket of one key, and the calls that wait for it.
type pace struct {
	limit limit
	// full is when the bucket is full again. Each call moves it by one interval.
	full    time.Time
	left    time.Time   // when the last call left
	waiting []*turn     // in the order in which they are served
	timer   *time.Timer // set while a call waits
}

// turn is a call that waits.
type turn struct {
	prio     Priority
	deadline time.Time  // zero: none
	granted  chan error // takes one answer without blocking
}

// newPacer returns a Pacer whose buckets are full.
func newPacer() *Pacer { return &Pacer{keys: map[limitKey]*pace{}} }

// NewSuccessor returns a Pacer for a process that may follow another one. We do not know what
// the old process called in its last minute, so the buckets of posts start empty, and the one
// of updates with 5 left. Calls that an acknowledgement waits for (users.info) start full: they
// are rare.
func NewSuccessor() *Pacer { return &Pacer{keys: map[limitKey]*pace{}, born: time.Now()} }

// Unpaced returns a Pacer that lets every call go at once, for tests with a Slack that sets no
// limits.
func Unpaced() *Pacer { return &Pacer{unlimited: true, keys: map[limitKey]*pace{}} }

// wait returns when a call may be made. If that would be later than the deadline of ctx, it
// returns a *takeover.LaterError with the time at once.
func (p *Pacer) wait(ctx context.Context, key limitKey, prio Priority) error {
	if err := ctx.Err(); err != nil || p.unlimited {
		return err
	}
	p.mu.Lock()
	k, now := p.pace(key), time.Now()
	ahead := k.ahead(prio)
	at := k.free(now, ahead)
	if ahead == 0 && !at.After(now) {
		k.take(now)
		p.mu.Unlock()
		return nil
	}
	deadline, ok := ctx.Deadline()
	if ok && at.After(deadline) {
		p.mu.Unlock()
		return later(key, at.Sub(now))
	}
	mine := &turn{prio, deadline, make(chan error, 1)}
	k.waiting = slices.Insert(k.waiting, ahead, mine)
	p.schedule(k)
	p.mu.Unlock()
	select {
	case err := <-mine.granted:
		return err
	case <-ctx.Done():
		return p.leave(ctx, key, k, mine)
	}
}

// leave takes a waiter whose context ended out of the queue.
func (p *Pacer) leave(ctx context.Context, key limitKey, k *pace, mine *turn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case err := <-mine.granted:
		return err // the turn came in the same moment; it is spent
	default:
	}
	k.waiting = slices.DeleteFunc(k.waiting, func(t *turn) bool { return t == mine })
	p.schedule(k)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		now := time.Now()
		return later(key, k.free(now, 0).Sub(now))
	}
	return ctx.Err()
}

// penalize stops the calls of a key for d from now on, because Slack asked for that.
func (p *Pacer) penalize(key limitKey, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	// The bucket is empty when d has passed: calls go on at the usual rate.
	p.delay(key, k, time.Now().Add(d+k.limit.span()))
}

// sent counts a call from when it left. Between its turn and that, a slow disk or
// machine may have kept it, and the next call would follow too closely.
func (p *Pacer) sent(key limitKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	k.left = time.Now()
	p.delay(key, k, k.left.Add(k.limit.every))
}

// delay lets the bucket be full no earlier than at full. It answers the waiters whose deadline
// comes before their turn now.
func (p *Pacer) delay(key limitKey, k *pace, full time.Time) {
	if !full.After(k.full) {
		return
	}
	k.full = full
	now, ahead := time.Now(), 0
	k.waiting = slices.DeleteFunc(k.waiting, func(t *turn) bool {
		at := k.free(now, ahead)
		if !t.deadline.IsZero() && at.After(t.deadline) {
			t.granted <- later(key, at.Sub(now))
			return true
		}
		ahead++
		return false
	})
	p.schedule(k)
}

// giveBack returns a turn that wait gave and no call used: the next caller has it.
func (p *Pacer) giveBack(key limitKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	// A call that left counts, whichever caller had the turn.
	full := latest(k.full.Add(-k.limit.every), k.left.Add(k.limit.every))
	if full.Before(k.full) {
		k.full = full
	}
	p.schedule(k)
}

// pace returns the key's bucket, a full one if nothing is known.
func (p *Pacer) pace(key limitKey) *pace {
	if k, ok := p.keys[key]; ok {
		return k
	}
	if now := time.Now(); len(p.keys) >= sweepAt {
		maps.DeleteFunc(p.keys, func(_ limitKey, k *pace) bool { return !k.full.After(now) && len(k.waiting) == 0 })
	}
	k := &pace{limit: limitFor(key)}
	switch {
	case p.born.IsZero():
	case key.method == methodUpdate:
		k.full = p.born.Add(time.Duration(k.limit.burst-successorUpdates) * k.limit.every)
	case k.limit.burst == 1:
		k.full = p.born.Add(k.limit.every)
	}
	p.keys[key] = k
	return k
}

// schedule sets the timer to the moment of the next turn, if a call waits.
func (p *Pacer) schedule(k *pace) {
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	if len(k.waiting) > 0 {
		now := time.Now()
		k.timer = time.AfterFunc(k.free(now, 0).Sub(now), func() { p.serve(k) })
	}
}

// serve gives the turns that are due.
func (p *Pacer) serve(k *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for now := time.Now(); len(k.waiting) > 0 && !k.free(now, 0).After(now); {
		k.take(now)
		k.waiting[0].granted <- nil
		k.waiting = slices.Delete(k.waiting, 0, 1)
	}
	p.schedule(k)
}

// span is for how long a full bucket delays no call: the interval of all but one token.
func (l limit) span() time.Duration { return time.Duration(l.burst-1) * l.every }

// free is when the next call may be made, seen at now, if so many go first. The caller reads
// the clock once: a bucket that is full is free at now, not after it.
func (k *pace) free(now time.Time, ahead int) time.Time {
	return latest(k.full, now).Add(time.Duration(ahead)*k.limit.every - k.limit.span())
}

// take spends a token.
func (k *pace) take(now time.Time) { k.full = latest(k.full, now).Add(k.limit.every) }

// ahead is how many waiters go before a new one of this priority.
func (k *pace) ahead(prio Priority) int {
	if i := slices.IndexFunc(k.waiting, func(t *turn) bool { return t.prio > prio }); i >= 0 {
		return i
	}
	return len(k.waiting)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func later(key limitKey, d time.Duration) error {
	return takeover.Later(max(d, time.Millisecond), "slack "+key.method+": within its limit only then")
}
