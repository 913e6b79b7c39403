package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// SyncTick is how often the providers are asked what changed, while any line of
	// theirs is attended.
	SyncTick = 5 * time.Second
	// syncOverlap is how far a list reaches back before the newest message of the last
	// one: messages may become visible in another order than that of their times.
	syncOverlap = 2 * time.Second
	// syncStart is how far the first list reaches back: beyond the last list of whose
	// conversations there are, on which a takeover relies.
	syncStart = 2 * listedFresh
	// syncMost is the longest stretch that is caught up on after a pause.
	syncMost = 24 * time.Hour
	// maxRest is the longest that a provider is not asked because it asked for that.
	maxRest = time.Minute
	// syncBatch is how many changed conversations share a commit.
	syncBatch = 50
)

// SyncProviders looks for what changed at the providers until ctx ends. At each tick one of
// all replicas does it.
func (s *Service) SyncProviders(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		if err := s.SyncOnce(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "providers not asked what changed", "err", err)
		}
		// The time that it took is part of the tick: many held lines make it no longer.
		s.Wait(ctx, max(SyncTick-time.Since(began), SyncTick/10))
	}
}

// syncName names the cursor and the lease of a provider.
func syncName(provider string) string { return TurnPrefix + provider }

// reachBack has the next list of changes reach back to the last list of a line that is
// being taken. The bot does not know what began after that, and the cursor may have passed
// it on behalf of other lines. Where no line was attended the list begins there.
func (s *Service) reachBack(ctx context.Context, tx Tx, line Line) error {
	name, from := syncName(line.Provider), line.ListedAt
	if now := s.Now(); now.Sub(from) >= listedFresh {
		from = now // it is listed anew before it is silenced
	}
	cursor, err := tx.Cursor(ctx, name)
	if err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	attended, err := tx.Attended(ctx, line.Provider)
	if err != nil {
		return err
	}
	if attended && (cursor.IsZero() || !from.Before(cursor)) {
		return nil
	}
	moved, err := tx.MoveCursor(ctx, name, cursor, from)
	if err == nil && !moved {
		err = ErrConflict
	}
	return err
}

// SyncOnce asks each provider once what changed, unless another replica has just done so.
func (s *Service) SyncOnce(ctx context.Context) error {
	var errs []error
	for _, p := range s.Providers {
		attended, err := s.Store.Attended(ctx, p.Name())
		if err == nil && attended {
			err = s.syncProvider(ctx, p)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Service) syncProvider(ctx context.Context, p Provider) error {
	// The lease is not given back: until it ends, no replica asks this provider again. It
	// ends a little before the next tick, which would come too early otherwise.
	name := syncName(p.Name())
	release, ok, err := s.Store.Lease(ctx, name, SyncTick*9/10)
	if err != nil || !ok {
		return err
	}
	var errs []error
	if lister, ok := p.(Lister); ok {
		errs = append(errs, s.listChanges(ctx, p.Name(), lister))
	}
	if checker, ok := p.(Checker); ok {
		errs = append(errs, s.compare(ctx, p.Name(), checker))
	}
	err = errors.Join(errs...)
	if pe, ok := errors.AsType[*ProviderError](err); ok && pe.RetryAfter > 0 {
		release()
		_, _, leaseErr := s.Store.Lease(ctx, name, min(pe.RetryAfter, maxRest))
		return errors.Join(err, leaseErr)
	}
	return err
}

// listChanges asks once for what changed in all conversations, whatever the number of lines.
func (s *Service) listChanges(ctx context.Context, provider string, lister Lister) error {
	name := syncName(provider)
	cursor, err := s.Store.Cursor(ctx, name)
	if err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	since := cursor.Add(-syncOverlap)
	if now := s.Now(); now.Sub(since) > syncMost {
		since = now.Add(-syncStart)
	}
	convs, complete, err := lister.Changes(ctx, since)
	if err != nil {
		return fmt.Errorf("list what changed: %w", err)
	}
	if !complete {
		s.Log.WarnContext(ctx, "more changed than one list shows", "provider", provider, "conversations", len(convs))
	}
	newest := cursor
	for i := range convs {
		convs[i].Provider = provider
		convs[i] = convs[i].owned()
		// What is dated in the future must not keep the present from being seen.
		newest = later(newest, earlier(convs[i].LastMessageAt, s.Now()))
	}
	for len(convs) > 0 {
		n := min(syncBatch, len(convs))
		if err := s.noticeAll(ctx, convs[:n]); err != nil {
			return fmt.Errorf("store what changed: %w", err)
		}
		convs = convs[n:]
	}
	if !newest.After(cursor) {
		return nil
	}
	// Only now: a list that was not stored whole is asked for again. A cursor that was moved
	// back meanwhile stays: the next list begins there.
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.MoveCursor(ctx, name, cursor, newest)
		return err
	})
}

// noticeAll stores what follows from changed conversations. Most are of lines that are not
// attended: only what changes something costs a write.
func (s *Service) noticeAll(ctx context.Context, convs []Conversation) error {
	var mine []Conversation
	for _, c := range convs {
		line, err := s.Store.AttendedOf(ctx, c.Provider, c.EndUser, c.Agent)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if s.notice(line, c).Save {
			mine = append(mine, c)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		for _, c := range slices.Backward(mine) { // the newest joins last
			line, err := tx.LineOf(ctx, c.Provider, c.EndUser, c.Agent)
			if err != nil {
				return err
			}
			if step := s.notice(line, c); step.Save {
				if err := s.store(ctx, tx, step); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// notice is the step that follows from a listed conversation of an attended line.
func (s *Service) notice(line Line, c Conversation) Step {
	if !line.Attended() {
		return Step{Line: line}
	}
	if line.Covers(c.ID) {
		return line.Changed(c, s.Now())
	}
	if !line.Taken() {
		return line.Renewed(c, s.Now())
	}
	// One that was quiet when the end user's conversations were last listed is history.
	if c.newest().Before(earlier(line.ListedAt, line.Takeover.ClaimedAt).Add(-syncOverlap)) {
		return Step{Line: line}
	}
	return line.Joined(c, s.Now())
}
