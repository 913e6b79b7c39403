package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// WatchTick is how often the providers are asked what changed, while any line of
	// theirs is attended.
	WatchTick = 5 * time.Second
	// watchOverlap is how far a look reaches back before the newest message of the last
	// one: messages may become visible in another order than that of their times.
	watchOverlap = 2 * time.Second
	// watchStart is how far the first look reaches back: beyond the last list of whose
	// conversations there are, on which a takeover relies.
	watchStart = 2 * listedFresh
	// watchMost is the longest stretch that is caught up on after a pause.
	watchMost = 24 * time.Hour
	// maxRest is the longest that the watch keeps still because a provider asked for it.
	maxRest = time.Minute
	// watchBatch is how many changed conversations share a commit.
	watchBatch = 50

	// CompareEvery is how often the flag of a held line is compared with the provider,
	// for up to compareBudget lines; beyond that in turn.
	CompareEvery = 30 * time.Second
	// compareBudget is how many lines are compared in CompareEvery at most.
	compareBudget = 100
	// compareAtOnce is how many of them are read at the same time.
	compareAtOnce = 4
)

// KeepWatch looks for what changed at the providers until ctx ends. At each tick one of
// all replicas does it.
func (s *Service) KeepWatch(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		if err := s.WatchOnce(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "watch", "err", err)
		}
		// What the turn took is part of the tick: many held lines make it no longer.
		s.Wait(ctx, max(WatchTick-time.Since(began), WatchTick/10))
	}
}

// watchName names the cursor and the lease of a provider's watch.
func watchName(provider string) string { return "watch/" + provider }

// reachBack has the watch reach back to the last list of a line that is being taken: what
// began after it is not known, and the watch may have passed it on behalf of other lines.
// Where nobody was attended it begins there, however long ago it has stopped.
func (s *Service) reachBack(ctx context.Context, tx Tx, line Line) error {
	name, from := watchName(line.Provider), line.ListedAt
	if now := s.Now(); now.Sub(from) >= listedFresh {
		from = now // it is listed anew before it is silenced
	}
	cursor, err := tx.Cursor(ctx, name)
	if err != nil {
		return fmt.Errorf("read the watch's cursor: %w", err)
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

// WatchOnce asks each provider once what changed, unless another replica has just done so.
func (s *Service) WatchOnce(ctx context.Context) error {
	var errs []error
	for _, p := range s.Providers {
		attended, err := s.Store.Attended(ctx, p.Name())
		if err == nil && attended {
			err = s.watchProvider(ctx, p)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s *Service) watchProvider(ctx context.Context, p Provider) error {
	// The lease is not given back: until it ends, no replica asks this provider again. It
	// ends a little before the next tick, which would come too early otherwise.
	name := watchName(p.Name())
	release, ok, err := s.Store.Lease(ctx, name, WatchTick*9/10)
	if err != nil || !ok {
		return err
	}
	var errs []error
	if lister, ok := p.(Lister); ok {
		errs = append(errs, s.look(ctx, p.Name(), lister))
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

// look asks once for what changed in all conversations, whatever the number of lines.
func (s *Service) look(ctx context.Context, provider string, lister Lister) error {
	name := watchName(provider)
	cursor, err := s.Store.Cursor(ctx, name)
	if err != nil {
		return fmt.Errorf("read the watch's cursor: %w", err)
	}
	since := cursor.Add(-watchOverlap)
	if now := s.Now(); now.Sub(since) > watchMost {
		since = now.Add(-watchStart)
	}
	convs, complete, err := lister.Changes(ctx, since)
	if err != nil {
		return fmt.Errorf("look for changes: %w", err)
	}
	if !complete {
		s.Log.WarnContext(ctx, "more changed than one look shows", "provider", provider, "conversations", len(convs))
	}
	newest := cursor
	for i := range convs {
		convs[i].Provider = provider
		convs[i] = convs[i].owned()
		// What is dated in the future must not keep the present from being seen.
		newest = later(newest, earlier(convs[i].LastMessageAt, s.Now()))
	}
	for len(convs) > 0 {
		n := min(watchBatch, len(convs))
		if err := s.noticeAll(ctx, convs[:n]); err != nil {
			return fmt.Errorf("store what changed: %w", err)
		}
		convs = convs[n:]
	}
	if !newest.After(cursor) {
		return nil
	}
	// Only now: a look that was not stored whole is taken again. A cursor that was moved
	// back meanwhile stays: the next look begins there.
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		_, err := tx.MoveCursor(ctx, name, cursor, newest)
		return err
	})
}

// noticeAll stores what follows from changed conversations. Most are of lines that
// nobody attends: only what changes something costs a write.
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
	if c.newest().Before(earlier(line.ListedAt, line.Takeover.ClaimedAt).Add(-watchOverlap)) {
		return Step{Line: line}
	}
	return line.Joined(c, s.Now())
}

// compare compares the flags of held lines with the provider, the longest uncompared
// first, within its budget of calls.
func (s *Service) compare(ctx context.Context, provider string, checker Checker) error {
	budget := int((compareBudget*WatchTick + CompareEvery - 1) / CompareEvery)
	lines, err := s.Store.Uncompared(ctx, s.Now().Add(-CompareEvery), budget)
	if err != nil {
		return fmt.Errorf("look for what to compare: %w", err)
	}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	turns := make(chan struct{}, compareAtOnce)
	for _, line := range lines {
		if line.Provider != provider {
			continue
		}
		if budget <= 0 {
			break // the rest is the longest uncompared of the next turn
		}
		budget -= len(line.Covered)
		turns <- struct{}{}
		wg.Go(func() {
			defer func() { <-turns }()
			if err := s.compareOne(ctx, line, checker); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// compareOne compares one held line: nearly always one conversation, else all that the
// takeover has silenced. An older one that the provider does not know any more is not
// where an AI could speak.
func (s *Service) compareOne(ctx context.Context, line Line, checker Checker) error {
	at := s.Now()
	if line.ListedAt.Before(line.Takeover.ClaimedAt.Add(-listedFresh)) {
		// The list could not be had when the line was taken over.
		if err := s.joinOthers(ctx, line); err != nil {
			return fmt.Errorf("look for newer conversations of line %s: %w", line.ID, err)
		}
	}
	for _, c := range line.Covered {
		silent, err := stillSilent(ctx, checker, c.ID)
		if c.ID != line.Newest.ID && isGone(err) {
			continue
		}
		if err != nil {
			return fmt.Errorf("compare line %s: %w", line.ID, err)
		}
		if !silent {
			return s.seeChange(ctx, line, c.ID)
		}
	}
	return s.Store.Compared(ctx, line.ID, at)
}

// stillSilent reads a flag, and once more where it is off: a read that was overtaken by
// our own write tells of the time before it.
func stillSilent(ctx context.Context, checker Checker, id ConversationID) (silent bool, err error) {
	if silent, err = checker.Silenced(ctx, id); err != nil || silent {
		return silent, err
	}
	return checker.Silenced(ctx, id)
}

// seeChange stores that the AI of a held line was switched on outside Slack, unless the
// line went on meanwhile.
func (s *Service) seeChange(ctx context.Context, line Line, id ConversationID) error {
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.Line(ctx, line.ID)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		if now.State != line.State || now.Ref != line.Ref || now.Newest.ID != line.Newest.ID || !now.readBackAt().Equal(line.readBackAt()) {
			return nil // it went on meanwhile: the next comparison sees
		}
		return s.store(ctx, tx, now.SwitchedOn(id, s.Now()))
	})
}
