package takeover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// compareBatch is how many lines are compared in a tick at most; beyond that in turn.
	compareBatch = 20
	// compareAtOnce is how many of them are read at the same time.
	compareAtOnce = 8
	// compareTime bounds the comparison of one line.
	compareTime = 8 * time.Second
	// comparePause is how soon a line that could not be compared has its turn again; it
	// grows with the time since the last comparison, up to CompareEvery.
	comparePause = 5 * time.Second
)

// CompareProviders compares the flags of lines with the providers until ctx ends. At each
// tick one of all replicas does it. It never keeps the look for new conversations waiting.
func (s *Service) CompareProviders(ctx context.Context) {
	s.eachTick(ctx, "flags", s.CompareOnce)
}

// CompareOnce compares the lines whose turn it is, unless another replica does so.
func (s *Service) CompareOnce(ctx context.Context) error {
	due := func(ctx context.Context, name string) (bool, error) {
		lines, _, err := s.Store.ToCompare(ctx, name, s.Now(), 1)
		return len(lines) > 0, err
	}
	return s.eachSilencer(ctx, "compare", due, func(ctx context.Context, name string, p Silencer, turn time.Time) error {
		lines, all, err := s.Store.ToCompare(ctx, name, s.Now(), compareBatch)
		if err != nil {
			return fmt.Errorf("look for what to compare: %w", err)
		}
		// With more lines than the ticks of a minute can compare, a proof lives longer.
		fresh := max(ProofFresh, 2*SyncTick*time.Duration(all/compareBatch))
		var mu sync.Mutex
		var errs []error
		var wg sync.WaitGroup
		slots := make(chan struct{}, compareAtOnce)
		for _, line := range lines {
			slots <- struct{}{}
			wg.Go(func() {
				defer func() { <-slots }()
				if err := s.compareOne(ctx, p, line, fresh, turn); err != nil {
					mu.Lock()
					defer mu.Unlock()
					errs = append(errs, fmt.Errorf("compare line %s: %w", line.ID, err))
				}
			})
		}
		wg.Wait()
		return errors.Join(errs...)
	})
}

// compareOne compares one line, and stores what follows. A failure costs the line its turn,
// and no other line. turn is when the comparisons began, by the database's clock.
func (s *Service) compareOne(ctx context.Context, p Silencer, line Line, fresh time.Duration, turn time.Time) error {
	at := s.notAhead(s.Now(), turn)
	line, _ = line.inTime(s.Now())
	looking, cancel := context.WithTimeout(ctx, compareTime)
	step, err := s.look(looking, p, line, at)
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	next := s.Now().Add(SyncTick)
	if err != nil {
		failure := asProviderError(line.Provider, err)
		step = func(l Line) Step { return l.Unchecked(failure, fresh, s.Now()) }
		next = s.afterFailure(line)
	}
	if step == nil {
		aged := line.Taken() && at.Sub(line.silentAsOf()).Abs() > fresh
		as := Comparison{At: at, Turn: turn, Before: line.ComparedAt, Aged: aged}
		step = func(l Line) Step { return l.ReadAgain(as, s.Now()) }
		line.ComparedAt = line.comparedAt(at)
		if unstored := s.Store.Compared(ctx, line.ID, line.ComparedAt, line.CompareAt()); unstored != nil {
			return unstored
		}
	} else if unstored := s.Store.CompareLater(ctx, line.ID, next); unstored != nil {
		return errors.Join(err, unstored)
	}
	_, unstored := s.change(ctx, line.ID, func(l Line) Step {
		if l.State != line.State || l.Ref != line.Ref || !l.checkedLike(line) {
			return Step{Line: l} // it went on meanwhile: the next comparison sees
		}
		return step(l)
	})
	return errors.Join(err, unstored)
}

// maxAhead is how far a reading may be dated after the time that the database told before it.
const maxAhead = time.Minute

// notAhead is the time of a reading, the database having told its own time shortly before. A clock
// that is far ahead must not date a proof in the future: it would count as fresh when its time
// comes, and much may have changed until then.
func (s *Service) notAhead(at, database time.Time) time.Time {
	if s.Turned != nil {
		database = database.Add(s.Turned())
	}
	if at.Sub(database) > maxAhead {
		return database
	}
	return at
}

// afterFailure is when a line that could not be compared is compared again: the pause grows
// with the age of the proof.
func (s *Service) afterFailure(line Line) time.Time {
	now := s.Now()
	return now.Add(min(max(now.Sub(later(line.silentAsOf(), line.Since))/4, comparePause), CompareEvery))
}

// checkedLike reports whether nothing was proven anew since o was loaded: what was read
// then is not older than the bot's last write.
func (l Line) checkedLike(o Line) bool {
	if len(l.Covered) != len(o.Covered) {
		return false
	}
	for i, c := range l.Covered {
		if c.ID != o.Covered[i].ID || !c.CheckedAt.Equal(o.Covered[i].CheckedAt) {
			return false
		}
	}
	return true
}

// look lists the line's conversations and reads their flags. It returns what follows from
// that; nil where all is as the line wants it. A conversation that cannot be read hides no other.
func (s *Service) look(ctx context.Context, p Silencer, line Line, at time.Time) (func(Line) Step, error) {
	flags, joins, err := s.flags(ctx, p, line, at)
	if err != nil || joins != nil {
		return joins, err
	}
	wanted, _ := line.wantsSilence()
	var failed error
	for _, c := range line.Covered {
		left := !c.LeftAt.IsZero()
		if left && wanted {
			continue
		}
		silent, read := flags[c.ID]
		var err error
		if !read {
			silent, err = p.Silenced(ctx, c.ID)
		}
		switch {
		case isGone(err) && (!wanted || c.ID != line.Answering()):
			return func(l Line) Step { return l.Gone(c.ID, s.Now()) }, nil
		case err != nil:
			failed = cmp.Or(failed, err)
		case silent != wanted && !left:
			return func(l Line) Step { return l.ReadOtherwise(c.ID, s.Now()) }, nil
		case silent == wanted && left:
			return func(l Line) Step { return l.backOn(c.ID, s.Now()) }, nil
		}
	}
	return nil, failed
}

// flags are those that the list of the line's conversations has. joins is what follows where
// the list has a conversation or a phone call that the takeover does not know. Of an anonymous end user
// nothing tells another conversation.
func (s *Service) flags(ctx context.Context, p Silencer, line Line, at time.Time) (map[ConversationID]bool, func(Line) Step, error) {
	if s.alone(line) {
		return nil, nil, nil
	}
	list, err := s.listed(ctx, p, line)
	if err != nil {
		return nil, nil, err
	}
	if step := line.Listed(list, at); step.Settle || len(step.Entries) > 0 {
		return nil, func(l Line) Step { return l.Listed(list, at) }, nil
	}
	flags := make(map[ConversationID]bool, len(list.Conversations))
	for _, c := range list.Conversations {
		flags[c.ID] = c.AIDisabled
	}
	return flags, nil, nil
}

// pairMost is how many conversations of a line are listed: more than a takeover covers, so
// that the card can say how many are left out.
const pairMost = 50

// listed lists the line's conversations.
func (s *Service) listed(ctx context.Context, p Silencer, line Line) (Listing, error) {
	list, err := p.Conversations(ctx, line.EndUser, line.Agent, pairMost)
	if err != nil {
		failure := asProviderError(line.Provider, err)
		failure.Unlisted = true
		return Listing{}, failure
	}
	for i := range list.Conversations {
		list.Conversations[i].Provider = line.Provider
	}
	return list, nil
}
