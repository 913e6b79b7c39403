package store

import (
	"context"
	"fmt"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// DrawBehind asks for a drawing of cards that show an older state than their line has: a
// drawing was lost, whatever the reason. Taken lines come first; beyond that the order
// changes, so that cards that cannot be drawn keep no other one waiting for ever. It takes
// at most limit, and returns how many.
func (s *Store) DrawBehind(ctx context.Context, limit int) (int, error) {
	behind, err := s.behind(ctx, limit)
	if err != nil || len(behind) == 0 {
		return 0, err
	}
	// One that waits already is not stored twice: it is unique by line and version.
	err = s.db.Tx(ctx, func(tx *db.Tx) error { return s.enqueue(ctx, tx, behind) })
	if err != nil {
		return 0, fmt.Errorf("ask for drawings: %w", err)
	}
	return len(behind), nil
}

func (s *Store) behind(ctx context.Context, limit int) ([]takeover.Job, error) {
	rows, err := s.db.Read().Query(ctx, `SELECT lines.id, lines.version FROM lines JOIN posts ON posts.key = 'card/' || lines.id
		WHERE posts.ts <> '' AND posts.drawn < lines.version
		ORDER BY CASE WHEN lines.state <> $1 THEN 0 ELSE 1 END, random() LIMIT $2`, string(takeover.StateAI), limit)
	if err != nil {
		return nil, fmt.Errorf("list cards that are behind: %w", err)
	}
	defer rows.Close()
	var behind []takeover.Job
	for rows.Next() {
		var job takeover.DrawJob
		if err := rows.Scan((*string)(&job.Line), &job.Version); err != nil {
			return nil, fmt.Errorf("read a card that is behind: %w", err)
		}
		behind = append(behind, job)
	}
	return behind, rows.Err()
}
