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
	Alarm  Priority = iota // cards on which the AI may be answering although a person has the line
	Wrong                  // cards that say silent of a line that nobody holds any more
	Urgent                 // cards that say silent, and the messages of taking over and handing back
	Normal                 // other cards and messages
	Bulk                   // transcripts
)

// sweepAt is how many keys are kept before those that are idle are forgotten.
const sweepAt = 64

// Pacer keeps calls below Slack's limits and remembers for how long Slack asked to wait. Each
// limit has its own bucket: none delays another. Safe for use by several goroutines; it starts
// none.
type Pacer struct {
	unlimited bool      // see Unpaced
	born      time.Time // when a successor began, see NewSuccessor; else zero
	budget    Budget    // see NewShared; nil: the limits are this process's alone

	mu   sync.Mutex
	keys map[limitKey]*pace
}

// pace is the bucket of one key, and the calls that wait for it.
type pace struct {
	limit limit
	// full is when the bucket is full again. Each call moves it by one interval.
	full    time.Time
	left    time.Time     // when the last call left
	waiting []*Priority   // of the calls that wait, in the order in which they are served
	changed chan struct{} // closed if a waiting call may have another time now; nil if none waits
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
	defer p.mu.Unlock()
	k, mine := p.pace(key), &prio
	var asked time.Time // when to ask the budget again
	k.waiting = slices.Insert(k.waiting, k.ahead(prio), mine)
	defer func() {
		k.waiting = slices.DeleteFunc(k.waiting, func(other *Priority) bool { return other == mine })
	}()
	for {
		now := time.Now()
		at := latest(k.free(now, slices.Index(k.waiting, mine)), asked)
		deadline, ok := ctx.Deadline()
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			k.wake()
			return ctx.Err()
		case ctx.Err() != nil, ok && at.After(deadline):
			k.wake()
			return later(key, at.Sub(now))
		case at.After(now):
			p.sleep(ctx, k, at.Sub(now))
		case p.budget == nil:
			k.full = latest(k.full, now).Add(k.limit.every) // one call more
			return nil
		default:
			again, err := p.spend(ctx, key, k, mine)
			if err != nil || again == 0 {
				return err
			}
			asked = time.Now().Add(again)
		}
	}
}

// sleep unlocks the Pacer for d, or until the times of the calls that wait for k change, or until
// ctx ends.
func (p *Pacer) sleep(ctx context.Context, k *pace, d time.Duration) {
	if k.changed == nil {
		k.changed = make(chan struct{})
	}
	changed := k.changed
	p.mu.Unlock()
	defer p.mu.Lock()
	select {
	case <-time.After(d):
	case <-changed:
	case <-ctx.Done():
	}
}

// wake lets the calls that wait find out when their turn is now. It is needed if the turn may come
// earlier, or if a call should know at once that its turn comes too late.
func (k *pace) wake() {
	if k.changed != nil {
		close(k.changed)
		k.changed = nil
	}
}

// penalize stops the calls of a key for d from now on, because Slack asked for that.
func (p *Pacer) penalize(ctx context.Context, key limitKey, d time.Duration) {
	p.share(ctx, key, func(now time.Time, b *takeover.Budget) {
		b.Full = latest(b.Full, now.Add(d+limitFor(key).span()))
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	// The bucket is empty when d has passed: calls go on at the usual rate.
	k.full = latest(k.full, time.Now().Add(d+k.limit.span()))
	k.wake() // a call whose deadline comes before its turn now does not wait for it
}

// sent counts a call from when it left. Between its turn and that, a slow disk or
// machine may have kept it, and the next call would follow too closely.
func (p *Pacer) sent(key limitKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	k.left = time.Now()
	k.full = latest(k.full, k.left.Add(k.limit.every))
}

// answered counts a call of a limit without a burst from its answer: Slack counts from when a
// call arrives. A slow network may keep one call and not the next, which would then arrive too
// early, however far apart they left.
func (p *Pacer) answered(ctx context.Context, key limitKey) {
	limit := p.limit(key)
	if limit.burst > 1 {
		return
	}
	p.share(ctx, key, func(now time.Time, b *takeover.Budget) { b.Full = latest(b.Full, now.Add(limit.every)) })
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	k.full = latest(k.full, time.Now().Add(limit.every))
}

// giveBack returns a turn that wait gave and no call used: the next caller has it.
func (p *Pacer) giveBack(ctx context.Context, key limitKey) {
	p.share(ctx, key, func(_ time.Time, b *takeover.Budget) { b.Full = b.Full.Add(-p.limit(key).every) })
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.pace(key)
	// A call that left counts, whichever caller had the turn.
	full := latest(k.full.Add(-k.limit.every), k.left.Add(k.limit.every))
	if full.Before(k.full) {
		k.full = full
		k.wake()
	}
}

// pace returns the key's bucket, a full one if nothing is known.
func (p *Pacer) pace(key limitKey) *pace {
	if k, ok := p.keys[key]; ok {
		return k
	}
	if now := time.Now(); len(p.keys) >= sweepAt {
		maps.DeleteFunc(p.keys, func(_ limitKey, k *pace) bool { return !k.full.After(now) && len(k.waiting) == 0 })
	}
	k := &pace{limit: p.limit(key)}
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

// limit is the limit of a key.
func (p *Pacer) limit(key limitKey) limit {
	if p.budget != nil && key.method == methodUpdate {
		return sharedUpdates()
	}
	return limitFor(key)
}

// span is for how long a full bucket delays no call: the interval of all but one token.
func (l limit) span() time.Duration { return time.Duration(l.burst-1) * l.every }

// free is when the next call may be made, seen at now, if so many go first. The caller reads
// the clock once: a bucket that is full is free at now, not after it.
func (k *pace) free(now time.Time, ahead int) time.Time {
	return latest(k.full, now).Add(time.Duration(ahead)*k.limit.every - k.limit.span())
}

// ahead is how many waiters go before a new one of this priority.
func (k *pace) ahead(prio Priority) int {
	if i := slices.IndexFunc(k.waiting, func(other *Priority) bool { return *other > prio }); i >= 0 {
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
