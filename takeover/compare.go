package takeover

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// CompareEvery is how often the flag of a held line is compared with the provider,
	// for up to compareBudget lines; beyond that in turn.
	CompareEvery = 30 * time.Second
	// compareBudget is how many lines are compared in CompareEvery at most.
	compareBudget = 100
	// compareAtOnce is how many of them are read at the same time.
	compareAtOnce = 4
)

// compare compares the flags of held lines with the provider, the longest uncompared
// first, within its budget of calls.
func (s *Service) compare(ctx context.Context, provider string, checker Checker) error {
	budget := int((compareBudget*SyncTick + CompareEvery - 1) / CompareEvery)
	lines, err := s.Store.Uncompared(ctx, s.Now().Add(-CompareEvery), budget)
	if err != nil {
		return fmt.Errorf("look for what to compare: %w", err)
	}
	var mu sync.Mutex
	var errs []error
	var wg sync.WaitGroup
	slots := make(chan struct{}, compareAtOnce)
	for _, line := range lines {
		if line.Provider != provider {
			continue
		}
		if budget <= 0 {
			break // the rest comes first at the next tick
		}
		budget -= len(line.Covered)
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
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
