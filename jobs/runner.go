package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// Outcome says how a run of a job ended, for the metrics and the log.
type Outcome string

// The outcomes.
const (
	Done   Outcome = "done"
	Later  Outcome = "later"  // it asked to be run again, or the process is stopping
	Failed Outcome = "failed" // it is tried again with back-off
)

// Observe is called after every run of a job; it may be nil.
type Observe func(kind string, outcome Outcome, took time.Duration)

// Runner stores jobs, and works them once it was started.
type Runner struct {
	db      *db.DB
	log     *slog.Logger
	observe Observe
	workers *river.Workers
	client  *river.Client[*db.Tx]
	name    string // of this process
	mu      sync.Mutex
	ended   map[int64]time.Time // PostgreSQL: see lost.go
}

// New returns a Runner on a migrated database, without workers: add them with Handle, then
// call Start. name distinguishes this process from the other replicas, so that they inherit
// its jobs when it dies; it has at most 100 characters. If it is empty, the jobs of a dead
// process wait until River rescues them.
func New(d *db.DB, name string, log *slog.Logger, observe Observe) (*Runner, error) {
	if observe == nil {
		observe = func(string, Outcome, time.Duration) {}
	}
	workers := river.NewWorkers()
	client, err := river.NewClient(d.RiverDriver(), &river.Config{
		ID:      name,
		Logger:  quiet(log),
		Workers: workers,
		Queues: map[string]river.QueueConfig{
			queueSettle: {MaxWorkers: 24}, queueDraw: {MaxWorkers: 32}, queueShow: {MaxWorkers: 32}, queueSend: {MaxWorkers: 64}, queueMark: {MaxWorkers: 8}, queueWork: {MaxWorkers: 24},
			queueFollow: {MaxWorkers: 16}, queueBulk: {MaxWorkers: 8}},
		JobTimeout:                  jobTime,
		SkipUnknownJobCheck:         true, // workers are added later
		RescueStuckJobsAfter:        rescueAfter,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           time.Second,
		MaxAttempts:                 maxAttempts,
		CompletedJobRetentionPeriod: time.Hour,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
			func() (river.JobArgs, *river.InsertOpts) { job := takeover.PurgeJob{}; return job, options(job) },
			&river.PeriodicJobOpts{RunOnStart: false})},
	})
	if err != nil {
		return nil, fmt.Errorf("open the job runner: %w", err)
	}
	return &Runner{db: d, log: log, observe: observe, workers: workers, client: client, name: name,
		ended: map[int64]time.Time{}}, nil
}

// Handle makes fn work all jobs of its type. After a takeover.LaterError the job runs
// again after the time that the error names; after any other error, with back-off.
func Handle[J takeover.Job](r *Runner, fn func(context.Context, J) error) {
	river.AddWorker(r.workers, &worker[J]{runner: r, fn: fn})
}

// Start begins to work. On SQLite it first makes the jobs of a killed process available,
// because no other process can be working them.
func (r *Runner) Start(ctx context.Context) error {
	if r.db.Kind == db.SQLite {
		if err := requeueRunning(ctx, r.db); err != nil {
			return fmt.Errorf("take up interrupted jobs: %w", err)
		}
	}
	// River's services live until Stop, not until the caller's context ends.
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start working jobs: %w", err)
	}
	return nil
}

// Stop waits for running jobs until ctx ends, then cancels them: they run again after the
// next start.
func (r *Runner) Stop(ctx context.Context) error {
	if err := r.client.Stop(ctx); err == nil || ctx.Err() == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return r.client.StopAndCancel(ctx)
}

// worker calls fn for one job, and translates its error for River.
type worker[J takeover.Job] struct {
	river.WorkerDefaults[J]
	runner *Runner
	fn     func(context.Context, J) error
}

// Work runs the job once.
func (w *worker[J]) Work(ctx context.Context, job *river.Job[J]) error {
	start := time.Now()
	defer w.runner.working(job.ID)()
	err := w.call(ctx, job.Args)
	took := time.Since(start)
	outcome, level, why := Done, slog.LevelInfo, []any(nil)
	later, asked := errors.AsType[*takeover.LaterError](err)
	switch {
	case asked && w.merged(ctx, job.Args):
		why, err = []any{"why", later.Why, "merged", true}, nil
	case asked:
		outcome, why = Later, []any{"why", later.Why}
		err = river.JobSnooze(max(later.After, time.Millisecond))
	case errors.Is(err, context.Canceled) && errors.Is(ctx.Err(), context.Canceled):
		outcome, why = Later, []any{"why", "stopping"} // River keeps it for the next start
	case err != nil:
		outcome, level, why = Failed, slog.LevelError, []any{"err", err}
		if job.Attempt >= job.MaxAttempts {
			why = append(why, "given_up", true) // River discards the job
		}
	}
	w.log(ctx, level, job.JobRow, outcome, took, why...)
	w.runner.observe(job.Kind, outcome, took)
	return err
}

// merged reports whether a job that is to run later is not needed: another one waits that will do
// the same.
func (w *worker[J]) merged(ctx context.Context, job takeover.Job) bool {
	follow, ok := job.(takeover.FollowJob)
	if !ok {
		return false
	}
	waits, err := followWaits(ctx, w.runner.db.Read(), follow)
	return err == nil && waits
}

// call turns a panic into an error. River would try again too, but neither the log nor the
// metrics would show it.
func (w *worker[J]) call(ctx context.Context, args J) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.fn(ctx, args)
}

// NextRetry is the back-off of a failing job: 1 s, doubling up to one minute.
func (w *worker[J]) NextRetry(job *river.Job[J]) time.Time {
	return time.Now().Add(min(time.Second<<min(job.Attempt-1, 10), time.Minute))
}

func (w *worker[J]) log(
	ctx context.Context, level slog.Level, job *rivertype.JobRow, outcome Outcome, took time.Duration, more ...any,
) {
	attrs := []any{"kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "outcome", outcome,
		"ms", float64(took.Microseconds()) / 1000}
	w.runner.log.Log(ctx, level, "job", append(attrs, more...)...)
}

// quiet logs only River's warnings and errors; Runner logs one line for each job.
func quiet(log *slog.Logger) *slog.Logger {
	return slog.New(levelFloor{log.Handler()})
}

// levelFloor passes warnings and errors only. (River derives no logger from the one that it
// is given.)
type levelFloor struct{ slog.Handler }

// Enabled says whether a record of the level is passed on.
func (h levelFloor) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}
