package slackbot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

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
	// homeAge is how old a Home with something on it becomes before its "as of" is renewed.
	homeAge = 5 * time.Minute
	// homeLease outlives homeRound, the longest that one round takes.
	homeLease = 30 * time.Second
	homeRound = 20 * time.Second
	// maxHomes bounds how many Homes are kept, those opened last.
	maxHomes = 500
)

// homeKey is the post of a Home that is kept; its Extra is the page. drawnKey is what
// stands there: a digest of it, and since when.
func homeKey(user string) string  { return homePrefix + user }
func drawnKey(user string) string { return "homed/" + user }

const homePrefix = "home/"

// homes says what the keeper of the App Homes has to do. Safe for use by several
// goroutines.
type homes struct {
	wake chan struct{} // holds one: something is to be done

	mu     sync.Mutex
	opened map[string]bool // by user: published next, whatever stands there
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
	h.mu.Lock()
	h.opened[user] = true
	h.mu.Unlock()
	h.changed()
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
	if refusal := b.may(ctx, in.User, in.team, toSee); refusal != "" {
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
	if refusal := b.may(ctx, in.User.ID, in.teamID(), toSee); refusal != "" {
		b.refuseHome(ctx, in.User.ID, refusal)
		return Answer{Kind: "refused"}, nil
	}
	return Answer{Kind: actionHomePage}, b.keepHome(ctx, in.User.ID, page)
}

// keepHome has a Home kept up to date, beginning at once.
func (b *Bot) keepHome(ctx context.Context, user string, page int) error {
	ctx, cancel := outlive(ctx)
	defer cancel()
	if err := b.deps.Posts.PutPost(ctx, takeover.Post{Key: homeKey(user), Extra: strconv.Itoa(page)}); err != nil {
		return fmt.Errorf("remember an opened Home: %w", err)
	}
	b.homes.open(user)
	return nil
}

// refuseHome shows somebody who may not see anything how to get access.
func (b *Bot) refuseHome(ctx context.Context, user, refusal string) {
	ctx = context.WithoutCancel(ctx)
	b.deps.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if err := b.slack.publishView(ctx, user, closedHome(refusal)); err != nil {
			b.deps.Log.WarnContext(ctx, "Home not refused", "operator", user, "err", err)
		}
	})
}

// KeepHomes keeps every App Home that was opened in the last 24 hours up to date, until
// ctx ends: after a change within two seconds, at most once a second each, and only where
// something else is to stand there. What fails is tried again.
func (b *Bot) KeepHomes(ctx context.Context) {
	again := time.NewTimer(0) // a process that begins does not know what stands there
	defer again.Stop()
	wait := homePace
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.homes.wake:
		case <-again.C:
		}
		began := time.Now()
		if err := b.publishHomes(ctx); err == nil {
			wait = homePace
			again.Reset(homeEvery)
		} else {
			b.deps.Log.InfoContext(ctx, "Homes to be published again", "err", err)
			again.Reset(wait)
			wait = min(2*wait, homeEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(homePace - time.Since(began)):
		}
	}
}

// errHomesBusy is returned where another process publishes Homes.
var errHomesBusy = errors.New("another process publishes them")

// publishHomes makes one round. One process at a time does: what it has read is not older
// than what another one has published.
func (b *Bot) publishHomes(ctx context.Context) error {
	viewers, err := b.deps.Posts.PostsUnder(ctx, homePrefix, b.deps.Now().Add(-homeFor), maxHomes)
	if err != nil || len(viewers) == 0 {
		return err
	}
	release, ok, err := b.deps.Posts.Lease(ctx, "homes", homeLease)
	if err != nil {
		return err
	}
	if !ok {
		return errHomesBusy
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, homeRound)
	defer cancel()
	lines, err := b.deps.Reader.Taken(ctx)
	if err != nil {
		return err
	}
	waitingFirst(lines)
	return b.publishAll(ctx, viewers, homeData{lines: lines, asOf: b.deps.Now().UTC()})
}

// publishAll publishes the Homes of a round, those first that somebody has just opened.
func (b *Bot) publishAll(ctx context.Context, viewers []takeover.Post, data homeData) error {
	var failed []error
	done := map[string]bool{}
	publish := func(home takeover.Post, opened bool) bool {
		user := strings.TrimPrefix(home.Key, homePrefix)
		if done[user] && !opened {
			return true
		}
		done[user] = true
		err := b.publishOne(ctx, user, home.Extra, data, opened)
		if err != nil {
			failed = append(failed, err)
		}
		if err != nil && opened {
			b.homes.open(user)
		}
		_, later := errors.AsType[*takeover.LaterError](err)
		return !later && ctx.Err() == nil
	}
	for _, viewer := range viewers {
		for _, user := range b.homes.takeOpened() {
			home, ok, err := b.deps.Posts.Post(ctx, homeKey(user))
			if err == nil && ok && !publish(home, true) {
				return errors.Join(failed...)
			}
		}
		if !publish(viewer, false) {
			break
		}
	}
	return errors.Join(failed...)
}

// publishOne publishes one Home unless the same stands there already. Somebody to whom
// Slack shows none, or who may see nothing any more, is not kept.
func (b *Bot) publishOne(ctx context.Context, user, page string, data homeData, opened bool) error {
	who, err := b.people.lookUp(ctx, user)
	if err != nil {
		return err
	}
	if !who.member {
		b.refuseHome(ctx, user, "This is for full members of the workspace. Ask an owner to make you one.")
		return b.deps.Posts.DropPost(ctx, homeKey(user))
	}
	if data.role, err = b.roleOf(ctx, user); err != nil {
		return err
	}
	data.viewer = takeover.OperatorID(user)
	data.page, _ = strconv.Atoi(page) // our own: what is none is the first
	known, _, err := b.deps.Posts.Post(ctx, drawnKey(user))
	if err != nil {
		return err
	}
	print := data.digest()
	if !opened && data.stands(known.Extra, print) {
		return nil
	}
	err = b.slack.publishView(ctx, user, data.view())
	if ae, isAPI := errors.AsType[*apiError](err); isAPI && ae.Class == permanent {
		b.deps.Log.WarnContext(ctx, "Home not kept", "operator", user, "err", err)
		return b.deps.Posts.DropPost(ctx, homeKey(user))
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime) // it stands there now
	defer cancel()
	return b.deps.Posts.PutPost(ctx, takeover.Post{Key: drawnKey(user), Extra: fmt.Sprintf("%s %d", print, data.asOf.Unix())})
}
