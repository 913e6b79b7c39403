package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// settleTime bounds one attempt: reading, writing and reading back every covered
	// conversation.
	settleTime = 25 * time.Second
	// settleLease outlives an attempt, so that two never write at once.
	settleLease = 30 * time.Second
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
	release, ok, err := s.Store.Lease(ctx, "settle/"+string(job.Line), settleLease)
	if err != nil {
		return false, fmt.Errorf("lease the line: %w", err)
	}
	if !ok {
		return false, Later(settleBusy, "another settler works the line")
	}
	defer release()
	return s.settleOnce(ctx, job)
}

// settleOnce makes one attempt. again says that the line changed meanwhile.
func (s *Service) settleOnce(ctx context.Context, job SettleJob) (again bool, err error) {
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
	attempt, cancel := context.WithTimeout(ctx, settleTime)
	if line, err = s.catchUp(attempt, line); err != nil {
		cancel()
		return false, err
	}
	proofs, failure, err := s.prove(attempt, &line)
	cancel()
	switch {
	case err != nil:
		return false, err
	case failure != nil && ctx.Err() != nil:
		return false, ctx.Err() // we are being stopped: not the provider's failure
	}
	again, err = s.record(ctx, line, proofs, failure)
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

// prove does the provider's part for every covered conversation. Snapshots of entries
// that went missing are put into line. err is ours: nothing is known of the provider.
func (s *Service) prove(ctx context.Context, line *Line) (proofs []Proof, failure *ProviderError, err error) {
	provider, err := s.silencer(line.Provider)
	if err != nil {
		return nil, asProviderError(line.Provider, err), nil
	}
	verb := provider.Silence
	if line.State == StateReturning {
		verb = provider.Release
		if failure := s.note(ctx, line); failure != nil {
			return nil, failure, nil
		}
	}
	for i, c := range line.Covered {
		if !c.CheckedAt.IsZero() {
			continue // proven by an earlier attempt
		}
		proof, failure, err := s.proveOne(ctx, verb, line, i)
		// There is nothing to switch, and no AI can speak there. Of the line's newest
		// conversation one answer does not tell: a proxy's 404 would leave its AI silenced.
		if failure != nil && failure.Kind == Gone && (c.ID != line.Newest.ID || line.State == StateReturning && line.attempts() >= maxRepairs) {
			proof, failure = Proof{CheckedAt: s.Now(), Gone: c.ID == line.Newest.ID, Answer: failure.Answer()}, nil
		}
		if failure != nil || err != nil {
			return nil, failure, err
		}
		line.Covered[i].CheckedAt = proof.CheckedAt.UTC()
		proofs = append(proofs, proof)
	}
	if line.State == StateTaking {
		s.readAgain(ctx, line, proofs)
	}
	return proofs, nil, nil
}

// proveOne does it for one conversation of the line.
func (s *Service) proveOne(ctx context.Context, verb setFlag, line *Line, i int) (Proof, *ProviderError, error) {
	c := &line.Covered[i]
	var unkept error
	proof, err := verb(ctx, c.ID, c.Snapshot, func(ctx context.Context, snap Snapshot) error {
		unkept = s.keepSnapshot(ctx, line.ID, c.ID, snap)
		return unkept
	})
	switch {
	case unkept != nil:
		return Proof{}, nil, unkept
	case err == nil:
		return proof, nil, nil
	}
	failure := asProviderError(line.Provider, err)
	if len(failure.Lost) > 0 || failure.FlagUnknown {
		// The only record of what the write may have lost.
		c.Snapshot = failure.Snapshot
	}
	if failure.Kind != LostEntries || failure.Proof == nil || line.attempts() < maxRepairs {
		return Proof{}, failure, nil
	}
	// The flag is proven; entries that cannot be put back must not keep the line
	// from being held or given back for ever.
	line.Unrepaired = failure.Lost
	return *failure.Proof, nil, nil
}

// setFlag is Silencer.Silence or Silencer.Release.
type setFlag = func(ctx context.Context, id ConversationID, known Snapshot, keep Keep) (Proof, error)

// keepSnapshot stores what a conversation of the line has to hold, for the process that
// goes on if this one dies before it has read back what its write has done.
func (s *Service) keepSnapshot(ctx context.Context, line LineID, conv ConversationID, snap Snapshot) error {
	_, err := s.change(ctx, line, func(l Line) Step {
		l.Covered = slices.Clone(l.Covered)
		for i := range l.Covered {
			if l.Covered[i].ID == conv {
				l.Covered[i].Snapshot = snap
			}
		}
		return Step{Line: l, Save: true}
	})
	if err != nil {
		return fmt.Errorf("keep the conversation's entries: %w", err)
	}
	return nil
}

// readAgain reads the flags once more that were read before the last write: "silent
// (checked 03:14:09)" speaks of all conversations of the line, and the last one was not
// silent when the first was read. It costs nothing where there is one. A flag that was
// switched elsewhere meanwhile keeps its old time: the comparison sees to it.
func (s *Service) readAgain(ctx context.Context, line *Line, proofs []Proof) {
	provider, _ := s.Providers.Named(line.Provider)
	checker, ok := provider.(Checker)
	if !ok || len(proofs) == 0 {
		return
	}
	last := proofs[len(proofs)-1].CheckedAt
	for i, c := range line.Covered {
		if !c.CheckedAt.Before(last) {
			continue
		}
		if silent, err := checker.Silenced(ctx, c.ID); err == nil && silent {
			line.Covered[i].CheckedAt = s.Now().UTC()
		}
	}
}

// note gives the hand-back's note to the AI, before it may answer. A note that the
// provider refuses for good does not keep the line from being given back.
func (s *Service) note(ctx context.Context, line *Line) *ProviderError {
	h := &line.HandBack
	if h.Note == "" || h.NoteDone || h.NoteFailed {
		return nil
	}
	provider, _ := s.Providers.Named(line.Provider)
	noter, ok := provider.(Noter)
	if !ok {
		h.NoteFailed = true
		return nil
	}
	err := noter.Note(ctx, line.Newest.ID, h.Key, h.Note)
	if err == nil {
		h.NoteDone = true
		return nil
	}
	failure := asProviderError(line.Provider, err)
	if failure.Kind == Refused || failure.Kind == Unsupported || failure.Kind == Gone {
		h.NoteFailed = true
		return nil
	}
	return failure
}

// record stores the outcome of an attempt, unless the line was changed meanwhile: then
// the outcome is of no interest and the new wish is worked.
func (s *Service) record(ctx context.Context, tried Line, proofs []Proof, failure *ProviderError) (again bool, err error) {
	var step Step
	var later time.Duration
	now := s.Now()
	err = s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		line, err := tx.Line(ctx, tried.ID)
		if err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		// A conversation that joined meanwhile is not in what was tried.
		again = line.State != tried.State || line.Ref != tried.Ref || line.Newest.ID != tried.Newest.ID
		if again {
			return nil
		}
		line.Covered, line.HandBack, line.Unrepaired = tried.Covered, tried.HandBack, tried.Unrepaired
		if failure == nil {
			step = line.Proven(proofs, now)
		} else {
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
