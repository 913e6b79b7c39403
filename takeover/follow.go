package takeover

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Lister is a provider that tells in one call what changed in all its conversations.
type Lister interface {
	// Changes lists the conversations whose last message was written at since or later,
	// newest first: one call, and a further one for each page that was full. complete
	// says that it reaches back to since; it stops after some pages.
	Changes(ctx context.Context, since time.Time) (convs []Conversation, complete bool, err error)
}

// Checker is a provider that tells of one conversation whether its AI is silenced.
type Checker interface {
	// Silenced reads the flag, in one call.
	Silenced(ctx context.Context, id ConversationID) (bool, error)
}

// Follow reads the newest n messages of a conversation and stores what follows from
// them. A job that is asked for later is a *LaterError, as is a provider that a moment
// may mend.
func (s *Service) Follow(ctx context.Context, job FollowJob, n int) (Line, Transcript, error) {
	if wait := job.From.Sub(s.Now()); wait > 0 {
		return Line{}, Transcript{}, Later(wait, "it is to be read later")
	}
	line, err := s.Store.Line(ctx, job.Line)
	if err != nil {
		return Line{}, Transcript{}, fmt.Errorf("load the line: %w", err)
	}
	id := job.Conversation
	if id == "" {
		id = line.Current
	}
	provider, err := s.provider(line.Provider)
	if err != nil {
		return line, Transcript{}, err
	}
	t, err := provider.Transcript(ctx, id, n)
	if err != nil {
		return line, Transcript{}, err
	}
	err = s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		if line, err = tx.Line(ctx, job.Line); err != nil {
			return fmt.Errorf("load the line: %w", err)
		}
		step := line.Hear(id, t, s.Now(), s.Rules)
		if !step.Save {
			return nil
		}
		line = step.Line
		return s.store(ctx, tx, step)
	})
	if err != nil {
		return line, t, fmt.Errorf("store what was heard: %w", err)
	}
	return line, t, nil
}

// listedFresh is how long a list of an end user's conversations counts as what there is.
const listedFresh = time.Minute

// catchUp makes sure that a takeover silences what began since the line was last looked
// up: a card may stand for hours before somebody presses its button. Where the list
// cannot be had, what is known is silenced all the same.
func (s *Service) catchUp(ctx context.Context, line Line) (Line, error) {
	if line.State != StateTaking || s.Now().Sub(line.ListedAt) < listedFresh {
		return line, nil
	}
	if err := s.joinOthers(ctx, line); err != nil {
		s.Log.WarnContext(ctx, "newer conversations not looked for", "line", line.ID, "err", err)
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
	if err != nil || line.EndUser == "" {
		return err
	}
	if line.EndUser.Anonymous() {
		return nil // nothing tells another conversation of theirs
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
			step := now.Join(c, s.Now())
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
// than the one it stands for. A call that is over is not.
func (l Line) newer(listed []Conversation) []Conversation {
	var newer []Conversation
	for _, c := range listed {
		if c.ID == l.Current {
			break
		}
		past := c.Channel == ChannelCall && !c.newest().After(l.ClaimedAt)
		if c.Agent == l.Agent && !past {
			newer = append(newer, c)
		}
	}
	return newer
}

// othersLimit is how many conversations of an end user are looked at for newer ones.
const othersLimit = 10
