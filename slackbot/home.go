package slackbot

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

const (
	// homeFor is how long a Home that was opened is kept up to date.
	homeFor = 24 * time.Hour
	// homePace is the least time between two rounds: nobody's Home is published more than
	// once a second.
	homePace = time.Second
	// homeEvery is how often a round is made without a change: another process may have
	// made one, or a change outside Slack.
	homeEvery = 30 * time.Second
	// homeLease outlives homeRound, the longest that one round takes.
	homeLease = 30 * time.Second
	homeRound = 20 * time.Second
	// maxHomes bounds how many Homes are kept, those opened last.
	maxHomes = 500
)

// Homes remembers whose App Homes are kept up to date, and what was published there.
type Homes interface {
	// OpenHome has a Home kept up to date from now on, at the given page.
	OpenHome(ctx context.Context, viewer takeover.OperatorID, page int) error
	// Homes returns at most limit Homes that were opened since then, those opened last first.
	Homes(ctx context.Context, since time.Time, limit int) ([]takeover.Home, error)
	// Home returns an open Home; ok is false if it is not open.
	Home(ctx context.Context, viewer takeover.OperatorID) (h takeover.Home, ok bool, err error)
	// PublishedHome stores the Digest and AsOf of an open Home.
	PublishedHome(ctx context.Context, h takeover.Home) error
	// CloseHome ends the keeping of a Home.
	CloseHome(ctx context.Context, viewer takeover.OperatorID) error
}

// homes says what the keeper of the App Homes has to do. Safe for use by several
// goroutines.
type homes struct {
	wake chan struct{} // holds one: something is to be done

	mu     sync.Mutex
	opened map[string]bool // by user: published next, whatever stands there
	// next is the viewer with whom a round begins, because the one before did not come so
	// far; empty if that one published all. Only KeepHomes uses it.
	next takeover.OperatorID
}

func newHomes() *homes { return &homes{wake: make(chan struct{}, 1), opened: map[string]bool{}} }

// changed says that a line has changed. It never waits.
func (h *homes) changed() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// open says that somebody looks at a Home now.
func (h *homes) open(user string) {
	h.putBack(user)
	h.changed()
}

// putBack has a Home that failed published next, when it is tried again.
func (h *homes) putBack(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened[user] = true
}

// takeOpened are those who wait for their Home.
func (h *homes) takeOpened() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := slices.Sorted(maps.Keys(h.opened))
	clear(h.opened)
	return users
}

// homeOpened works the opening of somebody's Home: from now on it is kept up to date.
func (b *Bot) homeOpened(ctx context.Context, in innerEvent) (Answer, error) {
	if in.Tab != "home" {
		return Answer{Kind: in.Type}, nil
	}
	if refusal := b.people.May(ctx, in.User, in.team, people.Reader); refusal != "" {
		b.refuseHome(ctx, in.User, refusal)
		return Answer{Kind: "refused"}, nil
	}
	return Answer{Kind: in.Type}, b.keepHome(ctx, in.User, 0)
}

// turnHome shows another page of a Home.
func (b *Bot) turnHome(ctx context.Context, in interaction, value string) (Answer, error) {
	page, err := strconv.Atoi(value)
	if err != nil || page < 0 {
		return Answer{Kind: "unknown action"}, nil
	}
	if refusal := b.people.May(ctx, in.User.ID, in.teamID(), people.Reader); refusal != "" {
		b.refuseHome(ctx, in.User.ID, refusal)
		return Answer{Kind: "refused"}, nil
	}
	return Answer{Kind: ids.HomePage}, b.keepHome(ctx, in.User.ID, page)
}

// keepHome has a Home kept up to date, beginning at once.
func (b *Bot) keepHome(ctx context.Context, user string, page int) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := b.deps.Posts.OpenHome(ctx, takeover.OperatorID(user), page); err != nil {
		return fmt.Errorf("remember an opened Home: %w", err)
	}
	b.homes.open(user)
	return nil
}

// refuseHome shows somebody who may not see anything how to get access.
func (b *Bot) refuseHome(ctx context.Context, user, refusal string) {
	ctx = context.WithoutCancel(ctx)
	b.deps.Background(func() {
		err := tryFor(ctx, func(ctx context.Context) error { return b.slack.PublishHome(ctx, user, render.ClosedHome(refusal)) })
		if err != nil {
			b.deps.Log.WarnContext(ctx, "Home not refused", "operator", user, "err", err)
		}
	})
}
