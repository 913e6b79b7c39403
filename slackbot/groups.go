package slackbot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"takeoverbot/slackbot/slackapi"
)

const (
	// groupFor is how long what Slack said of a user group is trusted.
	groupFor = 5 * time.Minute
	// groupAgain is how long a failed question is not repeated while old knowledge does.
	groupAgain = 30 * time.Second
)

// groups knows who is in the user groups that give roles. Safe for use by several
// goroutines.
type groups struct {
	client *slackapi.Client
	now    func() time.Time
	log    *slog.Logger

	mu    sync.Mutex
	known map[string]*group // by id
}

// group is what is known of one user group.
type group struct {
	members map[string]bool // nil: never learned
	until   time.Time       // when it is asked for again
	asked   *question       // under way; nil otherwise
}

// question is one call for a group, on whose answer several may wait.
type question struct {
	done chan struct{} // closed with the answer
	err  error         // set before
}

func newGroups(c *slackapi.Client, now func() time.Time, log *slog.Logger) *groups {
	return &groups{client: c, now: now, log: log, known: map[string]*group{}}
}

// learn sees to it that the members of the groups are known, asking for those that are
// not at the same time. Old knowledge is better than none: an error means that nothing at
// all is known of a group.
func (g *groups) learn(ctx context.Context, ids ...string) error {
	failed := make([]error, len(ids))
	var asked sync.WaitGroup
	for i, id := range ids {
		if id != "" && !g.fresh(id) {
			asked.Go(func() { failed[i] = g.learnOne(ctx, id) })
		}
	}
	asked.Wait()
	return errors.Join(failed...)
}

func (g *groups) fresh(id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.known[id]
	return known != nil && known.fresh(g.now())
}

func (k *group) fresh(now time.Time) bool { return k.members != nil && now.Before(k.until) }

// learnOne asks for one group, or waits for whoever asks already.
func (g *groups) learnOne(ctx context.Context, id string) error {
	g.mu.Lock()
	known := g.known[id]
	if known == nil {
		known = &group{}
		g.known[id] = known
	}
	if known.fresh(g.now()) { // somebody was just told
		g.mu.Unlock()
		return nil
	}
	q, mine := known.asked, known.asked == nil
	if mine {
		q = &question{done: make(chan struct{})}
		known.asked = q
	}
	old := known.members != nil
	g.mu.Unlock()
	switch {
	case mine:
		g.ask(ctx, id, known, q)
	case old:
		return nil // somebody refreshes it
	default:
		select {
		case <-q.done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if old {
		return nil
	}
	return q.err
}

// ask makes the call and keeps the answer.
func (g *groups) ask(ctx context.Context, id string, known *group, q *question) {
	ctx, cancel := outlive(ctx) // others wait for the answer, too
	defer cancel()
	members, err := g.client.GroupMembers(ctx, id)
	if err != nil {
		g.log.WarnContext(ctx, "user group unknown", "group", id, "err", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	known.until = g.now().Add(groupAgain)
	if err == nil {
		known.until, known.members = g.now().Add(groupFor), make(map[string]bool, len(members))
		for _, m := range members {
			known.members[m] = true
		}
	}
	q.err, known.asked = err, nil
	close(q.done)
}

// has says whether a person is known to be in a group. Nobody is in the group that is
// not set.
func (g *groups) has(id, user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	known := g.known[id]
	return known != nil && known.members[user]
}
