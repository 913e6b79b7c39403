package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"takeoverbot/internal/telnyxsim"
)

const (
	heldAgent = "+13125550100"
	// heldFor keeps the holds from running out while something is measured.
	heldFor = 24 * time.Hour
	// compareEvery is how often the bot compares a held line with the provider.
	compareEvery = 30 * time.Second
)

// holdLines makes n held lines in a database that a bot has left behind, as copies of
// the one that it holds, and the silenced conversations that belong to them at the
// simulated Telnyx. To take them over one by one would take longer than all the rest.
func holdLines(ctx context.Context, w *simulators, path string, n int) (err error) {
	convs := telnyxsim.Bulk(n, heldAgent, time.Now().Add(-time.Hour)) // nothing of theirs is news
	w.telnyx.Load(convs)
	for _, c := range convs {
		if err := w.telnyx.SetMetadata(c.ID, "ai_disabled", json.RawMessage("true")); err != nil {
			return fmt.Errorf("silence a conversation: %w", err)
		}
	}
	q := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)"}}
	db := sql.OpenDB(connector{"file:" + path + "?" + q.Encode()})
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	for i := range n {
		if err := copyHeld(ctx, tx, i); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	// The one that was really held is no part of what is measured, and its jobs of a minute later
	// would read it once more than a message came.
	for _, query := range []string{
		"UPDATE lines SET state = 'ai', attended = 0, due = 0, compare_at = 0, body = json_set(body, '$.State', 'ai') WHERE id NOT LIKE 'ln_held%'",
		"DELETE FROM river_job WHERE kind = 'follow'",
		"DELETE FROM inbox", // other simulators count from 1 again: their requests would pass for known ones
	} {
		if _, err := tx.ExecContext(ctx, query); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func copyHeld(ctx context.Context, tx *sql.Tx, i int) error {
	now := time.Now().UTC()
	until := now.Add(heldFor)
	// The lines were taken one after another: their comparisons are spread over the time between two.
	next := now.Add(time.Duration(i*7919) * time.Millisecond % compareEvery)
	_, err := tx.ExecContext(ctx, `INSERT INTO lines (id, version, provider, end_user, agent, state, since, due, attended, compared, compare_at, body)
		SELECT $1, version, provider, $2, $3, state, since, $4, 1, $7, $8, json_set(body, '$.EndUser', $2, '$.Agent', $3, '$.Newest.ID', $5,
			'$.Covered', json_array(json_object('ID', $5, 'CheckedAt', json_extract(body, '$.Covered[0].CheckedAt'))),
			'$.Takeover.Hold.Until', $6, '$.Takeover.Hold.NextAt', $6)
		FROM lines WHERE state = 'held' AND id NOT LIKE 'ln_held%' LIMIT 1`,
		fmt.Sprintf("ln_held%05d", i), telnyxsim.BulkEndUser(i), heldAgent, until.UnixMilli(), telnyxsim.BulkID(i), until.Format(time.RFC3339Nano),
		next.Add(-compareEvery).UnixMilli(), next.UnixMilli())
	if err != nil {
		return fmt.Errorf("copy the held line: %w", err)
	}
	return nil
}
