package jobs

import (
	"context"
	"fmt"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// dueFollow is the job without a time that has come. takeover's clock is never behind the
// system's, so that no job counts as due before its time.
func dueFollow(job takeover.FollowJob) takeover.FollowJob {
	if !job.From.After(time.Now()) {
		job.From = time.Time{}
	}
	return job
}

// followWaits reports whether another job that waits, and does not run, will read what the given one
// is to read. A reading shows all that is new: one such job for a conversation is enough. One that
// runs does not count, because it may have read before the news came. Nor does one that is planned for a
// later time; of those that wait for the same time, one is enough.
func followWaits(ctx context.Context, q db.Querier, job takeover.FollowJob) (waits bool, err error) {
	rows, err := q.Query(ctx, `SELECT coalesce(args->>'From', '') FROM river_job
		WHERE queue = $1 AND state IN ('available', 'pending', 'scheduled', 'retryable')
		AND args->>'Line' = $2 AND args->>'Conversation' = $3`, queueFollow, string(job.Line), string(job.Conversation))
	if err != nil {
		return false, fmt.Errorf("look for a follower that waits: %w", err)
	}
	defer rows.Close()
	job = dueFollow(job)
	for rows.Next() {
		var from string
		if err := rows.Scan(&from); err != nil {
			return false, fmt.Errorf("read a follower that waits: %w", err)
		}
		other := takeover.FollowJob{}
		if from != "" {
			if other.From, err = time.Parse(time.RFC3339Nano, from); err != nil {
				return false, fmt.Errorf("read when a follower is due: %w", err)
			}
		}
		waits = waits || dueFollow(other).From.Equal(job.From)
	}
	return waits, rows.Err()
}
