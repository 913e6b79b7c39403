package takeover

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	// syncOverlap is how far a list reaches back before the last one: what happened may
	// become visible late.
	syncOverlap = 30 * time.Second
	// syncBatch is how many changed conversations share a commit.
	syncBatch = 50
)

// SyncProviders looks for what changed at the providers until ctx ends. At each tick one of
// all replicas does it.
func (s *Service) SyncProviders(ctx context.Context) {
	s.eachTick(ctx, "changes", s.SyncOnce)
}

// eachTick does something at each tick until ctx ends.
func (s *Service) eachTick(ctx context.Context, what string, do func(context.Context) error) {
	for ctx.Err() == nil {
		began := time.Now()
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "provider not asked", "for", what, "err", err)
		}
		// The time that it took is part of the tick: many held lines make it no longer.
		s.Wait(ctx, max(SyncTick-time.Since(began), SyncTick/10))
	}
}

// eachSilencer does something with each provider that can be silenced and needs it, one after
// another. The lease is not given back: until it ends, no replica does the same. It ends a little before
// the next tick, which would come too early otherwise. A provider that asks for a rest gets it. turn
// is when the lease was given, by the database's clock.
func (s *Service) eachSilencer(ctx context.Context, what string,
	needs func(ctx context.Context, name string) (bool, error), do func(ctx context.Context, name string, p Silencer, turn time.Time) error) error {
	var errs []error
	for _, p := range s.Providers {
		silencer, ok := p.(Silencer)
		if !ok {
			continue
		}
		if needed, err := needs(ctx, p.Name()); err != nil || !needed {
			errs = append(errs, err)
			continue
		}
		key := TurnPrefix + what + "/" + p.Name()
		lease, ok, err := s.Store.Lease(ctx, key, SyncTick*9/10)
		if err == nil && ok {
			err = do(ctx, p.Name(), silencer, lease.At)
		}
		if pe, limited := errors.AsType[*ProviderError](err); limited && pe.RetryAfter > 0 {
			lease.Release()
			_, _, leaseErr := s.Store.Lease(ctx, key, min(pe.RetryAfter, maxRest))
			err = errors.Join(err, leaseErr)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// syncName names the cursor of a provider's list of changes.
func syncName(provider string) string { return TurnPrefix + provider }

// beginSync has the list of changes begin anew with the next takeover, where no line was
// attended: what happened meanwhile is in no list that anyone needs.
func (s *Service) beginSync(ctx context.Context, tx Tx, provider string) error {
	attended, err := tx.Attended(ctx, provider)
	if err != nil || attended {
		return err
	}
	cursor, err := tx.Cursor(ctx, syncName(provider))
	if err != nil || cursor.IsZero() {
		return err
	}
	_, err = tx.MoveCursor(ctx, syncName(provider), cursor, ProviderTime{})
	return err
}

// SyncOnce asks each provider once what changed, unless another replica has just done so.
func (s *Service) SyncOnce(ctx context.Context) error {
	return s.eachSilencer(ctx, "changes", s.Store.Attended, s.listChanges)
}

// listChanges asks once for what changed in all conversations, whatever the number of lines.
func (s *Service) listChanges(ctx context.Context, provider string, p Silencer, _ time.Time) error {
	name := syncName(provider)
	cursor, err := s.Store.Cursor(ctx, name)
	if err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	if cursor.IsZero() {
		return nil // it begins with the list of the first takeover
	}
	list, err := p.Changes(ctx, cursor.Add(-syncOverlap))
	if err != nil {
		return fmt.Errorf("list what changed: %w", err)
	}
	for i := range list.Conversations {
		list.Conversations[i].Provider = provider
		list.Conversations[i] = s.owned(list.Conversations[i])
	}
	for convs := range slices.Chunk(list.Conversations, syncBatch) {
		if err := s.noticeAll(ctx, convs, list.AsOf); err != nil {
			return fmt.Errorf("store what changed: %w", err)
		}
	}
	if list.AsOf.IsZero() || list.AsOf.Equal(cursor) {
		return nil
	}
	// Only now: a list that was not stored whole is asked for again. A cursor that was moved
	// back meanwhile stays: the next list begins there.
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		if list.More || list.AsOf.Before(cursor) { // or the provider's clock was turned back
			s.Log.WarnContext(ctx, "the list of changes is not whole: each line is compared", "provider", provider, "conversations", len(list.Conversations))
			if err := tx.CompareAll(ctx, provider, s.Now()); err != nil {
				return err
			}
		}
		_, err := tx.MoveCursor(ctx, name, cursor, list.AsOf)
		return err
	})
}

// noticeAll stores what follows from changed conversations. Most are of lines that are not
// attended: only what changes something costs a write.
func (s *Service) noticeAll(ctx context.Context, convs []Conversation, asOf ProviderTime) error {
	var mine []Conversation
	for _, c := range convs {
		line, err := s.Store.AttendedOf(ctx, c.Provider, c.EndUser, c.Agent)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case errors.Is(err, ErrBadRow):
			s.leftOut(ctx, c, err)
			continue
		case err != nil:
			return err
		}
		if s.notice(line, c, asOf).Save {
			mine = append(mine, c)
		}
	}
	if len(mine) == 0 {
		return nil
	}
	err := s.noticeSome(ctx, mine, asOf)
	if !errors.Is(err, ErrBadRow) {
		return err
	}
	for _, c := range slices.Backward(mine) { // each alone: the bad one stops no other
		err := s.noticeSome(ctx, []Conversation{c}, asOf)
		if errors.Is(err, ErrBadRow) {
			s.leftOut(ctx, c, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

// leftOut tells that what a conversation's change means could not be stored.
func (s *Service) leftOut(ctx context.Context, c Conversation, err error) {
	s.Log.ErrorContext(ctx, "a changed conversation was left out", "provider", c.Provider, "conversation", c.ID, "err", err)
	s.BadRow("change")
}

// noticeSome stores what follows from changed conversations, in one transaction.
func (s *Service) noticeSome(ctx context.Context, convs []Conversation, asOf ProviderTime) error {
	return s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		for _, c := range slices.Backward(convs) { // the newest joins last
			line, err := tx.LineOf(ctx, c.Provider, c.EndUser, c.Agent)
			if err != nil {
				return err
			}
			if step := s.notice(line, c, asOf); step.Save {
				if err := s.store(ctx, tx, step); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// notice is the step that follows from a listed conversation of an attended line.
func (s *Service) notice(line Line, c Conversation, asOf ProviderTime) Step {
	switch {
	case !line.Attended():
		return Step{Line: line}
	case line.Covers(c.ID):
		return line.Changed(c, asOf, s.Now())
	case line.Taken():
		return line.Joined(c, asOf, s.Now())
	default:
		return line.Renewed(c, s.Now())
	}
}
