package store

import (
	"context"
	"fmt"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// RedrawStaleCards enqueues a drawing of each card that shows an older state than its line
// has, because a drawing was lost. Taken lines come first; apart from that the order is
// random, so that cards that cannot be drawn do not block the others. It enqueues at most
// limit drawings and returns their number.
func (s *Store) RedrawStaleCards(ctx context.Context, limit int) (int, error) {
	stale, err := s.staleCards(ctx, limit)
	if err != nil || len(stale) == 0 {
		return 0, err
	}
	// A drawing that waits already is not stored twice: it is unique by line and version.
	err = s.db.Tx(ctx, func(tx *db.Tx) error { return s.enqueue(ctx, tx, stale) })
	if err != nil {
		return 0, fmt.Errorf("enqueue drawings: %w", err)
	}
	return len(stale), nil
}

// staleCards are the drawings of at most limit cards that show an older state.
func (s *Store) staleCards(ctx context.Context, limit int) ([]takeover.Job, error) {
	stale, err := collect(ctx, s.db.Read(), func(row db.Row) (takeover.Job, error) {
		var job takeover.DrawJob
		err := row.Scan((*string)(&job.Line), &job.Version)
		return job, err
	}, `SELECT lines.id, lines.version FROM lines JOIN posts ON posts.key = 'card/' || lines.id
		WHERE posts.ts <> '' AND posts.drawn < lines.version
		ORDER BY CASE WHEN lines.state <> $1 THEN 0 ELSE 1 END, random() LIMIT $2`, string(takeover.StateAI), limit)
	if err != nil {
		return nil, fmt.Errorf("list stale cards: %w", err)
	}
	return stale, nil
}
