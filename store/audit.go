package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Record appends to the audit; an entry whose key is there already changes nothing.
func (t *storeTx) Record(ctx context.Context, e takeover.Entry) error {
	body, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("encode the entry: %w", err)
	}
	_, err = t.tx.Exec(ctx,
		"INSERT INTO audit (key, line, at, body) VALUES ($1, $2, $3, $4) ON CONFLICT (key) DO NOTHING",
		e.Key, string(e.Line), millis(e.At), string(body))
	if err != nil {
		return fmt.Errorf("append to the audit: %w", err)
	}
	return nil
}

// Audit returns the newest entries of a line, oldest first.
func (s *Store) Audit(ctx context.Context, id takeover.LineID, limit int) ([]takeover.Entry, error) {
	entries, err := collect(ctx, s.q, "read the audit", oneEntry,
		"SELECT seq, body FROM audit WHERE line = $1 ORDER BY seq DESC LIMIT $2", string(id), limit)
	slices.Reverse(entries)
	return entries, err
}

// Happened returns the entries of an event from a time on until another, oldest first; those of all
// events where it is empty.
func (s *Store) Happened(ctx context.Context, event takeover.Event, from, until time.Time) ([]takeover.Entry, error) {
	entries, err := collect(ctx, s.q, "read the audit of a time", oneEntry,
		"SELECT seq, body FROM audit WHERE at >= $1 AND at < $2 ORDER BY seq", millis(from), millis(until))
	return slices.DeleteFunc(entries, func(e takeover.Entry) bool { return event != "" && e.Event != event }), err
}

func oneEntry(row db.Row) (e takeover.Entry, err error) {
	var seq int64
	var body string
	if err := row.Scan(&seq, &body); err != nil {
		return e, err
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return e, fmt.Errorf("decode entry %d: %w", seq, err)
	}
	e.Seq = seq
	return e, nil
}
