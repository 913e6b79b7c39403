package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

const lineColumns = "SELECT id, version, compared, body FROM lines "

// Line returns a line, or takeover.ErrNotFound.
func (r reader) Line(ctx context.Context, id takeover.LineID) (takeover.Line, error) {
	return oneLine(r.q.QueryRow(ctx, lineColumns+"WHERE id = $1", string(id)))
}

// LinesOf returns the lines of an end user, newest change first.
func (s *Store) LinesOf(ctx context.Context, provider string, endUser takeover.Target) ([]takeover.Line, error) {
	return s.lines(ctx, "WHERE provider = $1 AND end_user = $2 ORDER BY since DESC LIMIT 50", provider, endUser.Key())
}

// Taken returns every line on which the AI is not simply answering, longest first.
func (s *Store) Taken(ctx context.Context) ([]takeover.Line, error) {
	return s.lines(ctx, "WHERE state <> $1 ORDER BY since LIMIT $2", string(takeover.StateAI), maxListed)
}

// Taken returns every line that is not simply the AI's, as the transaction sees it.
func (t *storeTx) Taken(ctx context.Context) ([]takeover.Line, error) {
	return t.lines(ctx, "WHERE state <> $1 ORDER BY since", string(takeover.StateAI))
}

// maxListed bounds the memory for a list of what is held.
const maxListed = 10000

// Open returns what a person may have to look after: every line of Taken, and those on which
// nobody answers the end user. Longest first.
func (s *Store) Open(ctx context.Context) ([]takeover.Line, error) {
	lines, err := s.lines(ctx, "WHERE state <> $1 OR attended = 1 OR unanswered = 1 ORDER BY since LIMIT $2",
		string(takeover.StateAI), maxListed)
	return slices.DeleteFunc(lines, func(l takeover.Line) bool { return l.State == takeover.StateAI && !l.NobodyAnswers() }), err
}

func (r reader) lines(ctx context.Context, where string, args ...any) ([]takeover.Line, error) {
	return collect(ctx, r.q, "list lines", r.readable, lineColumns+where, args...)
}

// readable reads a line of a list. One that cannot be read is reported and left out.
func (r reader) readable(row db.Row) (takeover.Line, error) {
	line, err := oneLine(row)
	if errors.Is(err, takeover.ErrBadRow) {
		(*r.badRow)("line", err)
		return line, errLeftOut
	}
	return line, err
}

func oneLine(row db.Row) (takeover.Line, error) {
	var id, body string
	var version, compared int64
	err := row.Scan(&id, &version, &compared, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return takeover.Line{}, takeover.ErrNotFound
	}
	if err != nil {
		return takeover.Line{}, fmt.Errorf("read a line: %w", asBadRow(err))
	}
	var line takeover.Line
	if err := json.Unmarshal([]byte(body), &line); err != nil {
		return takeover.Line{}, fmt.Errorf("decode line %s: %w: %w", id, takeover.ErrBadRow, err)
	}
	line.ID, line.Version, line.ComparedAt = takeover.LineID(id), version, fromMillis(compared)
	return line, nil
}

// LineOf returns the line of a pair.
func (t *storeTx) LineOf(ctx context.Context, provider string, endUser, agent takeover.Target) (takeover.Line, error) {
	return oneLine(t.q.QueryRow(ctx, lineColumns+"WHERE provider = $1 AND end_user = $2 AND agent = $3", provider,
		endUser.Key(), agent.Key()))
}

// Save stores the line, unless it was saved since it was loaded.
func (t *storeTx) Save(ctx context.Context, l takeover.Line) (takeover.Line, error) {
	loaded := l.Version
	l.Version++
	body, err := json.Marshal(l)
	if err != nil {
		return takeover.Line{}, fmt.Errorf("encode the line: %w", err)
	}
	var n int64
	if loaded == 0 {
		n, err = t.tx.Exec(ctx, `
			INSERT INTO lines (id, version, provider, end_user, agent, state, since, due, attended, compare_at, body, unanswered, saved)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING`,
			string(l.ID), l.Version, l.Provider, l.EndUser.Key(), l.Agent.Key(), string(l.State), millis(l.Since),
			millis(l.Due()), flag(l.Attended()), millis(l.CompareAt()), string(body), flag(l.NobodyAnswers()), millis(t.store.now()))
	} else {
		n, err = t.tx.Exec(ctx, `
			UPDATE lines SET version = $1, state = $2, since = $3, due = $4, attended = $5, compare_at = $6, body = $7,
			unanswered = $8, saved = $9 WHERE id = $10 AND version = $11`,
			l.Version, string(l.State), millis(l.Since), millis(l.Due()), flag(l.Attended()), millis(l.CompareAt()), string(body),
			flag(l.NobodyAnswers()), millis(t.store.now()), string(l.ID), loaded)
	}
	if err != nil {
		return takeover.Line{}, fmt.Errorf("save line %s: %w", l.ID, asBadRow(err))
	}
	if n == 0 {
		return takeover.Line{}, fmt.Errorf("save line %s: %w", l.ID, takeover.ErrConflict)
	}
	return l, nil
}
