package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Card returns where the card of a line stands; ok is false if none does.
func (s *Store) Card(ctx context.Context, line takeover.LineID) (c takeover.Card, ok bool, err error) {
	c.Line = line
	ok, err = row(ctx, s.q, "read a card", "SELECT channel, ts, drawn, silent FROM cards WHERE line = $1", []any{string(line)},
		&c.Channel, &c.TS, &c.Drawn, &c.Silent)
	return c, ok, err
}

// PutCard stores where a card stands and what it shows. Drawn of the same card never goes back:
// a slow drawing that ends late must not make an older state count as the newest, nor hide that the
// card may say silent.
func (s *Store) PutCard(ctx context.Context, c takeover.Card) error {
	return s.write(ctx, "store a card", `INSERT INTO cards (line, channel, ts, drawn, silent) VALUES ($1, $2, $3, $4, CAST($5 AS BIGINT))
		ON CONFLICT (line) DO UPDATE SET channel = excluded.channel, ts = excluded.ts,
		drawn = CASE WHEN excluded.drawn > cards.drawn OR excluded.ts <> cards.ts THEN excluded.drawn ELSE cards.drawn END,
		silent = CASE WHEN excluded.drawn < cards.drawn AND excluded.ts = cards.ts AND cards.silent = 1 THEN 1 ELSE excluded.silent END`,
		string(c.Line), c.Channel, c.TS, c.Drawn, flag(c.Silent))
}

// CardAt returns the line whose card is this message; ok is false if it is none.
func (s *Store) CardAt(ctx context.Context, channel, ts string) (line takeover.LineID, ok bool, err error) {
	ok, err = row(ctx, s.q, "find a card", "SELECT line FROM cards WHERE ts = $1 AND channel = $2",
		[]any{ts, channel}, (*string)(&line))
	return line, ok, err
}

// RedrawStaleCards enqueues a drawing of each card that shows an older state than its line
// has, because a drawing was lost. Cards that may say silent of a line that nobody holds come
// first, then taken lines; apart from that the order is random, so that cards that cannot be
// drawn do not block the others. It enqueues at most limit drawings and returns their number.
func (s *Store) RedrawStaleCards(ctx context.Context, now time.Time, limit int) (int, error) {
	stale, err := s.staleCards(ctx, "AND cards.silent = 1 AND lines.state <> $1", now, takeover.UrgentWrong, limit)
	if err != nil {
		return 0, err
	}
	others, err := s.staleCards(ctx, "AND NOT (cards.silent = 1 AND lines.state <> $1)", now, takeover.UrgentNothing, limit-len(stale))
	if stale = append(stale, others...); err != nil || len(stale) == 0 {
		return 0, err
	}
	// A drawing that waits already is not stored twice: it is unique by line and version.
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.enqueue(ctx, tx, stale) }); err != nil {
		return 0, fmt.Errorf("enqueue drawings: %w", err)
	}
	return len(stale), nil
}

// staleCards are drawings of at most limit cards that show an older state than their line has,
// where $1 of which is StateHeld. Each is at least so urgent.
func (s *Store) staleCards(ctx context.Context, which string, now time.Time, urgency takeover.Urgency, limit int) ([]takeover.Job, error) {
	return collect(ctx, s.q, "list stale cards", func(row db.Row) (takeover.Job, error) {
		line, err := s.readable(row)
		return takeover.DrawJob{Line: line.ID, Version: line.Version, Urgency: min(urgency, line.Urgency(now))}, err
	}, lineColumns+"JOIN cards ON cards.line = lines.id WHERE cards.drawn < lines.version "+which+`
		ORDER BY CASE WHEN lines.state <> $2 THEN 0 ELSE 1 END, random() LIMIT $3`,
		string(takeover.StateHeld), string(takeover.StateAI), limit)
}
