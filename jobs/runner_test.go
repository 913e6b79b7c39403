package jobs

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

// relay has a worker of each kind that sends the job on.
func relay[J takeover.Job](r *Runner, to chan<- takeover.Job) {
	Handle(r, func(_ context.Context, job J) error {
		to <- job
		return nil
	})
}

// samples are one job of each type, with nothing left out.
func samples() []takeover.Job {
	at := time.Date(2026, 11, 22, 21, 4, 0, 500, time.UTC)
	return []takeover.Job{
		takeover.SettleJob{Line: "ln_a", Now: true},
		takeover.DrawJob{Line: "ln_a", Version: 1 << 60},
		takeover.SayJob{Entry: takeover.Entry{Key: "k", Line: "ln_a", At: at, Who: "U1", Event: takeover.EventUnproven, Lag: time.Second,
			Trouble: &takeover.Trouble{Kind: takeover.NoAnswer, Since: at, NextAt: at}}},
		takeover.TellJob{Command: 7, Refusal: takeover.Refusal{Kind: takeover.RefusedTaken, Line: "ln_a", Earlier: time.Second, Since: at}},
		takeover.WorkJob{Command: 8, Verb: takeover.Earlier},
		takeover.PurgeJob{},
	}
}

func TestEveryJobArrivesAsItWasStored(t *testing.T) {
	onBoth(t, func(b *bench) {
		arrived := make(chan takeover.Job, 10)
		b.start(func(r *Runner) {
			relay[takeover.SettleJob](r, arrived)
			relay[takeover.DrawJob](r, arrived)
			relay[takeover.SayJob](r, arrived)
			relay[takeover.TellJob](r, arrived)
			relay[takeover.WorkJob](r, arrived)
			relay[takeover.PurgeJob](r, arrived)
		})
		b.enqueue(samples()...)
		want := map[string]takeover.Job{}
		for _, job := range samples() {
			want[job.Kind()] = job
		}
		for range samples() {
			job := receive(b, arrived)
			if !reflect.DeepEqual(job, want[job.Kind()]) {
				b.Errorf("arrived %+v\nstored  %+v", job, want[job.Kind()])
			}
			delete(want, job.Kind())
		}
		if len(want) > 0 {
			b.Errorf("never came: %v", want)
		}
	})
}

func TestRolledBackJobIsNotWorked(t *testing.T) {
	onBoth(t, func(b *bench) {
		r, err := New(b.db, "", b.quietLog(), nil)
		if err != nil {
			b.Fatal(err)
		}
		oops := errors.New("oops")
		err = b.db.Tx(b.Context(), func(tx *db.Tx) error {
			if err := r.EnqueueTx(b.Context(), tx, samples()); err != nil {
				return err
			}
			return oops
		})
		if !errors.Is(err, oops) {
			b.Fatal(err)
		}
		if n := b.count("SELECT count(*) FROM river_job"); n != 0 {
			b.Errorf("%d jobs are stored", n)
		}
	})
}

// TestHowARunEnds: whatever a job returns, it runs again when it should, and the
// metrics and the log say how it went.
func TestHowARunEnds(t *testing.T) {
	tests := []struct {
		name     string
		end      func() error // of the first run
		outcome  Outcome
		from, to time.Duration // until the second run
		logged   string
	}{
		{"asks for later", func() error { return takeover.Later(500*time.Millisecond, "busy") }, Later, 500 * time.Millisecond, 4 * time.Second, "why=busy"},
		{"asks for later, wrapped", func() error { return fmt.Errorf("settle: %w", takeover.Later(time.Millisecond, "busy")) }, Later, 0, 4 * time.Second, "why=busy"},
		{"fails", func() error { return errors.New("no luck") }, Failed, 900 * time.Millisecond, 5 * time.Second, `err="no luck"`},
		{"panics", func() error { panic("out of range") }, Failed, 900 * time.Millisecond, 5 * time.Second, "panic: out of range"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			onBoth(t, func(b *bench) {
				runs := make(chan time.Time, 10)
				b.start(func(r *Runner) {
					first := true
					Handle(r, func(context.Context, takeover.SettleJob) error {
						runs <- time.Now()
						if first {
							first = false
							return tt.end()
						}
						return nil
					})
				})
				b.enqueue(takeover.SettleJob{Line: "ln_a"})
				first := receive(b, runs)
				if got, want := receive(b, b.seen), "settle "+string(tt.outcome); got != want {
					b.Errorf("told %q, want %q", got, want)
				}
				if took := receive(b, runs).Sub(first); took < tt.from || took > tt.to {
					b.Errorf("again after %s, want between %s and %s", took, tt.from, tt.to)
				}
				if got := receive(b, b.seen); got != "settle done" {
					b.Errorf("told %q of the second run", got)
				}
				if log := b.log.String(); !strings.Contains(log, tt.logged) {
					b.Errorf("the log does not say %q:\n%s", tt.logged, log)
				}
			})
		})
	}
}

