package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Post returns what is known of a post; ok is false if nothing was begun.
func (s *Store) Post(ctx context.Context, key string) (p takeover.Post, ok bool, err error) {
	p.Key = key
	err = s.db.Read().QueryRow(ctx, "SELECT channel, ts, drawn, extra FROM posts WHERE key = $1", key).
		Scan(&p.Channel, &p.TS, &p.Drawn, &p.Extra)
	if errors.Is(err, db.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("read a post: %w", err)
	}
	return p, true, nil
}

// PutPost remembers a post. A card's Drawn never goes back.
func (s *Store) PutPost(ctx context.Context, p takeover.Post) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO posts (key, channel, ts, drawn, extra, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, extra = excluded.extra, changed_at = excluded.changed_at,
			drawn = CASE WHEN excluded.drawn > posts.drawn THEN excluded.drawn ELSE posts.drawn END`,
			p.Key, p.Channel, p.TS, p.Drawn, p.Extra, millis(s.now()))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember a post: %w", err)
	}
	return nil
}

// DropPost forgets a post, so that it may be posted anew.
func (s *Store) DropPost(ctx context.Context, key string) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "DELETE FROM posts WHERE key = $1", key)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget a post: %w", err)
	}
	return nil
}

// CardAt returns the line whose card is this message; ok is false if it is none.
func (s *Store) CardAt(ctx context.Context, channel, ts string) (line takeover.LineID, ok bool, err error) {
	if ts == "" {
		return "", false, nil
	}
	var key string
	err = s.db.Read().QueryRow(ctx, "SELECT key FROM posts WHERE ts = $1 AND channel = $2 AND key LIKE 'card/%'", ts, channel).Scan(&key)
	if errors.Is(err, db.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("find a card: %w", err)
	}
	return takeover.LineID(strings.TrimPrefix(key, "card/")), true, nil
}

// PostsUnder returns the posts whose key begins with prefix and that were remembered
// since then, newest first, at most limit. prefix has none of SQL's wildcards.
func (s *Store) PostsUnder(ctx context.Context, prefix string, since time.Time, limit int) ([]takeover.Post, error) {
	posts, err := collect(ctx, s.db.Read(), func(row db.Row) (p takeover.Post, err error) {
		err = row.Scan(&p.Key, &p.Channel, &p.TS, &p.Drawn, &p.Extra)
		return p, err
	}, `SELECT key, channel, ts, drawn, extra FROM posts
		WHERE changed_at >= $1 AND key LIKE $2 ORDER BY changed_at DESC, key LIMIT $3`, millis(since), prefix+"%", limit)
	if err != nil {
		return nil, fmt.Errorf("list posts: %w", err)
	}
	return posts, nil
}
