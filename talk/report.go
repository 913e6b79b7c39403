package talk

import (
	"context"

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
