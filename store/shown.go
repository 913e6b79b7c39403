package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"takeoverbot/takeover"
)

// Shown returns what a thread shows of a conversation; ok is false if it shows nothing.
func (s *Store) Shown(
	ctx context.Context, line takeover.LineID, conv takeover.ConversationID,
) (r takeover.Shown, ok bool, err error) {
	r.Line, r.Conversation = line, conv
	var keys, posting, burst string
	var whole int64
	ok, err = row(ctx, s.q, "read what a thread shows",
		"SELECT card, keys, whole, posting, burst FROM shown WHERE line = $1 AND conversation = $2",
		[]any{string(line), string(conv)}, &r.Card, &keys, &whole, &posting, &burst)
	r.Keys, r.Whole, r.Posting = strings.Fields(keys), whole == 1, strings.Fields(posting)
	if err == nil && burst != "" {
		err = json.Unmarshal([]byte(burst), &r.Burst)
	}
	return r, ok, err
}

// PutShown stores what a thread shows of a conversation. It is durable when it returns.
func (s *Store) PutShown(ctx context.Context, r takeover.Shown) error {
	burst := []byte{}
	if r.Burst.Post != "" {
		var err error
		if burst, err = json.Marshal(r.Burst); err != nil {
			return fmt.Errorf("encode what a thread shows: %w", err)
		}
	}
	return s.write(ctx, "store what a thread shows", `INSERT INTO shown
		(line, conversation, card, keys, whole, posting, burst, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (line, conversation) DO UPDATE SET card = excluded.card, keys = excluded.keys,
		whole = excluded.whole, posting = excluded.posting, burst = excluded.burst, changed_at = excluded.changed_at`,
		string(r.Line), string(r.Conversation), r.Card, strings.Join(r.Keys, " "), flag(r.Whole),
		strings.Join(r.Posting, " "), string(burst), millis(s.now()))
}
