package people

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"takeoverbot/slackbot/slackapi"
)

const (
	// groupFor is how long what Slack said of a user group is trusted.
	groupFor = 5 * time.Minute
	// groupAgain is how long a failed question is not repeated while the old answer serves.
	groupAgain = 30 * time.Second
)

// groups knows who is in the user groups that give roles. Safe for use by several
// goroutines.
type groups struct {
	client *slackapi.Client
	now    func() time.Time
	log    *slog.Logger
	asking singleflight.Group

	mu    sync.Mutex
	known map[string]group // by id; only groups that were learned
}

// group is what is known of one user group.
type group struct {
	members map[string]bool
	until   time.Time // when it is asked for again
}

// learn sees to it that the members of the groups are known, asking for those that are
// not at the same time. An old answer is better than none: an error means that nothing at
// all is known of a group.
func (g *groups) learn(ctx context.Context, ids ...string) error {
	failed := make([]error, len(ids))
	var asked sync.WaitGroup
	for i, id := range ids {
		if _, fresh := g.get(id); id != "" && !fresh {
			asked.Go(func() { failed[i] = g.learnOne(ctx, id) })
		}
	}
	asked.Wait()
	return errors.Join(failed...)
}

// get says whether anything is known of a group, and whether it is fresh.
func (g *groups) get(id string) (known, fresh bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, known := g.known[id]
	return known, known && g.now().Before(k.until)
}

// learnOne asks for one group, or waits for the answer to a question that is under way.
// It waits only as long as ctx allows, and then serves the old answer, if there is one.
func (g *groups) learnOne(ctx context.Context, id string) error {
	answer := g.asking.DoChan(id, func() (any, error) {
		if _, fresh := g.get(id); fresh { // the question before this one was just answered
			return nil, nil
		}
		return nil, g.ask(ctx, id)
	})
	var err error
	select {
	case got := <-answer:
		err = got.Err
	case <-ctx.Done():
		err = ctx.Err()
	}
	if known, _ := g.get(id); known {
		return nil
	}
	return err
}

// ask makes the call and keeps the answer.
func (g *groups) ask(ctx context.Context, id string) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	members, err := g.client.GroupMembers(ctx, id)
	if err != nil {
		g.log.WarnContext(ctx, "user group unknown", "group", id, "err", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	k, known := g.known[id]
	switch {
	case err == nil:
		k = group{members: make(map[string]bool, len(members)), until: g.now().Add(groupFor)}
		for _, m := range members {
			k.members[m] = true
		}
	case known:
		k.until = g.now().Add(groupAgain)
	default:
		return err
	}
	g.known[id] = k
	return err
}

// has reports whether a person is known to be in a group. Nobody is in a group that is not
// set.
func (g *groups) has(id, user string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.known[id].members[user]
}
