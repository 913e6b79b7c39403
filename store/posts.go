package store

import (
	"context"
	"time"

	"takeoverbot/takeover"
)

// Post returns what is known of a post; ok is false if it was never begun.
func (s *Store) Post(ctx context.Context, key string) (p takeover.Post, ok bool, err error) {
	p.Key = key
	var begun int64
	ok, err = row(ctx, s.q, "read a post", "SELECT channel, ts, begun, file FROM posts WHERE key = $1", []any{key},
		&p.Channel, &p.TS, &begun, &p.File)
	p.Begun = fromMillis(begun)
	return p, ok, err
}

// PutPost stores a post. It is durable when it returns.
func (s *Store) PutPost(ctx context.Context, p takeover.Post) error {
	return s.write(ctx, "store a post", `INSERT INTO posts (key, channel, ts, begun, file, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, begun = excluded.begun,
		file = excluded.file, changed_at = excluded.changed_at`,
		p.Key, p.Channel, p.TS, millis(p.Begun), p.File, millis(s.now()))
}

// DropPost forgets a post, so that it may be posted anew.
func (s *Store) DropPost(ctx context.Context, key string) error {
	return s.write(ctx, "forget a post", "DELETE FROM posts WHERE key = $1", key)
}

// DirectMessage returns a direct message; ok is false if there is none.
func (s *Store) DirectMessage(ctx context.Context, key string) (d takeover.DirectMessage, ok bool, err error) {
	d.Key = key
	var written int64
	ok, err = row(ctx, s.q, "read a direct message",
		"SELECT channel, ts, written FROM direct_messages WHERE key = $1", []any{key}, &d.Channel, &d.TS, &written)
	if ok {
		d.Written = time.UnixMicro(written).UTC()
	}
	return d, ok, err
}

// PutDirectMessage stores a direct message.
func (s *Store) PutDirectMessage(ctx context.Context, d takeover.DirectMessage) error {
	return s.write(ctx, "store a direct message", `
		INSERT INTO direct_messages (key, channel, ts, written, changed_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, written = excluded.written,
		changed_at = excluded.changed_at`,
		d.Key, d.Channel, d.TS, d.Written.UnixMicro(), millis(s.now()))
}
