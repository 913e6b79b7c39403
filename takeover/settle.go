package takeover

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// settleTime bounds one attempt: reading, writing and reading back every covered
	// conversation.
	settleTime = 25 * time.Second
	// settleBusy is how soon a second settler looks again.
	settleBusy = 100 * time.Millisecond
	// maxRepairs is how often lost metadata entries are put back before the proven flag
	// is taken as it is, and the loss is said; and how often a conversation is looked for
	// before it counts as gone when it is handed back.
	maxRepairs = 4
	// maxBackoff is the longest pause between attempts.
	maxBackoff = 30 * time.Second
)

// Settle brings the provider's flag into line with what the line wants and proves it.
// Only one settler works a line at a time, in all replicas, so the last write is the
// one that was wanted last. A failure is stored, shown, and tried again with back-off;
// a change of mind meanwhile is worked at once.
func (s *Service) Settle(ctx context.Context, job SettleJob) error {
	for {
		again, err := s.settleAlone(ctx, job)
		if err != nil || !again {
			return err
		}
	}
}

// settleAlone makes one attempt under a lease that outlives it.
func (s *Service) settleAlone(ctx context.Context, job SettleJob) (again bool, err error) {
	lease, ok, err := s.Store.Lease(ctx, "settle/"+string(job.Line), settleLease)
	if err != nil {
		return false, fmt.Errorf("lease the line: %w", err)
	}
	if !ok {
		return false, Later(settleBusy, "another settler works the line")
	}
	defer lease.Release()
	return s.settleOnce(ctx, job, lease)
}

// settleOnce makes one attempt. again says that the line changed meanwhile.
func (s *Service) settleOnce(ctx context.Context, job SettleJob, lease Lease) (again bool, err error) {
	line, err := s.Store.Line(ctx, job.Line)
	if err != nil {
		return false, fmt.Errorf("load the line: %w", err)
	}
	if line.State != StateTaking && line.State != StateReturning {
		return false, nil
	}
	if wait := s.notYet(line, job); wait > 0 {
		return false, Later(wait, "the next attempt is planned for later")
	}
	trying, cancel := context.WithTimeout(ctx, settleTime)
	a := &attempt{Service: s, line: line, lease: lease}
	failure, err := a.prove(trying)
	cancel()
	if err == nil && failure != nil && ctx.Err() != nil {
		return false, ctx.Err() // we are being stopped: not the provider's failure
	}
	if err == nil {
		again, err = a.record(ctx, failure)
	}
	if errors.Is(err, errLeaseLost) {
		return false, Later(settleBusy, err.Error())
	}
	if _, planned := errors.AsType[*LaterError](err); planned && job.Now {
		return false, nil
	}
	return again, err
}

// notYet is how long an attempt has to wait: until it is planned, or, where a person
// asks for it now, only as long as the provider itself asked for.
func (s *Service) notYet(line Line, job SettleJob) time.Duration {
	if line.Trouble == nil || (job.Now && line.Trouble.Kind != Limited) {
		return 0
	}
	return min(line.Trouble.NextAt.Sub(s.Now()), maxBackoff)
}

// record stores the outcome of an attempt, unless the line was changed meanwhile: then
// the outcome is of no interest and the new wish is worked. Without the lease it does not know
// what another settler has written since.
func (a *attempt) record(ctx context.Context, failure *ProviderError) (again bool, err error) {
	var step Step
	var later time.Duration
	now, s, tried := a.Now(), a.Service, a.line
	err = s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		if err := a.leased(ctx, tx); err != nil {
			return err
		}
		line, err := tx.Line(ctx, tried.ID)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		// A conversation that joined meanwhile is not in what was tried.
		again = line.State != tried.State || line.Ref != tried.Ref
		if again {
			return nil
		}
		line = line.attempted(tried)
		// A conversation that joined meanwhile is not in what was tried.
		again = failure == nil && !line.proven()
		switch {
		case again:
			step = Step{Line: line, Save: true}
		case failure == nil:
			step = line.Proven(a.proofs, now)
		default:
			later = untilDesk(line, failure, now, backoff(line.Trouble, failure))
			step = line.Failed(failure, now, now.Add(later))
		}
		step.notes(tried)
		return s.store(ctx, tx, step)
	})
	switch {
	case err != nil:
		return false, fmt.Errorf("store the attempt: %w", err)
	case again:
		return true, nil
	case failure != nil:
		s.Log.WarnContext(ctx, "not proven", "line", tried.ID, "state", tried.State, "ref", tried.Ref, "err", failure, "again_in", later)
		return false, Later(later, failure.Error())
	}
	s.Log.InfoContext(ctx, "proven", "line", tried.ID, "state", step.Line.State, "ref", tried.Ref, "took", now.Sub(tried.Since))
	s.Proved(step.Line.State, now.Sub(tried.Since))
	return false, nil
}

// notes adds to the step what became of the hand-back's note in this attempt.
func (s *Step) notes(tried Line) {
	h := tried.HandBack
	if h.Key == "" || (!h.NoteDone && !h.NoteFailed) {
		return
	}
	e := Entry{Key: h.Key + "/note", Line: tried.ID, At: tried.Since, Who: h.By, Origin: FromModal, Event: EventNoteGiven, Ref: tried.Ref}
	if h.NoteFailed {
		e.Event = EventNoteRefused
	}
	s.Entries = append(s.Entries, e)
}

// untilDesk shortens a pause so that the attempt after which the desk is told is not made
// long after DeskPatience. What the provider asked for stays.
func untilDesk(l Line, failure *ProviderError, now time.Time, pause time.Duration) time.Duration {
	left := l.Since.Add(DeskPatience).Sub(now)
	if l.Trouble != nil && l.Trouble.DeskTold || failure.RetryAfter > 0 || left <= 0 {
		return pause
	}
	return min(pause, left)
}

// backoff is how long to wait after a failed attempt: what the provider asked for, or
// 1 s doubling to maxBackoff.
func backoff(before *Trouble, failure *ProviderError) time.Duration {
	if failure.RetryAfter > 0 {
		return min(failure.RetryAfter, maxBackoff)
	}
	attempts := 0
	if before != nil {
		attempts = before.Attempts
	}
	return min(time.Second<<min(attempts, 10), maxBackoff)
}
