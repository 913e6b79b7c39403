package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Size is how much the database holds of something.
type Size struct {
	What   string
	Rows   int64
	Oldest time.Time // UTC; zero where there is none, or its time is not kept
}

// Sizes counts what the database holds, for the operator.
func (s *Store) Sizes(ctx context.Context) ([]Size, error) {
	created := "CAST(strftime('%s', min(created_at)) AS BIGINT) * 1000"
	if s.db.Kind == db.Postgres {
		created = "CAST(extract(epoch FROM min(created_at)) * 1000 AS BIGINT)"
	}
	var all []Size
	for _, of := range []struct{ what, oldest, from string }{
		{"lines", "min(since)", "lines"},
		{"cards", "0", "cards"},
		{"commands that wait", "min(received_at)", fmt.Sprintf("inbox WHERE worked_at = 0 AND attempts < %d", maxAttempts)},
		{"commands put aside", "min(received_at)", fmt.Sprintf("inbox WHERE worked_at = 0 AND attempts >= %d", maxAttempts)},
		{"commands that were worked", "min(received_at)", "inbox WHERE worked_at > 0"},
		{"audit entries", "min(at)", "audit"},
		{"posts", "min(changed_at)", "posts"},
		{"direct messages", "min(changed_at)", "direct_messages"},
		{"threads", "min(changed_at)", "shown"},
		{"conversations found", "min(found_at)", "conversations"},
		{"Homes", "min(opened_at)", "homes"},
		{"pictures that are handed out", "0", "pictures"},
		{"jobs that wait or run", created, "river_job WHERE finalized_at IS NULL"},
		{"jobs given up", created, "river_job WHERE state = 'discarded'"},
	} {
		size, oldest := Size{What: of.what}, int64(0)
		if _, err := row(ctx, s.q, "count "+of.what, "SELECT count(*), coalesce("+of.oldest+", 0) FROM "+of.from, nil, &size.Rows, &oldest); err != nil {
			return nil, err
		}
		size.Oldest = fromMillis(oldest)
		all = append(all, size)
	}
	return all, nil
}

// Aside is a command that failed so often that it is tried no more.
type Aside struct {
	Seq      int64
	Verb     takeover.Verb // empty if the command cannot be read
	Received time.Time     // UTC
}

// AllAside returns the commands that were put aside, oldest first.
func (s *Store) AllAside(ctx context.Context) ([]Aside, error) {
	return collect(ctx, s.q, "list the commands put aside", func(row db.Row) (a Aside, err error) {
		var received int64
		var body string
		if err := row.Scan(&a.Seq, &received, &body); err != nil {
			return a, err
		}
		var c takeover.Command
		_ = json.Unmarshal([]byte(body), &c) // then its verb is not known
		a.Verb, a.Received = c.Verb, fromMillis(received)
		return a, nil
	}, "SELECT seq, received_at, body FROM inbox WHERE worked_at = 0 AND attempts >= $1 ORDER BY seq", maxAttempts)
}

// Retry has a command that was put aside be tried again, as often as a new one.
func (s *Store) Retry(ctx context.Context, seq int64) error {
	return s.write(ctx, "try a command again", "UPDATE inbox SET attempts = 0, next_at = 0 WHERE seq = $1 AND worked_at = 0 AND attempts >= $2",
		seq, maxAttempts)
}
