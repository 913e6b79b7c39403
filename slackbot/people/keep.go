package people

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/takeover"
)

const (
	// keepEvery is how often what is known is renewed and shared with other replicas.
	keepEvery = 15 * time.Second
	// renewAfter is the age at which an answer is renewed: the next round comes before it is not
	// fresh any more.
	renewAfter = 25 * time.Second
	// activeFor is for how long a person who did something is kept fresh.
	activeFor = time.Hour
	// renewAtOnce is how many people one round renews: 40 a minute of the 100 that Slack allows.
	renewAtOnce = 10
)

// watched is who has to be kept fresh. Safe for use by several goroutines.
type watched struct {
	mu      sync.Mutex
	seen    map[string]time.Time // when a person did something last
	changed map[string]bool      // people and groups who, as Slack said, have changed
	wake    chan struct{}        // holds one: something changed
}

func newWatched() watched {
	return watched{seen: map[string]time.Time{}, changed: map[string]bool{}, wake: make(chan struct{}, 1)}
}

// seen remembers that a person does something now.
func (p *People) seen(user string) {
	p.watched.mu.Lock()
	defer p.watched.mu.Unlock()
	if len(p.watched.seen) < maxKnown {
		p.watched.seen[user] = p.now()
	}
}

// Changed is told of the id of a person or a user group of whom Slack said that it has changed. It
// does not block. Of those that the bot does not know it takes no notice.
func (p *People) Changed(id string) {
	if !slices.Contains(p.groupIDs(), id) && p.persons.last(id).at.IsZero() {
		return
	}
	p.watched.mu.Lock()
	defer p.watched.mu.Unlock()
	p.watched.changed[id] = true
	select {
	case p.watched.wake <- struct{}{}:
	default:
	}
}

// Keep keeps the groups, and the people who did something in the last hour, as fresh as the roles
// of a click need them, until ctx ends. It begins with what earlier processes and other replicas
// have learnt.
func (p *People) Keep(ctx context.Context) {
	again := time.NewTicker(keepEvery)
	defer again.Stop()
	since := p.now().Add(-takeover.KeepKnown)
	for ctx.Err() == nil {
		since = p.share(ctx, since)
		p.renewDue(ctx)
		select {
		case <-ctx.Done():
		case <-again.C:
		case <-p.watched.wake:
		}
	}
}

// share reads what processes have learnt since then, and returns since when to read next: twice
// what is fresh, as the clocks of replicas differ.
func (p *People) share(ctx context.Context, since time.Time) time.Time {
	rows, err := p.store.KnownSince(ctx, since, maxKnown/2)
	if err != nil {
		p.log.WarnContext(ctx, "what other replicas know of people not read", "err", err)
		return since
	}
	for _, row := range rows {
		kind, id, _ := strings.Cut(row.Key, "/")
		switch kind + "/" {
		case p.persons.kind:
			p.persons.take(id, row)
		case p.groups.kind:
			p.groups.take(id, row)
		case p.self.kind:
			p.self.take(id, row)
		}
	}
	return p.now().Add(-2 * fresh)
}

// renewDue asks Slack for what has changed, then for groups that are no longer fresh, then for
// people.
func (p *People) renewDue(ctx context.Context) {
	p.watched.mu.Lock()
	changed := p.watched.changed
	p.watched.changed = map[string]bool{}
	p.watched.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(changed)) {
		if slices.Contains(p.groupIDs(), id) {
			p.note(ctx, p.groups.renew(ctx, id, 0))
		} else {
			p.note(ctx, p.persons.renew(ctx, id, 0))
		}
	}
	if _, err := p.self.get(ctx, "", forever); err != nil {
		p.note(ctx, err)
		return
	}
	for _, id := range p.groupIDs() {
		p.note(ctx, p.groups.renew(ctx, id, renewAfter))
	}
	for _, user := range p.duePeople() {
		if err := p.persons.renew(ctx, user, renewAfter); err != nil {
			p.note(ctx, err)
			return // Slack does not answer: the next round asks again
		}
	}
}

// duePeople are the people to renew, the oldest answers first: those who did something in the
// last hour, and members of the groups who are not known yet.
func (p *People) duePeople() []string {
	now := p.now()
	at := map[string]time.Time{}
	p.watched.mu.Lock()
	maps.DeleteFunc(p.watched.seen, func(_ string, last time.Time) bool { return now.Sub(last) > activeFor })
	for user := range p.watched.seen {
		at[user] = time.Time{}
	}
	p.watched.mu.Unlock()
	for user := range at {
		at[user] = p.persons.last(user).at
	}
	maps.DeleteFunc(at, func(_ string, last time.Time) bool { return now.Sub(last) < renewAfter })
	for _, group := range p.groupIDs() {
		for _, user := range p.groups.last(group).value {
			if p.persons.last(user).at.IsZero() {
				at[user] = time.Time{}
			}
		}
	}
	due := slices.SortedFunc(maps.Keys(at), func(a, b string) int { return at[a].Compare(at[b]) })
	return due[:min(len(due), renewAtOnce)]
}

// note logs why Slack was not asked, or did not answer.
func (p *People) note(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		p.log.WarnContext(ctx, "what is known of people not renewed", "err", err)
	}
}
