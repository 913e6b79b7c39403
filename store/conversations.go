package store

import (
	"context"
	"fmt"

	"takeoverbot/takeover"
)

// Knows says whether a conversation was found as one of the line's, or is shown in its thread.
func (r reader) Knows(ctx context.Context, line takeover.LineID, id takeover.ConversationID) (bool, error) {
	return row(ctx, r.q, "look whose conversation it is", `SELECT 1 FROM conversations WHERE line = $1 AND id = $2
		UNION ALL SELECT 1 FROM shown WHERE line = $1 AND conversation = $2 LIMIT 1`, []any{string(line), string(id)}, new(int64))
}

// Learn remembers that a conversation is one of the line's. One that is known costs no write.
func (t *storeTx) Learn(ctx context.Context, line takeover.LineID, id takeover.ConversationID) error {
	if known, err := t.Knows(ctx, line, id); err != nil || known {
		return err
	}
	_, err := t.tx.Exec(ctx, "INSERT INTO conversations (line, id, found_at) VALUES ($1, $2, $3) ON CONFLICT (line, id) DO NOTHING",
		string(line), string(id), millis(t.store.now()))
	if err != nil {
		return fmt.Errorf("store a conversation of a line: %w", err)
	}
	return nil
}
