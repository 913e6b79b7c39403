package store

import (
	"context"
	"testing"
	"time"

	"takeoverbot/takeover"
)

func TestALineKnowsItsConversations(t *testing.T) {
	onBoth(t, func(b *base) {
		for range 2 { // found again
			b.change(func(ctx context.Context, tx takeover.Tx) error { return tx.Learn(ctx, "ln_1", "c1") })
		}
		if err := b.PutShown(b.Context(), takeover.Shown{Line: "ln_1", Conversation: "c2", Card: "17.1"}); err != nil {
			b.Fatal(err)
		}
		knows := func(line takeover.LineID, id takeover.ConversationID, want bool) {
			b.Helper()
			if got, err := b.Knows(b.Context(), line, id); err != nil || got != want {
				b.Errorf("%s knows %s: %t, %v", line, id, got, err)
			}
		}
		knows("ln_1", "c1", true)
		knows("ln_1", "c2", true) // its thread shows it
		knows("ln_1", "c3", false)
		knows("ln_2", "c1", false)
		b.clock.advance(time.Hour)
		if _, err := b.Purge(b.Context(), takeover.Retention{Audit: b.clock.Now()}); err != nil {
			b.Fatal(err)
		}
		knows("ln_1", "c1", false)
	})
}
