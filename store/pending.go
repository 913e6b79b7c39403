package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Awaited returns at most limit people on whom stored commands wait, and whose turn to be looked
// up has come, the longest overdue first.
func (s *Store) Awaited(ctx context.Context, limit int) ([]takeover.OperatorID, error) {
	return collect(ctx, s.q, "list on whom commands wait", scanText[takeover.OperatorID],
		`SELECT awaits FROM inbox WHERE worked_at = 0 AND awaits <> '' GROUP BY awaits
		HAVING min(next_at) <= $1 ORDER BY min(next_at), min(seq) LIMIT $2`, millis(s.now()), limit)
}

// Awaiting returns the commands that wait until it is known what a person may do, the oldest first.
func (s *Store) Awaiting(ctx context.Context, by takeover.OperatorID) ([]takeover.Pending, error) {
	return collect(ctx, s.q, "list what waits for a person", func(row db.Row) (p takeover.Pending, err error) {
		var body string
		if err = row.Scan(&p.Seq, &body); err != nil {
			return p, err
		}
		if err = json.Unmarshal([]byte(body), &p.Command); err != nil {
			err = fmt.Errorf("decode command %d: %w", p.Seq, err)
		}
		return p, err
	}, "SELECT seq, body FROM inbox WHERE worked_at = 0 AND awaits = $1 ORDER BY seq", string(by))
}

// Checked lets a command that waited take effect, as it is now. It counts as received now: it is not
// late because Slack was.
func (s *Store) Checked(ctx context.Context, p takeover.Pending) error {
	body, err := json.Marshal(p.Command)
	if err != nil {
		return fmt.Errorf("encode the command: %w", err)
	}
	return s.write(ctx, "let a command take effect",
		"UPDATE inbox SET body = $1, awaits = '', next_at = 0, received_at = $3 WHERE seq = $2 AND awaits <> ''",
		string(body), p.Seq, millis(s.now()))
}

// CheckLater has a command that waits be looked at again after a while. The first time, its
// operator is told in private what it waits for.
func (s *Store) CheckLater(ctx context.Context, seq int64, after time.Duration) error {
	next := millis(s.now().Add(after))
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE inbox SET next_at = $1 WHERE seq = $2 AND awaits <> '' AND next_at = 0", next, seq)
		if err != nil {
			return err
		}
		if n == 1 {
			untold := takeover.TellJob{Command: seq, Refusal: takeover.Refusal{Kind: takeover.RefusedUnknown}}
			return s.enqueue(ctx, tx, []takeover.Job{untold})
		}
		_, err = tx.Exec(ctx, "UPDATE inbox SET next_at = $1 WHERE seq = $2 AND awaits <> ''", next, seq)
		return err
	})
	if err != nil {
		return fmt.Errorf("have a command wait: %w", err)
	}
	return nil
}
