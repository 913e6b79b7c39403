package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// ChangeBudget changes what all replicas have used of the limit with this key, one replica after
// another. now is the server's clock. PostgreSQL only: a process that has its database alone has
// nobody to share with.
func (s *Store) ChangeBudget(ctx context.Context, key string, change func(now time.Time, b *takeover.Budget)) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		var full, claimed, now int64
		var b takeover.Budget
		// The statement changes nothing: it locks the row, and reads the clock after that.
		err := tx.QueryRow(ctx, `INSERT INTO budgets (key) VALUES ($1) ON CONFLICT (key) DO UPDATE SET key = excluded.key
			RETURNING full_at, urgency, claimed, `+serverNow, key).Scan(&full, &b.Urgency, &claimed, &now)
		if err != nil {
			return err
		}
		b.Full, b.Claimed = fromMillis(full), fromMillis(claimed)
		change(fromMillis(now), &b)
		_, err = tx.Exec(ctx, "UPDATE budgets SET full_at = $2, urgency = $3, claimed = $4 WHERE key = $1",
			key, millis(b.Full), b.Urgency, millis(b.Claimed))
		return err
	})
	if err != nil {
		return fmt.Errorf("share a limit of Slack: %w", err)
	}
	return nil
}
