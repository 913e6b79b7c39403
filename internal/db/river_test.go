package db_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"go.uber.org/goleak"

	"takeoverbot/internal/db"
	"takeoverbot/internal/dbtest"
)

type pingArgs struct{ N int }

func (pingArgs) Kind() string { return "ping" }

type pingWorker struct {
	river.WorkerDefaults[pingArgs]
	worked chan int
}

func (w *pingWorker) Work(_ context.Context, job *river.Job[pingArgs]) error {
	w.worked <- job.Args.N
	return nil
}

// startRiver works pings until the test ends. The poll is too rare to help: only a
// notification starts a job in time.
func startRiver(t *testing.T, d *db.DB) (*river.Client[*db.Tx], <-chan int) {
	t.Helper()
	workers := river.NewWorkers()
	worker := &pingWorker{worked: make(chan int, 1000)}
	river.AddWorker(workers, worker)
	client, err := river.NewClient(d.RiverDriver(), &river.Config{
		Logger: slog.New(slog.DiscardHandler), Workers: workers,
		Queues:        map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 10}},
		FetchCooldown: time.Millisecond, FetchPollInterval: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	// Until the listener is connected nothing wakes the worker but a poll.
	warm := time.NewTicker(20 * time.Millisecond)
	defer warm.Stop()
	for {
		insert(t, d, client, -1)
		select {
		case <-worker.worked:
			return client, worker.worked
		case <-warm.C:
		}
	}
}

// await waits for a job to be worked and says which; -1 are startRiver's own.
func await(t *testing.T, worked <-chan int) int {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		select {
		case n := <-worked:
			if n != -1 {
				return n
			}
		case <-timeout:
			t.Fatal("never worked")
		}
	}
}

func insert(t *testing.T, d *db.DB, client *river.Client[*db.Tx], n int) {
	t.Helper()
	err := d.Tx(t.Context(), func(tx *db.Tx) error {
		if _, err := client.InsertTx(t.Context(), tx, pingArgs{N: n}, nil); err != nil {
			return err
		}
		return tx.Wake(t.Context(), river.QueueDefault)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInsertWakesTheWorker(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		client, worked := startRiver(t, d)
		best := time.Hour
		for n := range 5 {
			start := time.Now()
			insert(t, d, client, n)
			if got := await(t, worked); got != n {
				t.Fatalf("worked %d, want %d", got, n)
			}
			best = min(best, time.Since(start))
		}
		// The best of a few: a busy machine delays, but nothing makes a poll faster.
		if want := slow * 50 * time.Millisecond; best > want {
			t.Errorf("the fastest of five took %s, want below %s", best, want)
		}
	})
}

func TestRollbackLeavesNoJob(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		client, worked := startRiver(t, d)
		_ = d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Wake(t.Context(), river.QueueDefault); err != nil {
				t.Error(err)
			}
			if _, err := client.InsertTx(t.Context(), tx, pingArgs{N: 101}, nil); err != nil {
				t.Error(err)
			}
			return errOops
		})
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			_ = tx.Nested(t.Context(), func() error {
				if _, err := client.InsertTx(t.Context(), tx, pingArgs{N: 102}, nil); err != nil {
					t.Error(err)
				}
				return errOops
			})
			if _, err := client.InsertTx(t.Context(), tx, pingArgs{N: 103}, nil); err != nil {
				return err
			}
			return tx.Wake(t.Context(), river.QueueDefault)
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := await(t, worked); got != 103 {
			t.Errorf("worked %d, whose transaction was rolled back", got)
		}
		var n int64
		if err := d.Read().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE CAST(args AS TEXT) LIKE '%101%' OR CAST(args AS TEXT) LIKE '%102%'").Scan(&n); err != nil || n != 0 {
			t.Errorf("%d rolled back jobs are stored, %v", n, err)
		}
	})
}

// TestOwnInsertWakes: River's own transactions wake as well.
func TestOwnInsertWakes(t *testing.T) {
	onBoth(t, func(t *testing.T, d *db.DB) {
		client, worked := startRiver(t, d)
		if _, err := client.Insert(t.Context(), pingArgs{N: 7}, nil); err != nil {
			t.Fatal(err)
		}
		if got := await(t, worked); got != 7 {
			t.Errorf("worked %d, want 7", got)
		}
	})
}

func TestNothingLeaks(t *testing.T) {
	for name, newURL := range map[string]func(testing.TB) string{"sqlite": databases.SQLite, "postgres": databases.Postgres} {
		t.Run(name, func(t *testing.T) {
			rawURL := newURL(t)
			before := goleak.IgnoreCurrent()
			t.Run("from open to close", func(t *testing.T) { startRiver(t, dbtest.Open(t, rawURL)) })
			goleak.VerifyNone(t, before)
		})
	}
}
