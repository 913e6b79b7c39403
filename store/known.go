package store

import (
	"context"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

const knownColumns = "SELECT key, body, at FROM slack_known "

// Known returns what Slack said last of something; ok is false if nothing is known.
func (s *Store) Known(ctx context.Context, key string) (k takeover.Known, ok bool, err error) {
	all, err := s.known(ctx, "WHERE key = $1", key)
	if err != nil || len(all) == 0 {
		return k, false, err
	}
	return all[0], true, nil
}

// KnownSince returns what Slack said at that time or later, the newest first, and at most limit
// rows.
func (s *Store) KnownSince(ctx context.Context, since time.Time, limit int) ([]takeover.Known, error) {
	return s.known(ctx, "WHERE at >= $1 ORDER BY at DESC LIMIT $2", millis(since), limit)
}

func (s *Store) known(ctx context.Context, where string, args ...any) ([]takeover.Known, error) {
	return collect(ctx, s.q, "read what is known of people", func(row db.Row) (k takeover.Known, err error) {
		var at int64
		err = row.Scan(&k.Key, &k.Body, &at)
		k.At = fromMillis(at)
		return k, err
	}, knownColumns+where, args...)
}

// PutKnown stores what Slack said last of something.
func (s *Store) PutKnown(ctx context.Context, k takeover.Known) error {
	return s.write(ctx, "store what is known of people", `INSERT INTO slack_known (key, body, at) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET body = excluded.body, at = excluded.at`, k.Key, k.Body, millis(k.At))
}
