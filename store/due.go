package store

import (
	"context"
	"time"

	"takeoverbot/takeover"
)

// DueLines returns lines whose Line.Due has come, the longest overdue first. Where nobody attends a
// line, only the next reading of a watch is due: a time further ahead than any is planned was
// written by a clock that went wrong, and counts as come.
func (s *Store) DueLines(ctx context.Context, now time.Time, limit int) ([]takeover.LineID, error) {
	return collect(ctx, s.q, "list due lines", scanText[takeover.LineID],
		`SELECT id FROM (SELECT id, due FROM lines WHERE due > 0 AND due <= $1
			UNION ALL SELECT id, due FROM lines WHERE due > 0 AND due > $2 AND attended = 0) AS come ORDER BY due LIMIT $3`,
		millis(now), millis(now.Add(takeover.MaxWatchAhead)), limit)
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
		provider, endUser.Key(), agent.Key()))
}

// maxCompareAhead is further ahead than any comparison is planned. A time beyond it was written
// by a clock that went wrong, and counts as come.
const maxCompareAhead = 2 * takeover.CompareEvery

// ToCompare returns the provider's lines whose Line.CompareAt has come, the longest overdue
// first, and how many lines are compared in all.
func (s *Store) ToCompare(ctx context.Context, provider string, now time.Time, limit int) (due []takeover.Line, all int, err error) {
	due, err = s.lines(ctx, "WHERE provider = $1 AND compare_at > 0 AND (compare_at <= $2 OR compare_at > $3) ORDER BY compare_at LIMIT $4",
		provider, millis(now), millis(now.Add(maxCompareAhead)), limit)
	if err != nil || len(due) == 0 {
		return nil, 0, err
	}
	_, err = row(ctx, s.q, "count the lines that are compared", "SELECT count(*) FROM lines WHERE provider = $1 AND compare_at > 0",
		[]any{provider}, &all)
	return due, all, err
}

// Compared remembers that all flags of a line were read as wanted at a time, and when they are
// to be read next; the zero time is never. The line's version stays.
func (s *Store) Compared(ctx context.Context, id takeover.LineID, at, next time.Time) error {
	return s.write(ctx, "store a comparison", "UPDATE lines SET compared = $1, compare_at = $2 WHERE id = $3 AND compare_at > 0",
		millis(at), millis(next), string(id))
}

// CompareLater remembers when a line that could not be compared is to be compared next.
func (s *Store) CompareLater(ctx context.Context, id takeover.LineID, next time.Time) error {
	return s.write(ctx, "put a comparison off", "UPDATE lines SET compare_at = $1 WHERE id = $2 AND compare_at > 0",
		millis(next), string(id))
}

// CompareAll has all lines of the provider that are compared be compared now.
func (t *storeTx) CompareAll(ctx context.Context, provider string, now time.Time) error {
	_, err := t.tx.Exec(ctx, "UPDATE lines SET compare_at = $1 WHERE provider = $2 AND compare_at > 0", millis(now), provider)
	return err
}

// flag is a boolean as both databases store it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