// TestLaterUsesNoAttemptUp: a job may wait for a provider for hours.
func TestLaterUsesNoAttemptUp(t *testing.T) {
	onBoth(t, func(b *bench) {
		done := make(chan struct{})
		b.start(func(r *Runner) {
			left := 3
			Handle(r, func(context.Context, takeover.SettleJob) error {
				if left--; left >= 0 {
					return takeover.Later(time.Millisecond, "busy")
				}
				close(done)
				return nil
			})
		})
		b.enqueue(takeover.SettleJob{Line: "ln_a"})
		receive(b, done)
		if n := b.count("SELECT attempt FROM river_job"); n != 1 {
			b.Errorf("%d attempts are used up, want 1", n)
		}
	})
}

// TestDrawOnlyOnceForAVersion, but a newer version is drawn though the older one is
// being drawn when it is asked for.
func TestDrawOnlyOnceForAVersion(t *testing.T) {
	onBoth(t, func(b *bench) {
		drawing, goOn := make(chan int64, 10), make(chan struct{})
		b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 1}, takeover.DrawJob{Line: "ln_a", Version: 1})
		b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 1})
		b.start(func(r *Runner) {
			Handle(r, func(ctx context.Context, job takeover.DrawJob) error {
				drawing <- job.Version
				select {
				case <-goOn:
				case <-ctx.Done():
				}
				return nil
			})
		})
		if v := receive(b, drawing); v != 1 {
			b.Fatalf("draws version %d, want 1", v)
		}
		b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 1}) // while it is drawn
		b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 2}, takeover.DrawJob{Line: "ln_b", Version: 1})
		sum := receive(b, drawing)*10 + receive(b, drawing)
		if sum != 12 && sum != 21 {
			b.Errorf("draws %d, want the newer version and the other line", sum)
		}
		close(goOn)
		b.until("all are done", func() bool { return b.count("SELECT count(*) FROM river_job WHERE state = 'completed'") == 3 })
		b.enqueue(takeover.DrawJob{Line: "ln_a", Version: 1}) // it was done: asked for again, it is drawn again
		if v := receive(b, drawing); v != 1 {
			b.Errorf("draws version %d, want 1", v)
		}
	})
}

// TestTheMostUrgentDrawingGetsAWorkerFirst, ahead of those that were asked for earlier, and however
// many private answers and posts wait.
func TestTheMostUrgentDrawingGetsAWorkerFirst(t *testing.T) {
	onBoth(t, func(b *bench) {
		for i := range 60 {
			b.enqueue(takeover.SayJob{Entry: takeover.Entry{Key: fmt.Sprint(i)}})
			b.enqueue(takeover.DrawJob{Line: takeover.LineID(fmt.Sprint(i)), Version: 1, Urgency: takeover.UrgentNothing})
		}
		b.enqueue(takeover.DrawJob{Line: "silent", Version: 1, Urgency: takeover.UrgentSilence})
		b.enqueue(takeover.DrawJob{Line: "red", Version: 1, Urgency: takeover.UrgentAlarm})
		var mu sync.Mutex
		var drawn []takeover.LineID
		goOn, full := make(chan struct{}), make(chan struct{})
		b.start(func(r *Runner) {
			wait := func(ctx context.Context) {
				select {
				case <-goOn:
				case <-ctx.Done():
				}
			}
			Handle(r, func(ctx context.Context, _ takeover.SayJob) error { wait(ctx); return nil })
			Handle(r, func(ctx context.Context, job takeover.DrawJob) error {
				mu.Lock()
				if drawn = append(drawn, job.Line); len(drawn) == 32 {
					close(full)
				}
				mu.Unlock()
				wait(ctx)
				return nil
			})
		})
		receive(b, full)
		mu.Lock()
		defer mu.Unlock()
		for _, line := range []takeover.LineID{"red", "silent"} {
			if !slices.Contains(drawn, line) {
				b.Errorf("%s waits behind %v", line, drawn)
			}
		}
		close(goOn)
	})
}

