package takeover

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const (
	// listedFresh is how long a list of an end user's conversations counts as what there is.
	listedFresh = time.Minute
	// othersLimit is how many conversations of an end user are looked at for newer ones.
	othersLimit = 10
)

// catchUp makes sure that a takeover silences what began since the line was last looked
// up: a card may stand for hours before an operator presses its button. Where the list
// cannot be had, what is known is silenced all the same.
func (s *Service) catchUp(ctx context.Context, line Line) (Line, error) {
	if line.State != StateTaking || s.Now().Sub(line.ListedAt) < listedFresh {
		return line, nil
	}
	if err := s.joinOthers(ctx, line); err != nil {
		s.Log.WarnContext(ctx, "newer conversations not listed", "line", line.ID, "err", err)
		return line, nil
	}
	line, err := s.Store.Line(ctx, line.ID)
	if err != nil {
		return line, fmt.Errorf("load the line: %w", err)
	}
	return line, nil
}

// joinOthers looks for conversations of the line that are newer than the one that was
// taken over: they began after the search that found it.
func (s *Service) joinOthers(ctx context.Context, line Line) error {
	provider, err := s.provider(line.Provider)
	if err != nil || line.EndUser == "" || line.EndUser.Anonymous() {
		return err // nothing tells another conversation of an anonymous end user
	}
	found, err := provider.Find(ctx, Query{Field: FieldEndUser, Value: string(line.EndUser), Limit: othersLimit})
	if err != nil {
		return err
	}
	newer := line.newer(found.Conversations)
	err = s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		now, err := tx.Line(ctx, line.ID)
		if err != nil {
			return err
		}
		now.ListedAt = s.Now().UTC()
		if now, err = tx.Save(ctx, now); err != nil {
			return err
		}
		for _, c := range slices.Backward(newer) {
			step := now.Joined(c, s.Now())
			if !step.Save {
				continue
			}
			if err := s.store(ctx, tx, step); err != nil {
				return err
			}
			if now, err = tx.Line(ctx, line.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("join conversations: %w", err)
	}
	return nil
}

// newer are the conversations of the line, of a list that is newest first, which are newer
// than its newest one. A call that was before the takeover is not.
func (l Line) newer(listed []Conversation) []Conversation {
	var newer []Conversation
	for _, c := range listed {
		if c.ID == l.Newest.ID {
			break
		}
		past := c.Channel == ChannelCall && !c.newest().After(l.Takeover.ClaimedAt)
		if c.Agent == l.Agent && !past {
			newer = append(newer, c)
		}
	}
	return newer
}
