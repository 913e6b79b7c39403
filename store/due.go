package store

import (
	"context"
	"time"

	"takeoverbot/takeover"
)

// DueLines returns lines whose Line.Due has come, the longest overdue first.
func (s *Store) DueLines(ctx context.Context, now time.Time, limit int) ([]takeover.LineID, error) {
	return collect(ctx, s.q, "list due lines", scanText[takeover.LineID],
		"SELECT id FROM lines WHERE due > 0 AND due <= $1 ORDER BY due LIMIT $2", millis(now), limit)
}

// Attended says whether any line of the provider is attended.
func (r reader) Attended(ctx context.Context, provider string) (bool, error) {
	return row(ctx, r.q, "look for attended lines",
		"SELECT 1 FROM lines WHERE provider = $1 AND attended = 1 LIMIT 1", []any{provider}, new(int64))
}

// AttendedOf returns the attended line of a pair, or takeover.ErrNotFound.
func (s *Store) AttendedOf(ctx context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	return oneLine(s.q.QueryRow(ctx,
		lineColumns+"WHERE provider = $1 AND end_user = $2 AND agent = $3 AND attended = 1",
		provider, string(endUser), string(agent)))
}

// Uncompared returns held lines whose flag was not compared since before, the longest
// first.
func (s *Store) Uncompared(ctx context.Context, before time.Time, limit int) ([]takeover.Line, error) {
	return s.lines(ctx, "WHERE state = 'held' AND compared <= $1 ORDER BY compared LIMIT $2", millis(before), limit)
}

// Compared remembers that the flag of a line was seen as wanted. The line's version stays.
func (s *Store) Compared(ctx context.Context, id takeover.LineID, at time.Time) error {
	return s.write(ctx, "store a comparison", "UPDATE lines SET compared = $1 WHERE id = $2 AND compared < $1",
		millis(at), string(id))
}

// flag is a boolean as both databases store it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
