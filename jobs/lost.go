package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"takeoverbot/internal/db"
)

const (
	// lostEvery is how often the process looks for jobs that it has lost.
	lostEvery = 3 * time.Second
	// lostAfter is how long the database may take to learn that a job has ended.
	lostAfter = 8 * time.Second
)

// working remembers that this process works a job, until the function that it returns is called; for
// a while, it remembers that the job has ended. On SQLite nobody asks.
func (r *Runner) working(id int64) (end func()) {
	if r.db.Kind == db.SQLite {
		return func() {}
	}
	r.endsAt(id, time.Time{})
	return func() { r.endsAt(id, time.Now()) }
}

func (r *Runner) endsAt(id int64, t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended[id] = t
}

// known are the jobs that this process works, or ended not longer than age ago. It forgets the others.
func (r *Runner) known(age time.Duration) []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.ended, func(_ int64, end time.Time) bool { return !end.IsZero() && time.Since(end) > age })
	return slices.AppendSeq([]int64{}, maps.Keys(r.ended)) // not nil: that would be NULL
}

// KeepLost makes jobs available again that the database believes this process to be working, until ctx
// ends: it was cut off from the database when it got them, or when it wanted to say how they ended.
// River would notice after more than a minute. PostgreSQL only.
func (r *Runner) KeepLost(ctx context.Context) {
	if r.db.Kind == db.SQLite {
		return
	}
	tick := time.NewTicker(lostEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := r.releaseLost(ctx, lostAfter)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			r.log.WarnContext(ctx, "look for lost jobs", "err", err)
		case n > 0:
			r.log.WarnContext(ctx, "took up lost jobs", "jobs", n)
		}
	}
}

// releaseLost makes the jobs available that this process was given longer than age ago and does not
// work.
func (r *Runner) releaseLost(ctx context.Context, age time.Duration) (n int64, err error) {
	known := r.known(age)
	err = r.db.Tx(ctx, func(tx *db.Tx) (err error) {
		n, err = tx.Exec(ctx, `UPDATE river_job SET state = 'available'
			WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] = $1
			AND attempted_at < clock_timestamp() - CAST($2 AS BIGINT) * INTERVAL '1 millisecond' AND NOT (id = ANY($3))`,
			r.name, age.Milliseconds(), known)
		if err != nil || n == 0 {
			return err
		}
		return tx.Wake(ctx, allQueues()...)
	})
	if err != nil {
		return 0, fmt.Errorf("release lost jobs: %w", err)
	}
	return n, nil
}
