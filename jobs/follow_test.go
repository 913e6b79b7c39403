package jobs

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"takeoverbot/internal/db"
	"takeoverbot/takeover"
)

const followers = "SELECT count(*) FROM river_job WHERE kind = 'follow' AND state IN ('available', 'pending', 'scheduled', 'retryable')"

// TestOneFollowerWaits: many new messages of a conversation ask for one reading, and another
// conversation, or a time that has not come, for its own.
func TestOneFollowerWaits(t *testing.T) {
	onBoth(t, func(b *bench) {
		soon, late := time.Now().Add(time.Hour).UTC(), time.Now().Add(2*time.Hour).UTC()
		job := takeover.FollowJob{Line: "ln_a", Conversation: "c1"}
		from := func(at time.Time) takeover.FollowJob {
			return takeover.FollowJob{Line: job.Line, Conversation: job.Conversation, From: at}
		}
		for i, step := range []struct {
			jobs []takeover.Job
			want int64
		}{
			{[]takeover.Job{from(soon)}, 1}, // planned: it does not stand for a reading now
			{[]takeover.Job{job, job}, 2},
			{[]takeover.Job{job}, 2},
			{[]takeover.Job{from(time.Now().Add(-time.Second).UTC())}, 2}, // its time has come
			{[]takeover.Job{from(soon), from(late), from(late)}, 3},
			{[]takeover.Job{takeover.FollowJob{Line: "ln_a", Conversation: "c2"}, takeover.FollowJob{Line: "ln_b", Conversation: "c1"}}, 5},
			{[]takeover.Job{takeover.SettleJob{Line: "ln_a"}, job, takeover.SettleJob{Line: "ln_a"}}, 5},
		} {
			b.enqueue(step.jobs...)
			if n := b.count(followers); n != step.want {
				b.Errorf("step %d: %d wait, want %d", i, n, step.want)
			}
		}
	})
}

// TestAMessageDuringAReadingIsRead by the next job: what runs may have read before it came. Jobs
// that run at the same time and come back are one again.
func TestAMessageDuringAReadingIsRead(t *testing.T) {
	onBoth(t, func(b *bench) {
		running, end := make(chan struct{}, 100), make(chan error)
		job := takeover.FollowJob{Line: "ln_a", Conversation: "c1"}
		b.enqueue(job)
		b.start(func(r *Runner) {
			Handle(r, func(ctx context.Context, _ takeover.FollowJob) error {
				running <- struct{}{}
				select {
				case err := <-end:
					return err
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		})
		receive(b, running)
		b.enqueue(job)
		receive(b, running) // the second one runs beside the first
		b.enqueue(job, takeover.FollowJob{Line: "ln_a", Conversation: "c1", From: time.Now().Add(-time.Second).UTC()})
		receive(b, running)
		end <- takeover.Later(time.Hour, "Slack is down")
		b.until("one waits", func() bool { return b.count(followers) == 1 })
		end <- takeover.Later(time.Hour, "Slack is down")
		end <- takeover.Later(time.Hour, "Slack is down")
		b.until("the others ended", func() bool { return b.count("SELECT count(*) FROM river_job WHERE state = 'completed'") == 2 })
		if n := b.count(followers); n != 1 {
			b.Errorf("%d wait, want 1", n)
		}
	})
}

// TestNoReadingIsLost: whatever runs at the same time, a reading begins after each request.
func TestNoReadingIsLost(t *testing.T) {
	onBoth(t, func(b *bench) {
		var mu sync.Mutex
		asked, read := map[takeover.ConversationID]int{}, map[takeover.ConversationID]int{}
		r := b.start(func(r *Runner) {
			n := 0
			Handle(r, func(_ context.Context, job takeover.FollowJob) error {
				mu.Lock()
				sees := asked[job.Conversation]
				n++
				fails := n%3 == 0
				mu.Unlock()
				time.Sleep(time.Millisecond)
				if fails {
					return takeover.Later(3*time.Millisecond, "Slack is down")
				}
				mu.Lock()
				read[job.Conversation] = max(read[job.Conversation], sees)
				mu.Unlock()
				return nil
			})
		})
		go func() {
			for range b.seen {
			}
		}()
		for i := range 120 {
			conv := takeover.ConversationID(fmt.Sprint("c", i%3))
			mu.Lock()
			asked[conv]++
			mu.Unlock()
			err := b.db.Tx(b.Context(), func(tx *db.Tx) error {
				return r.EnqueueTx(b.Context(), tx, []takeover.Job{takeover.FollowJob{Line: "ln_a", Conversation: conv}})
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.until("each is read", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return read["c0"] == 40 && read["c1"] == 40 && read["c2"] == 40
		})
	})
}
