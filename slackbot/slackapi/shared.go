package slackapi

import (
	"context"
	"time"

	"takeoverbot/takeover"
)

// claimTime is for how long a replica with a more urgent call may be late for the turn that the
// others leave it.
const claimTime = 300 * time.Millisecond

// Budget is what all replicas have used of Slack's limits.
type Budget interface {
	// ChangeBudget changes what was used of the limit with this key, in one replica at a time.
	// now is the same clock for all of them. change may run again.
	ChangeBudget(ctx context.Context, key string, change func(now time.Time, b *takeover.Budget)) error
}

// NewShared returns a Pacer that keeps the limits together with other processes. Each call costs
// a change of the budget. A process that is alone, or alone busy, has the whole of it.
func NewShared(budget Budget) *Pacer { return &Pacer{keys: map[limitKey]*pace{}, budget: budget} }

// key names the limit in a Budget.
func (k limitKey) String() string {
	if k.channel == "" {
		return k.method
	}
	return k.method + " " + k.channel
}

// spend asks the budget for a call. again is 0 if it may be made, else when to ask again: another
// replica was faster, or has a call that is more urgent. The caller holds the Pacer's lock, which
// is released meanwhile.
func (p *Pacer) spend(ctx context.Context, key limitKey, k *pace, mine *Priority) (again time.Duration, err error) {
	prio, next := *mine, k.next(mine)
	var full time.Duration // from now
	p.mu.Unlock()
	err = p.budget.ChangeBudget(ctx, key.String(), func(now time.Time, b *takeover.Budget) {
		switch free := latest(b.Full, now).Add(-k.limit.span()); {
		case free.After(now):
			again = free.Sub(now)
			claim(b, now, prio, free)
		case b.Urgency < int(prio) && b.Claimed.After(now):
			again = b.Claimed.Sub(now)
		default:
			again, b.Full = 0, latest(b.Full, now).Add(k.limit.every) // one call more
			if next != nil {
				claim(b, now, *next, b.Full.Add(-k.limit.span()))
			}
		}
		full = b.Full.Sub(now)
	})
	p.mu.Lock()
	if err == nil {
		k.full = time.Now().Add(full)
	}
	k.wake() // the others compute their turns from what this one learnt
	return again, err
}

// next is the first call that waits, apart from mine; nil if there is none.
func (k *pace) next(mine *Priority) *Priority {
	for _, other := range k.waiting {
		if other != mine {
			return other
		}
	}
	return nil
}

// claim lets no less urgent call of any replica have the turn at free.
func claim(b *takeover.Budget, now time.Time, prio Priority, free time.Time) {
	if int(prio) <= b.Urgency || !b.Claimed.After(now) {
		b.Urgency, b.Claimed = int(prio), free.Add(claimTime)
	}
}

// share changes the budget of a key, if there is one, whatever became of the caller. Where that
// fails, another replica may call too early once, and Slack says how long to wait.
func (p *Pacer) share(ctx context.Context, key limitKey, change func(now time.Time, b *takeover.Budget)) {
	if p.budget == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer cancel()
	_ = p.budget.ChangeBudget(ctx, key.String(), change)
}
