package store

import (
	"context"
	"time"

	"takeoverbot/takeover"
)

// Shown returns how far a thread shows a conversation; ok is false if it shows nothing.
func (s *Store) Shown(
	ctx context.Context, line takeover.LineID, conv takeover.ConversationID,
) (r takeover.Shown, ok bool, err error) {
	r.Line, r.Conversation = line, conv
	var last, first, until int64
	ok, err = row(ctx, s.q, "read what a thread shows",
		`SELECT card, last_key, last_at, first_key, first_at, until_key, until_at
		FROM shown WHERE line = $1 AND conversation = $2`,
		[]any{string(line), string(conv)}, &r.Card, &r.Last.Key, &last, &r.First.Key, &first, &r.Until.Key, &until)
	r.Last.At, r.First.At, r.Until.At = fromNanos(last), fromNanos(first), fromNanos(until)
	return r, ok, err
}

// PutShown stores how far a thread shows a conversation. It is durable when it returns.
func (s *Store) PutShown(ctx context.Context, r takeover.Shown) error {
	return s.write(ctx, "store what a thread shows", `INSERT INTO shown
		(line, conversation, card, last_key, last_at, first_key, first_at, until_key, until_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (line, conversation) DO UPDATE SET card = excluded.card,
		last_key = excluded.last_key, last_at = excluded.last_at, first_key = excluded.first_key,
		first_at = excluded.first_at, until_key = excluded.until_key, until_at = excluded.until_at,
		changed_at = excluded.changed_at`,
		string(r.Line), string(r.Conversation), r.Card, r.Last.Key, nanos(r.Last.At), r.First.Key, nanos(r.First.At),
		r.Until.Key, nanos(r.Until.At), millis(s.now()))
}

// nanos are nanoseconds since 1970 UTC; 0 for the zero time.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