// TestQueuesDoNotStandBehindEachOther: transcripts that keep Slack's pace fill their
// own queue only.
func TestQueuesDoNotStandBehindEachOther(t *testing.T) {
	onBoth(t, func(b *bench) {
		busy, goOn := make(chan struct{}, 100), make(chan struct{})
		settled := make(chan takeover.Job, 1)
		b.start(func(r *Runner) {
			relay[takeover.SettleJob](r, settled)
			Handle(r, func(ctx context.Context, job takeover.WorkJob) error {
				if job.Verb == takeover.Search {
					settled <- job
					return nil
				}
				busy <- struct{}{}
				select {
				case <-goOn:
				case <-ctx.Done():
				}
				return nil
			})
		})
		var many []takeover.Job
		for i := range 30 {
			many = append(many, takeover.WorkJob{Command: int64(i), Verb: takeover.WholeText})
		}
		b.enqueue(many...)
		for range 8 { // the workers of its queue
			receive(b, busy)
		}
		b.enqueue(takeover.SettleJob{Line: "ln_a"})
		receive(b, settled)
		b.enqueue(takeover.WorkJob{Command: 99, Verb: takeover.Search})
		receive(b, settled)
		if len(busy) > 0 {
			b.Error("more transcripts at once than their queue has workers")
		}
		close(goOn)
	})
}

func TestStopWaits(t *testing.T) {
	onBoth(t, func(b *bench) {
		working, goOn, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
		r := b.start(func(r *Runner) {
			Handle(r, func(ctx context.Context, _ takeover.SettleJob) error {
				close(working)
				<-goOn
				defer close(done)
				return ctx.Err()
			})
		})
		b.enqueue(takeover.SettleJob{Line: "ln_a"})
		receive(b, working)
		stopped := make(chan error, 1)
		go func() { stopped <- r.Stop(context.WithoutCancel(b.Context())) }()
		select {
		case err := <-stopped:
			b.Errorf("stopped before the job ended: %v", err)
		case <-time.After(100 * time.Millisecond):
		}
		close(goOn)
		if err := receive(b, stopped); err != nil {
			b.Error(err)
		}
		receive(b, done)
		if n := b.count("SELECT count(*) FROM river_job WHERE state = 'completed'"); n != 1 {
			b.Error("the job is not completed")
		}
	})
}

// TestStopCancels what does not end in time; it runs again after the next start, and
// being stopped is no failure.
func TestStopCancels(t *testing.T) {
	for name, end := range map[string]func() (context.Context, context.CancelFunc){
		"out of time": func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 50*time.Millisecond)
		},
		"cancelled": func() (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return ctx, cancel
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(b *bench) {
				runs := make(chan struct{}, 10)
				r := b.start(func(r *Runner) {
					Handle(r, func(ctx context.Context, _ takeover.SettleJob) error {
						runs <- struct{}{}
						<-ctx.Done()
						return fmt.Errorf("call the provider: %w", ctx.Err())
					})
				})
				b.enqueue(takeover.SettleJob{Line: "ln_a"})
				receive(b, runs)
				ctx, cancel := end()
				defer cancel()
				if err := r.Stop(ctx); err != nil {
					b.Error(err)
				}
				if got := receive(b, b.seen); got != "settle later" {
					b.Errorf("told %q, want that it runs later", got)
				}
				if strings.Contains(b.log.String(), "ERROR") {
					b.Errorf("an orderly stop is logged as an error:\n%s", b.log)
				}
				b.start(func(r *Runner) {
					Handle(r, func(context.Context, takeover.SettleJob) error {
						runs <- struct{}{}
						return nil
					})
				})
				receive(b, runs)
			})
		})
	}
}

func TestStopWithoutStart(t *testing.T) {
	b := newBench(t, databases.SQLite(t))
	r, err := New(b.db, "", b.quietLog(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNothingLeaks(t *testing.T) {
	for name, newURL := range map[string]func(testing.TB) string{"sqlite": databases.SQLite, "postgres": databases.Postgres} {
		t.Run(name, func(t *testing.T) {
			rawURL := newURL(t)
			before := goleak.IgnoreCurrent()
			t.Run("from open to close", func(t *testing.T) {
				b := newBench(t, rawURL)
				arrived := make(chan takeover.Job, 1)
				b.start(func(r *Runner) { relay[takeover.SettleJob](r, arrived) })
				b.enqueue(takeover.SettleJob{Line: "ln_a"})
				receive(b, arrived)
			})
			goleak.VerifyNone(t, before)
		})
	}
}

// TestTheLastAttemptIsLogged: what River throws away is done by nobody.
func TestTheLastAttemptIsLogged(t *testing.T) {
	onBoth(t, func(b *bench) {
		b.enqueue(takeover.SettleJob{Line: "ln_a"})
		err := b.db.Tx(b.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(b.Context(), "UPDATE river_job SET max_attempts = 1")
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
		b.start(func(r *Runner) {
			Handle(r, func(context.Context, takeover.SettleJob) error { return errors.New("no luck") })
		})
		receive(b, b.seen)
		if log := b.log.String(); !strings.Contains(log, `err="no luck" given_up=true`) {
			b.Errorf("the log does not say that it was given up:\n%s", log)
		}
	})
}
