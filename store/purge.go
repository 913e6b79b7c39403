package store

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// purgeBatch is how many rows are removed in one transaction: nothing else may wait long for it.
const purgeBatch = 500

// atRest is the condition for lines on which nothing is expected to happen.
const atRest = "state = '" + string(takeover.StateAI) + "' AND attended = 0 AND due = 0 AND compare_at = 0"

// Purge removes what is older than its retention. Commands that were put aside are kept as long as the
// audit. It returns the number of rows.
func (s *Store) Purge(ctx context.Context, from takeover.Retention) (total int64, err error) {
	// Lines that an older version saved count as saved now.
	if err := s.write(ctx, "date the lines", "UPDATE lines SET saved = $1 WHERE saved = 0", millis(s.now())); err != nil {
		return 0, err
	}
	aside := fmt.Sprintf("worked_at = 0 AND attempts >= %d AND received_at < $1", maxAttempts)
	err = s.db.Tx(ctx, func(tx *db.Tx) (err error) {
		total, err = s.purgePictures(ctx, tx)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("remove old pictures: %w", err)
	}
	for _, d := range []struct {
		table, key, old string
		until           time.Time
	}{
		{"inbox", "seq", "worked_at > 0 AND received_at < $1", from.Commands},
		{"inbox", "seq", aside, from.Audit},
		{"leases", "key", "until < $1", from.Commands},
		{"budgets", "key", "full_at < $1", from.Commands},
		{"audit", "seq", "at < $1", from.Audit},
		{"posts", "key", "changed_at < $1", from.Audit},
		{"direct_messages", "key", "changed_at < $1", from.Audit},
		{"conversations", "line, id", "found_at < $1", from.Audit},
		{"shown", "line, conversation", "changed_at < $1", from.Audit},
		{"texts", "seq", `state NOT IN ('waiting', 'leaving') AND changed_at < $1
			AND NOT EXISTS (SELECT 1 FROM lines WHERE lines.id = texts.line AND lines.attended = 1)`, from.Commands},
		{"reports", "seq", "changed_at < $1", from.Commands},
		{"homes", "viewer", "opened_at < $1", from.Audit},
		{"slack_known", "key", "at < $1", from.Known},
		{"lines", "id", atRest + " AND saved < $1 AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.line = lines.id)", from.Lines},
		// What belongs to a line goes after it.
		{"cards", "line", "CAST($1 AS BIGINT) > 0 AND NOT EXISTS (SELECT 1 FROM lines WHERE lines.id = cards.line)", from.Lines},
		{"alarms", "line, event", "CAST($1 AS BIGINT) > 0 AND NOT EXISTS (SELECT 1 FROM lines WHERE lines.id = alarms.line)", from.Lines},
	} {
		query := fmt.Sprintf("DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s LIMIT %[4]d)", d.table, d.key, d.old, purgeBatch)
		for n := int64(purgeBatch); n == purgeBatch; total += n {
			err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
				n, err = tx.Exec(ctx, query, millis(d.until))
				return err
			})
			if err != nil {
				return total, fmt.Errorf("remove old rows of %s: %w", d.table, err)
			}
		}
	}
	return total, nil
}
