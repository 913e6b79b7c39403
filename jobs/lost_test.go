package jobs

import (
	"context"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// TestLostJob: a job that the database believes this process to be working is taken up again; one that
// it works is not.
func TestLostJob(t *testing.T) {
	b := newBench(t, databases.Postgres(t))
	b.name = "here"
	worked, goOn := make(chan takeover.LineID, 10), make(chan struct{})
	runner := b.start(func(r *Runner) {
		Handle(r, func(_ context.Context, job takeover.SettleJob) error {
			worked <- job.Line
			<-goOn
			return nil
		})
	})
	b.enqueue(takeover.SettleJob{Line: "ln_working"})
	receive(b, worked)
	// As if the answer of the fetch, or the note of its end, had got lost.
	err := b.db.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO river_job (args, kind, max_attempts, queue, state, attempt, attempted_at, attempted_by)
			SELECT '{"Line": "ln_lost"}', kind, max_attempts, queue, 'running', 1, now() - INTERVAL '1 minute', attempted_by FROM river_job WHERE state = 'running'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := runner.releaseLost(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("%d jobs that may be on their way were taken up, %v", n, err)
	}
	if n, err := runner.releaseLost(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("%d lost jobs were taken up, %v; want 1", n, err)
	}
	if got := receive(b, worked); got != "ln_lost" {
		t.Errorf("%s was worked", got)
	}
	close(goOn)
}
