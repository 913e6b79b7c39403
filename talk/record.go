package talk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/takeover"
)

// recordAgain is how long a provider that fails is left alone.
const recordAgain = 10 * time.Second

// lookMessages is how many messages are read to see whether the provider has put a text into the
// conversation by itself.
const lookMessages = 20

// Record tells the AI of a text that was sent, so that it knows after the hand-back what was
// said. The text's id makes that repeatable. A provider may do so by itself, which is not
// documented: the bot looks after the first text, and whenever it reads a conversation, and stops
// recording where it does.
func (s *Service) Record(ctx context.Context, job RecordJob) error {
	r, err := s.toRecord(ctx, job)
	if err != nil || r.Recorder == nil {
		return err
	}
	if r.first {
		_, _, err := s.Takeover.Read(ctx, takeover.Reading{Line: r.line.ID, Conversation: r.text.Conversation, Messages: lookMessages})
		if failure, ok := errors.AsType[*takeover.ProviderError](err); ok && failure.Transient() {
			return takeover.Later(recordAgain, err.Error())
		} else if err != nil && !ok {
			return fmt.Errorf("look whether the AI knows it: %w", err)
		}
		if r, err = s.toRecord(ctx, job); err != nil || r.Recorder == nil {
			return err
		}
	}
	err = r.Record(ctx, r.text.Conversation, string(r.text.ID), r.text.Told())
	if failure, ok := errors.AsType[*takeover.ProviderError](err); ok && !failure.Transient() {
		s.Log.WarnContext(ctx, "the AI was not told what a person said", "line", r.line.ID, "text", r.text.ID, "err", err)
		return nil
	}
	if err != nil {
		return takeover.Later(recordAgain, err.Error())
	}
	return s.recorded(ctx, r)
}

// recorded notes that the AI was told of a text.
func (s *Service) recorded(ctx context.Context, r recording) error {
	return s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) error {
		if r.first {
			if _, err := tx.MoveCursor(ctx, takeover.RecordedName(r.line.Provider), takeover.ProviderTime{}, takeover.ProviderTime(s.Now())); err != nil {
				return err
			}
		}
		now, ok, err := tx.Text(ctx, r.text.ID)
		if err != nil || !ok {
			return err
		}
		now.Recorded = true
		return tx.PutText(ctx, now)
	})
}

// recording is a text that the AI is to be told of.
type recording struct {
	takeover.Recorder // nil where nothing is to be done
	text              Text
	line              takeover.Line
	first             bool // no text of the provider was recorded yet
}

// toRecord loads what is to be recorded.
func (s *Service) toRecord(ctx context.Context, job RecordJob) (r recording, err error) {
	err = s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) (err error) {
		r = recording{}
		var ok bool
		if r.text, ok, err = tx.Text(ctx, job.Text); err != nil || !ok || r.text.Recorded || !arrived(r.text.State) {
			return err
		}
		if r.line, err = tx.Line(ctx, r.text.Line); err != nil {
			return err
		}
		appended, err := tx.Cursor(ctx, takeover.AppendedName(r.line.Provider))
		if err != nil || !appended.IsZero() {
			return err
		}
		recorded, err := tx.Cursor(ctx, takeover.RecordedName(r.line.Provider))
		p, _ := s.Providers.Named(r.line.Provider)
		r.first = recorded.IsZero() && r.text.Words != "" // by a picture alone it cannot be seen
		r.Recorder, _ = p.(takeover.Recorder)
		return err
	})
	if err != nil {
		return recording{}, fmt.Errorf("load the text: %w", err)
	}
	return r, nil
}
