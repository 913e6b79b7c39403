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

// Record tells the AI of a text that was sent, so that it knows after the hand-back what was
// said. The text's id makes that repeatable.
func (s *Service) Record(ctx context.Context, job RecordJob) error {
	var t Text
	var line takeover.Line
	err := s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) (err error) {
		var ok bool
		if t, ok, err = tx.Text(ctx, job.Text); err != nil || !ok {
			return err
		}
		line, err = tx.Line(ctx, t.Line)
		return err
	})
	if err != nil {
		return fmt.Errorf("load the text: %w", err)
	}
	p, _ := s.Providers.Named(line.Provider)
	recorder, ok := p.(takeover.Recorder)
	if !ok || t.Recorded || !arrived(t.State) {
		return nil
	}
	err = recorder.Record(ctx, t.Conversation, string(t.ID), t.Words)
	if failure, ok := errors.AsType[*takeover.ProviderError](err); ok && !failure.Transient() {
		s.Log.WarnContext(ctx, "the AI was not told what a person said", "line", line.ID, "text", t.ID, "err", err)
		return nil
	}
	if err != nil {
		return takeover.Later(recordAgain, err.Error())
	}
	return s.Store.ChangeTexts(ctx, func(ctx context.Context, tx Tx) error {
		now, ok, err := tx.Text(ctx, t.ID)
		if err != nil || !ok {
			return err
		}
		now.Recorded = true
		return tx.PutText(ctx, now)
	})
}
