package talk

import (
	"context"
	"errors"
	"fmt"

	"takeoverbot/takeover"
)

// Report takes note of what the provider reports of a text, in any order and however often. A
// report of a text whose receipt is not stored yet waits for it.
func (s *Service) Report(ctx context.Context, tx Tx, r takeover.SendReport) error {
	t, ok, err := tx.TextOf(ctx, r)
	if err != nil {
		return err
	}
	if !ok {
		return tx.Park(ctx, r)
	}
	after, changed := t.Reported(r)
	if !changed {
		return nil
	}
	return s.settle(ctx, tx, t, after)
}

// received takes note of what an end user wrote, as the provider reports it at once. Of a line that
// nobody attends or watches nothing but the wish not to be texted is kept. Else the AI's
// conversation is read now, and shows the text even if the provider does not put it there.
func (s *Service) received(ctx context.Context, tx Tx, seq int64, c takeover.Command) error {
	in := *c.Inbound
	line, err := tx.LineOf(ctx, c.Provider, in.From, in.To)
	if errors.Is(err, takeover.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load the line: %w", err)
	}
	if in.OptOut != takeover.OptUnchanged {
		if err := s.Takeover.Follows(ctx, tx, line.OptOut(in.OptOut == takeover.OptedOut, c.Key, c.At)); err != nil {
			return err
		}
	}
	if !line.Attended() && !line.Watched() {
		return nil
	}
	conv := line.Answering()
	if err := tx.PutReceived(ctx, line.ID, takeover.LineText{Key: c.Key, By: takeover.RoleEndUser, Text: in.Text, At: in.At, In: conv}); err != nil {
		return err
	}
	jobs := []takeover.Job{takeover.FollowJob{Line: line.ID, Conversation: conv}}
	for file := range min(len(in.Media), MaxPictures+1) {
		jobs = append(jobs, PictureJob{Line: line.ID, Command: seq, File: file})
	}
	return tx.Enqueue(ctx, jobs...)
}
