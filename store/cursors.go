package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/takeover"
)

// Cursor is how far a reader of a list has come, in UTC; the zero time if it never began.
func (r reader) Cursor(ctx context.Context, name string) (takeover.ProviderTime, error) {
	var at string
	ok, err := row(ctx, r.q, "read a cursor", "SELECT at FROM cursors WHERE name = $1", []any{name}, &at)
	if err != nil || !ok {
		return takeover.ProviderTime{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		return takeover.ProviderTime{}, fmt.Errorf("read cursor %s: %w", name, err)
	}
	return takeover.ProviderTime(t), nil
}

// MoveCursor stores how far a reader of a list has come, if the cursor is still at from.
func (t *storeTx) MoveCursor(ctx context.Context, name string, from, to takeover.ProviderTime) (moved bool, err error) {
	n, err := t.tx.Exec(ctx, `INSERT INTO cursors (name, at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE cursors.at = $3`, name, cursorText(time.Time(to)), cursorText(time.Time(from)))
	if err != nil {
		return false, fmt.Errorf("store a cursor: %w", err)
	}
	return n == 1, nil
}

// cursorText is a cursor as it is stored.
func cursorText(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }
