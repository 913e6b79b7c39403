package takeover

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// timeTick is how often the clock is looked at, for lines that other replicas changed.
	timeTick = time.Second
	// dueBatch is how many lines are worked before the clock is looked at again.
	dueBatch = 100
)

// RunTimers takes the steps that are due by the clock until ctx ends. Every replica does
// it: only the first one stores a step, as with any other change of a line.
func (s *Service) RunTimers(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := s.TakeDue(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.ErrorContext(ctx, "take what is due", "err", err)
		}
		if n < dueBatch {
			s.Wait(ctx, timeTick)
		}
	}
}

// TakeDue takes the steps that are due now and returns how many lines had one. A line that fails does
// not stop the others.
func (s *Service) TakeDue(ctx context.Context) (int, error) {
	now := s.Now() // one time for all: what is due together is told together
	due, err := s.Store.DueLines(ctx, now, dueBatch)
	if err != nil {
		return 0, fmt.Errorf("look for what is due: %w", err)
	}
	var failed []error
	for _, id := range due {
		if err := s.takeDue(ctx, id, now); err != nil {
			s.BadRow("timer")
			failed = append(failed, fmt.Errorf("line %s: %w", id, err))
		}
	}
	return len(due) - len(failed), errors.Join(failed...)
}

func (s *Service) takeDue(ctx context.Context, id LineID, now time.Time) error {
	// Another replica may have been faster: then nothing is due any more.
	_, err := s.change(ctx, id, func(l Line) Step { return l.TimeUp(now, s.rules(l)) })
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
