package slackapi

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"takeoverbot/takeover"
)

// Priority says which call goes first where calls have to wait.
type Priority int

// The priorities: cards and the lines of taking over and handing back; other lines;
// transcripts.
const (
	Urgent Priority = iota
	Normal
	Bulk
	priorities
)

// sweepAt is how many keys are kept before those that are idle are looked for.
const sweepAt = 64

// Pacer keeps calls below Slack's limits and remembers for how long Slack asked to wait. Each
// limit has its own bucket: none delays another. Safe for use by several goroutines; it starts
// only timers.
type Pacer struct {
	limitOf func(limitKey) limit

	unlimited bool // see Unpaced

	// born is when a successor began; see NewSuccessor.
	born time.Time

	mu      sync.Mutex
	keys    map[limitKey]*pace
	sweepAt int
}

// pace is one key's bucket with those who wait for it.
type pace struct {
	limit limit
	// full is when the bucket is full again. Each call moves it by one interval.
	full    time.Time
	left    time.Time           // when the last call left
	waiting [priorities][]*turn // first come, first served
	timer   *time.Timer         // set while a call waits
}

// newPacer returns a Pacer whose buckets are full.
func newPacer() *Pacer {
	return &Pacer{limitOf: limitFor, keys: map[limitKey]*pace{}, sweepAt: sweepAt}
}

// NewSuccessor returns a Pacer for a process that may follow another one. We do not know what
// the old process called in its last minute, so the buckets of posts start empty, and the one
// of updates with 5 left. Calls that an acknowledgement waits for (users.info) start full: they
// are rare.
func NewSuccessor() *Pacer {
	p := newPacer()
	p.born = time.Now()
	return p
}

// Unpaced returns a Pacer that lets every call go at once, for a Slack that sets no limits: a simulator.
func Unpaced() *Pacer {
	p := newPacer()
	p.unlimited = true
	return p
}

// wait returns when a call may be made. Where that would be later than the deadline of
// ctx it is a *takeover.LaterError at once, with the time.
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
	if deadline, ok := ctx.Deadline(); ok && at.After(deadline) {
		p.mu.Unlock()
		return later(key, at.Sub(now))
	}
	mine := &turn{granted: make(chan error, 1)}
	mine.deadline, _ = ctx.Deadline()
	k.waiting[prio] = append(k.waiting[prio], mine)
	p.schedule(k)
	p.mu.Unlock()
	select {
	case err := <-mine.granted:
		return err
	case <-ctx.Done():
		return p.leave(ctx, key, k, prio, mine)
	}
}

// turn is one who waits.
type turn struct {
	granted  chan error // takes one answer without blocking
	deadline time.Time  // zero: none
}

// leave takes a waiter whose context ended out of the queue.
func (p *Pacer) leave(ctx context.Context, key limitKey, k *pace, prio Priority, mine *turn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case err := <-mine.granted:
		return err // the turn came in the same moment; it is spent
	default:
	}
	k.waiting[prio] = slices.DeleteFunc(k.waiting[prio], func(t *turn) bool { return t == mine })
	if !k.anyWaiting() {
		k.timer.Stop()
		k.timer = nil
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		now := time.Now()
		return later(key, k.free(now, 0).Sub(now))
	}
	return ctx.Err()
}

// penalize keeps a key still for d from now on, because Slack asked for that. Waiters
// whose deadline comes first are told at once.
func (p *Pacer) penalize(key limitKey, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	// The bucket is empty when the time is over: calls go on at the usual rate.
	if full := time.Now().Add(d + k.limit.span()); full.After(k.full) {
		k.full = full
	}
	k.dismiss(key)
	p.schedule(k)
}

// sent counts a call from when it left. Between its turn and that, a slow disk or
// machine may have kept it, and the next call would follow too closely.
func (p *Pacer) sent(key limitKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	k.left = time.Now()
	if full := k.left.Add(k.limit.every); full.After(k.full) {
		k.full = full
		k.dismiss(key)
		p.schedule(k)
	}
}

// giveBack returns a turn that wait gave and nobody used: the next one has it.
func (p *Pacer) giveBack(key limitKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	full := k.full.Add(-k.limit.every)
	if last := k.left.Add(k.limit.every); full.Before(last) {
		full = last // a call that left counts, whoever had the turn
	}
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
	if len(p.keys) >= p.sweepAt {
		p.sweep()
	}
	k := &pace{limit: p.limitOf(key)}
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

// sweep forgets the keys that are as good as new. What is left decides when the next
// sweep is worth its time.
func (p *Pacer) sweep() {
	now := time.Now()
	for key, k := range p.keys {
		if !k.full.After(now) && !k.anyWaiting() {
			delete(p.keys, key)
		}
	}
	p.sweepAt = max(sweepAt, 2*len(p.keys))
}

// schedule sets the timer to the moment of the next turn, if somebody waits.
func (p *Pacer) schedule(k *pace) {
	if k.timer != nil {
		k.timer.Stop()
		k.timer = nil
	}
	if k.anyWaiting() {
		now := time.Now()
		k.timer = time.AfterFunc(k.free(now, 0).Sub(now), func() { p.serve(k) })
	}
}

// serve gives the turns that are due.
func (p *Pacer) serve(k *pace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for now := time.Now(); !k.free(now, 0).After(now); {
		next := k.pop()
		if next == nil {
			break
		}
		k.take(now)
		next.granted <- nil
	}
	p.schedule(k)
}

// span is how long a full bucket delays nobody: the interval of all but one token.
func (l limit) span() time.Duration { return time.Duration(l.burst-1) * l.every }

// free is when the next call may be made, seen at now, if so many go first. The clock
// is read once by the caller: a bucket that is full is free at now, not after it.
func (k *pace) free(now time.Time, ahead int) time.Time {
	full := k.full
	if full.Before(now) {
		full = now
	}
	return full.Add(time.Duration(ahead)*k.limit.every - k.limit.span())
}

// take spends a token.
func (k *pace) take(now time.Time) {
	if k.full.Before(now) {
		k.full = now
	}
	k.full = k.full.Add(k.limit.every)
}

// ahead is how many waiters go before a new one of this priority.
func (k *pace) ahead(prio Priority) int {
	n := 0
	for i := range prio + 1 {
		n += len(k.waiting[i])
	}
	return n
}

func (k *pace) anyWaiting() bool { return k.ahead(priorities-1) > 0 }

// pop takes the waiter out whose turn it is; nil if nobody waits.
func (k *pace) pop() *turn {
	for i, queue := range k.waiting {
		if len(queue) > 0 {
			first := queue[0]
			k.waiting[i] = slices.Delete(queue, 0, 1)
			return first
		}
	}
	return nil
}

// dismiss answers the waiters whose deadline comes before their turn.
func (k *pace) dismiss(key limitKey) {
	now, ahead := time.Now(), 0
	for i, queue := range k.waiting {
		stay := queue[:0]
		for _, t := range queue {
			at := k.free(now, ahead)
			if !t.deadline.IsZero() && at.After(t.deadline) {
				t.granted <- later(key, at.Sub(now))
				continue
			}
			stay = append(stay, t)
			ahead++
		}
		clear(queue[len(stay):])
		k.waiting[i] = stay
	}
}

func later(key limitKey, d time.Duration) error {
	return takeover.Later(max(d, time.Millisecond), "slack "+key.method+": within its limit only then")
}
