package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
	"takeoverbot/talk"
)

// The queues. Each has its own workers: silencing never waits for drawing, and what an
// operator waits for never waits for long transcripts, which Slack's limits slow down, nor
// for many end users who write at once.
// Texts for end users have one as well: a worker waits with each line that is being talked on.
// Reactions wait for none of the others, and the messages do not wait for them.
// Cards have a queue for themselves, where the most urgent one gets a worker first, because each
// may wait for Slack's limit.
const (
	queueSettle = "settle"
	queueDraw   = "draw"
	queueShow   = "show"
	queueSend   = "send"
	queueMark   = "mark"
	queueWork   = "work"
	queueFollow = "follow"
	queueBulk   = "bulk"
)

func allQueues() []string {
	return []string{queueSettle, queueDraw, queueShow, queueSend, queueMark, queueWork, queueFollow, queueBulk}
}

// maxAttempts is for jobs that fail unexpectedly. A job that waits for a provider or for
// Slack returns a LaterError, which uses up no attempt.
const maxAttempts = 25

// EnqueueTx stores jobs within tx; they run after its commit. Safe for use by several
// goroutines.
func (r *Runner) EnqueueTx(ctx context.Context, tx *db.Tx, jobs []takeover.Job) error {
	if len(jobs) == 0 {
		return nil
	}
	var params []river.InsertManyParams
	var queues []string
	seen := map[takeover.Job]bool{}
	for _, job := range jobs {
		stored, err := alreadyStored(ctx, tx, job, seen)
		if err != nil {
			return err
		}
		if stored {
			continue
		}
		opts := options(job)
		params = append(params, river.InsertManyParams{Args: job, InsertOpts: opts})
		if !slices.Contains(queues, opts.Queue) {
			queues = append(queues, opts.Queue)
		}
	}
	if len(params) == 0 {
		return nil
	}
	if _, err := r.client.InsertManyTx(ctx, tx, params); err != nil {
		return fmt.Errorf("store %d jobs: %w", len(jobs), err)
	}
	return tx.Wake(ctx, queues...)
}

// alreadyStored reports whether another job will do what the given one is to do: one among seen,
// those of the same batch, or one that waits. It adds the job to seen.
func alreadyStored(ctx context.Context, tx *db.Tx, job takeover.Job, seen map[takeover.Job]bool) (bool, error) {
	switch j := job.(type) {
	case takeover.DrawJob:
		j.Urgency = 0 // not part of what makes it unique
		job = j       // River refuses a batch that holds a unique job twice
	case talk.SendJob:
		if waits, err := textJobWaits(ctx, tx.Querier, queueSend, "Line", string(j.Line)); err != nil || waits {
			return waits, err
		}
	case talk.MarkJob:
		if waits, err := textJobWaits(ctx, tx.Querier, queueMark, "Text", string(j.Text)); err != nil || waits {
			return waits, err
		}
	case takeover.FollowJob:
		job = dueFollow(j)
		if waits, err := followWaits(ctx, tx.Querier, j); err != nil || waits {
			return waits, err
		}
	default:
		return false, nil
	}
	again := seen[job]
	seen[job] = true
	return again, nil
}

// options say in which queue a job waits, and which jobs are unique.
func options(job takeover.Job) *river.InsertOpts {
	opts := &river.InsertOpts{Queue: queueShow, MaxAttempts: maxAttempts}
	switch job := job.(type) {
	case takeover.SettleJob:
		opts.Queue = queueSettle
	case takeover.DrawJob:
		opts.Queue, opts.Priority = queueDraw, int(job.Urgency) // River's first is 1, as ours
		// By line and version: by line alone, a change during a drawing would be lost.
		opts.UniqueOpts = river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
			rivertype.JobStateScheduled, rivertype.JobStateRetryable}}
	case takeover.WorkJob:
		opts.Queue = queueWork
		if job.Verb == takeover.WholeText || job.Verb == takeover.Earlier {
			opts.Queue = queueBulk
		}
	case talk.SendJob:
		opts.Queue = queueSend
	case talk.MarkJob:
		opts.Queue = queueMark
	case talk.RecordJob:
		opts.Queue = queueWork
	case talk.PictureJob:
		opts.Queue = queueBulk
	case takeover.FollowJob:
		opts.Queue = queueFollow
	case takeover.PurgeJob:
		opts.Queue, opts.Priority = queueBulk, 4
	}
	return opts
}

// textJobWaits reports whether a job of a queue that waits, and does not run, does what one with this
// value of a field is to do. One that runs does not count, because it may have read before the
// change came.
func textJobWaits(ctx context.Context, q db.Querier, queue, field, value string) (waits bool, err error) {
	rows, err := q.Query(ctx, `SELECT id FROM river_job
		WHERE queue = $1 AND state IN ('available', 'pending', 'scheduled', 'retryable')
		AND args->>$2 = $3 LIMIT 1`, queue, field, value)
	if err != nil {
		return false, fmt.Errorf("look for a job that waits: %w", err)
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// requeueRunning makes jobs that a dead process was working available again. Only for a
// database that no other process uses.
func requeueRunning(ctx context.Context, d *db.DB) error {
	return d.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, "UPDATE river_job SET state = 'available' WHERE state = 'running'")
		return err
	})
}

// Inherit makes the jobs that a dead process was working available to the others, and
// returns their number. process is the Name of its Runner. PostgreSQL only.
func Inherit(ctx context.Context, tx *db.Tx, process string) (int64, error) {
	n, err := tx.Exec(ctx, `UPDATE river_job SET state = 'available'
		WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1`, process)
	if err != nil || n == 0 {
		return n, err
	}
	return n, tx.Wake(ctx, allQueues()...)
}

// Settings of River.
const (
	// jobTime bounds one run of a job; it is above the longest settling.
	jobTime = 40 * time.Second
	// rescueAfter is when River gives a job whose worker died to another one.
	rescueAfter = 60 * time.Second
	// fetchCooldown is how soon a queue fetches again.
	fetchCooldown = 5 * time.Millisecond
)
