package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// DueLines returns lines whose Line.Due has come, the longest overdue first.
func (s *Store) DueLines(ctx context.Context, now time.Time, limit int) ([]takeover.LineID, error) {
	rows, err := s.db.Read().Query(ctx, "SELECT id FROM lines WHERE due > 0 AND due <= $1 ORDER BY due LIMIT $2", millis(now), limit)
	if err != nil {
		return nil, fmt.Errorf("list due lines: %w", err)
	}
	defer rows.Close()
	var due []takeover.LineID
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("list due lines: %w", err)
		}
		due = append(due, takeover.LineID(id))
	}
	return due, rows.Err()
}

// Attended says whether any line of the provider is attended.
func (s *Store) Attended(ctx context.Context, provider string) (bool, error) {
	return attended(ctx, s.db.Read(), provider)
}

func attended(ctx context.Context, q db.Querier, provider string) (bool, error) {
	var one int64
	err := q.QueryRow(ctx, "SELECT 1 FROM lines WHERE provider = $1 AND attended = 1 LIMIT 1", provider).Scan(&one)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for attended lines: %w", err)
	}
	return true, nil
}

// AttendedOf returns the attended line of a pair, or takeover.ErrNotFound.
func (s *Store) AttendedOf(ctx context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	return oneLine(s.db.Read().QueryRow(ctx, lineColumns+"WHERE provider = $1 AND end_user = $2 AND agent = $3 AND attended = 1",
		provider, string(endUser), string(agent)))
}

// Uncompared returns held lines whose flag was not compared since before, the longest
// first.
func (s *Store) Uncompared(ctx context.Context, before time.Time, limit int) ([]takeover.Line, error) {
	return s.lines(ctx, "WHERE state = 'held' AND compared <= $1 ORDER BY compared LIMIT $2", millis(before), limit)
}

// Compared remembers that the flag of a line was seen as wanted. The line's version stays.
func (s *Store) Compared(ctx context.Context, id takeover.LineID, at time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE lines SET compared = $1 WHERE id = $2 AND compared < $1", millis(at), string(id))
		return err
	})
	if err != nil {
		return fmt.Errorf("store a comparison: %w", err)
	}
	return nil
}

// Cursor is how far a reader of a list has come; the zero time if it never began.
func (s *Store) Cursor(ctx context.Context, name string) (time.Time, error) {
	return cursor(ctx, s.db.Read(), name)
}

func cursor(ctx context.Context, q db.Querier, name string) (time.Time, error) {
	var at string
	err := q.QueryRow(ctx, "SELECT at FROM cursors WHERE name = $1", name).Scan(&at)
	if errors.Is(err, db.ErrNoRows) || err == nil && at == "" {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("read a cursor: %w", err)
	}
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return time.Time{}, fmt.Errorf("read cursor %s: %w", name, err)
	}
	return t, nil
}

// Turn gives name to one caller in all replicas from now on for as long as every.
func (s *Store) Turn(ctx context.Context, name string, now time.Time, every time.Duration) (ok bool, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO cursors (name, next_at) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at WHERE cursors.next_at <= $3`,
			name, millis(now.Add(every)), millis(now))
		ok = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take the turn: %w", err)
	}
	return ok, nil
}

// Rest has nobody get the turn of name until then.
func (s *Store) Rest(ctx context.Context, name string, until time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE cursors SET next_at = $1 WHERE name = $2 AND next_at < $1", millis(until), name)
		return err
	})
	if err != nil {
		return fmt.Errorf("let the turn rest: %w", err)
	}
	return nil
}

// Taken returns every line that is not simply the AI's, as the transaction sees it.
func (t *storeTx) Taken(ctx context.Context) ([]takeover.Line, error) {
	rows, err := t.tx.Query(ctx, lineColumns+"WHERE state <> $1 ORDER BY since", string(takeover.StateAI))
	if err != nil {
		return nil, fmt.Errorf("list lines: %w", err)
	}
	return allLines(rows)
}

// Attended says whether any line of the provider is attended, as the transaction sees it.
func (t *storeTx) Attended(ctx context.Context, provider string) (bool, error) {
	return attended(ctx, t.tx, provider)
}

// Cursor is how far a reader of a list has come, as the transaction sees it.
func (t *storeTx) Cursor(ctx context.Context, name string) (time.Time, error) {
	return cursor(ctx, t.tx, name)
}

// MoveCursor remembers how far a reader of a list has come, if it is still at from.
func (t *storeTx) MoveCursor(ctx context.Context, name string, from, to time.Time) (moved bool, err error) {
	n, err := t.tx.Exec(ctx, `INSERT INTO cursors (name, at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE cursors.at = $3`, name, cursorText(to), cursorText(from))
	if err != nil {
		return false, fmt.Errorf("store a cursor: %w", err)
	}
	return n == 1, nil
}

// cursorText is a cursor as it is stored: empty before the first one.
func cursorText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}

// flag is a boolean as both databases store it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
