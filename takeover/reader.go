package takeover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
)

// Reading is what to read of a line.
type Reading struct {
	Line         LineID
	Conversation ConversationID // empty: the newest one; where Opened, it has to be known as the line's
	Messages     int            // how many of the newest messages; 0: all
	// Opened says that an operator asked for it: a takeover will cover the conversation, and
	// the line gets a new version, so that its card is drawn anew.
	Opened bool
}

// Read reads a conversation of a line, stores what follows from it, and returns the line
// and the messages. The error is a *ProviderError where the provider fails; the line is
// then as it was stored, opened if that was asked for. It is ErrForeign where the conversation is
// not known as the line's: an id comes from a button, and nothing may be read or covered because
// of a forged one.
func (s *Service) Read(ctx context.Context, r Reading) (Line, Transcript, error) {
	line, err := s.Store.Line(ctx, r.Line)
	if err != nil {
		return Line{}, Transcript{}, fmt.Errorf("load the line: %w", err)
	}
	id := cmp.Or(r.Conversation, line.Newest.ID)
	if r.Opened {
		if mine, err := s.isOf(ctx, line, id); err != nil || !mine {
			return line, Transcript{}, cmp.Or(err, ErrForeign)
		}
	}
	t, err := s.transcript(ctx, line.Provider, id, r.Messages)
	if failure, ok := errors.AsType[*ProviderError](err); ok {
		line, unstored := s.change(ctx, r.Line, func(l Line) Step {
			if !r.Opened || failure.Kind == Gone {
				return l.Unread(failure, s.Now())
			}
			// What cannot be read can be taken over all the same.
			step := l.opened(id).Unread(failure, s.Now())
			step.Save = true
			if id == l.Newest.ID {
				step.Line.Recent.Failed = &Trouble{Kind: failure.Kind, Status: failure.Status}
			}
			return step
		})
		return line, Transcript{}, cmp.Or(unstored, err)
	}
	if err != nil {
		return line, Transcript{}, err
	}
	if t, err = s.withTexts(ctx, line, id, t); err != nil {
		return line, Transcript{}, err
	}
	line, err = s.change(ctx, r.Line, func(l Line) Step {
		if r.Opened {
			l = l.opened(id)
		}
		step := l.Read(id, t, s.Now())
		can := s.abilities(step.Line.conversation()) // it may just have ended
		step.Save = step.Save || r.Opened || !l.Can.Equal(can)
		step.Line.Can = can
		return step
	})
	if err != nil {
		return line, t, fmt.Errorf("store what was read: %w", err)
	}
	return line, t, nil
}

// opened is the line with a conversation that an operator looks at: a takeover covers it, and the
// newest.
func (l Line) opened(id ConversationID) Line {
	if l.State == StateAI && !l.Covers(id) {
		n := min(1, len(l.Covered))
		l.Covered = slices.Concat(l.Covered[:n], inCare(l.Covered[n:]), []Covered{{ID: id}})
	}
	return l
}

// isOf reports whether a conversation is known to be the line's.
func (s *Service) isOf(ctx context.Context, line Line, id ConversationID) (bool, error) {
	if id == line.Newest.ID || line.Covers(id) {
		return true, nil
	}
	mine, err := s.Store.Knows(ctx, line.ID, id)
	if err != nil {
		return false, fmt.Errorf("look whose conversation it is: %w", err)
	}
	return mine, nil
}

// transcript reads the newest n messages of a conversation.
func (s *Service) transcript(ctx context.Context, provider string, id ConversationID, n int) (Transcript, error) {
	p, err := s.provider(provider)
	if err != nil {
		return Transcript{}, err
	}
	return p.Transcript(ctx, id, n)
}

// withTexts is a transcript with what the bot knows of the line's texts. They are read after the
// transcript: each text that it shows, and that the bot has sent or was told of, is among them.
func (s *Service) withTexts(ctx context.Context, line Line, id ConversationID, t Transcript) (Transcript, error) {
	texts, err := s.Store.Texts(ctx, line.ID)
	if err != nil || len(texts) == 0 {
		return t, err
	}
	var since ProviderTime
	if i := line.covered(id); i >= 0 && line.Taken() {
		since = line.Covered[i].Before
	}
	t, appended := t.with(id, since, texts)
	if !appended {
		return t, nil
	}
	return t, s.Store.Change(ctx, func(ctx context.Context, tx Tx) error {
		name := AppendedName(line.Provider)
		if known, err := tx.Cursor(ctx, name); err != nil || !known.IsZero() {
			return err
		}
		_, err := tx.MoveCursor(ctx, name, ProviderTime{}, ProviderTime(s.Now()))
		return err
	})
}
