package write

import (
	"context"
	"errors"
	"slices"
	"time"

	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/render"
	"takeoverbot/takeover"
)

const (
	// homeFor is how long a Home that was opened is kept up to date.
	homeFor = 24 * time.Hour
	// homePace is the least time between two rounds: a Home is published at most once a second.
	homePace = time.Second
	// homeEvery is how often a round is made without a known change: another process may have
	// changed something.
	homeEvery = 30 * time.Second
	// homeLease is longer than homeRound, the longest that one round takes.
	homeLease = 30 * time.Second
	homeRound = 20 * time.Second
	// maxHomes bounds how many Homes are kept, those opened last.
	maxHomes = 500
)

// HomeOpened has a Home published next, because a person looks at it now. It does not block.
func (w *Writer) HomeOpened(user string) {
	w.homes.putBack(user)
	w.homes.changed()
}

// KeepHomes keeps every App Home that was opened in the last 24 hours up to date, until
// ctx ends: within two seconds after a change, at most once a second each, and only where the
// content differs. It tries again what failed.
func (w *Writer) KeepHomes(ctx context.Context) {
	again := time.NewTimer(0) // a new process does not know which Homes are outdated
	defer again.Stop()
	wait := homePace
	for {
		select {
		case <-ctx.Done():
			return
		case <-w.homes.wake:
		case <-again.C:
		}
		began := time.Now()
		if err := w.publishHomes(ctx); err == nil {
			wait = homePace
			again.Reset(homeEvery)
		} else {
			w.Log.InfoContext(ctx, "Homes to be published again", "err", err)
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

// publishHomes makes one round. One process at a time does, so that what it has read is not
// older than what another one has published.
func (w *Writer) publishHomes(ctx context.Context) error {
	viewers, err := w.Posts.Homes(ctx, w.Now().Add(-homeFor), maxHomes)
	if err != nil || len(viewers) == 0 {
		return err
	}
	lease, ok, err := w.Posts.Lease(ctx, "homes", homeLease)
	if err != nil {
		return err
	}
	if !ok {
		return errHomesBusy
	}
	defer lease.Release()
	ctx, cancel := context.WithTimeout(ctx, homeRound)
	defer cancel()
	lines, err := w.Reader.Open(ctx)
	if err != nil {
		return err
	}
	render.SortWaitingFirst(lines)
	return w.publishAll(ctx, viewers, render.Home{Lines: lines, AsOf: w.Now().UTC()})
}

// publishAll publishes the Homes of a round, those first that were just opened. It ends early
// where Slack's limit, or the round's time, allows no more; the next round goes on there, so
// that no Home is left out.
func (w *Writer) publishAll(ctx context.Context, viewers []takeover.Home, data render.Home) error {
	var failed []error
	from := max(0, slices.IndexFunc(viewers, func(h takeover.Home) bool { return h.Viewer == w.homes.next }))
	w.homes.next = ""
	for _, viewer := range slices.Concat(viewers[from:], viewers[:from]) {
		if err := w.publishOpened(ctx, data); err != nil {
			failed = append(failed, err)
		}
		err := w.publishOne(ctx, viewer, data, false)
		if err == nil {
			continue
		}
		failed = append(failed, err)
		if _, later := errors.AsType[*takeover.LaterError](err); later || ctx.Err() != nil {
			w.homes.next = viewer.Viewer
			break
		}
	}
	return errors.Join(failed...)
}

// publishOpened publishes the Homes that were just opened, even if their content is the same.
func (w *Writer) publishOpened(ctx context.Context, data render.Home) error {
	var failed []error
	for _, user := range w.homes.takeOpened() {
		home, ok, err := w.Posts.Home(ctx, takeover.OperatorID(user))
		if err == nil && ok {
			err = w.publishOne(ctx, home, data, true)
		}
		if err != nil {
			w.homes.putBack(user)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// publishOne publishes one Home unless it has the same content already. The Home of a person
// who may see nothing any more, or to whom Slack shows none, is not kept up to date any more.
func (w *Writer) publishOne(ctx context.Context, home takeover.Home, data render.Home, opened bool) error {
	user := string(home.Viewer)
	member, err := w.People.Member(ctx, user)
	if err != nil {
		return err
	}
	if !member {
		refusal, _ := w.People.Judge(user, "", people.Reader)
		if err := w.Slack.PublishHome(ctx, user, render.ClosedHome(refusal)); err != nil {
			return err
		}
		return w.Posts.CloseHome(ctx, takeover.OperatorID(user))
	}
	if data.Role, err = w.People.Role(ctx, user); err != nil {
		return err
	}
	data.Viewer, data.Page = home.Viewer, home.Page
	return w.putUpHome(ctx, user, data, opened)
}

// putUpHome publishes a Home, and stores what was published.
func (w *Writer) putUpHome(ctx context.Context, user string, data render.Home, opened bool) error {
	known, open, err := w.Posts.Home(ctx, data.Viewer)
	if err != nil || !open {
		return err
	}
	print := data.Digest()
	if !opened && data.Stands(known, print) {
		return nil
	}
	err = w.Slack.PublishHome(ctx, user, data.View())
	if refusedForGood(err) {
		w.Log.WarnContext(ctx, "Home not kept", "operator", user, "err", err)
		return w.Posts.CloseHome(ctx, takeover.OperatorID(user))
	}
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime) // it is published now
	defer cancel()
	return w.Posts.PublishedHome(ctx, takeover.Home{Viewer: data.Viewer, Digest: print, AsOf: data.AsOf})
}
