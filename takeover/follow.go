package takeover

import (
	"context"
	"fmt"
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
