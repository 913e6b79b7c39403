package slackapi

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// journal notes who got a turn and when.
type journal struct {
	mu   sync.Mutex
	who  []string
	when []time.Time
}

func (j *journal) note(who string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.who, j.when = append(j.who, who), append(j.when, time.Now())
}

// most is the largest number of turns in any window of that length.
func (j *journal) most(window time.Duration) int {
	most := 0
	for i, from := range j.when {
		n, _ := slices.BinarySearchFunc(j.when[i:], from.Add(window), time.Time.Compare)
		most = max(most, n)
	}
	return most
}

func TestPacerNeverExceedsALimit(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key    limitKey
		window time.Duration
		most   int
	}{
		"one post a second in a channel":     {limitKey{methodPost, "C1"}, time.Second, 1},
		"posts of a workspace":               {limitKey{method: methodPost}, time.Minute, 300},
		"updates of a workspace, tier 3":     {limitKey{method: methodUpdate}, time.Minute, 50},
		"history, tier 3":                    {limitKey{method: methodHistory}, time.Minute, 50},
		"files, tier 4":                      {limitKey{method: methodUploaded}, time.Minute, 100},
		"people, tier 4":                     {limitKey{method: methodUser}, time.Minute, 100},
		"boxes, tier 4":                      {limitKey{method: methodOpenView}, time.Minute, 100},
		"private messages, tier 4":           {limitKey{method: methodEphemeral}, time.Minute, 100},
		"taking back a stray reply, tier 3":  {limitKey{method: methodDelete}, time.Minute, 50},
		"looking whether it stands, tier 3":  {limitKey{method: methodReplies}, time.Minute, 50},
		"reactions, tier 3":                  {limitKey{method: methodReact}, time.Minute, 50},
		"reactions taken away, tier 2":       {limitKey{method: methodUnreact}, time.Minute, 20},
		"asking whether we are in, tier 3":   {limitKey{method: methodInfo}, time.Minute, 50},
		"asking who we are, taken as tier 4": {limitKey{method: methodAuth}, time.Minute, 100},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p, j := newPacer(), &journal{}
				random := rand.New(rand.NewPCG(1, 2))
				var wg sync.WaitGroup
				for range 400 { // in waves: idle times fill the bucket, crowds empty it
					if random.IntN(20) == 0 {
						time.Sleep(time.Duration(random.IntN(90)) * time.Second)
					}
					prio := Priority(random.IntN(int(Bulk) + 1))
					wg.Go(func() {
						slacktest.Must(t, p.wait(t.Context(), tc.key, prio))
						j.note("")
					})
				}
				wg.Wait()
				if most := j.most(tc.window); most > tc.most {
					t.Errorf("%d calls in %s, allowed are %d", most, tc.window, tc.most)
				}
				if len(j.when) != 400 {
					t.Errorf("%d turns", len(j.when))
				}
			})
		})
	}
}

func TestPacerServesByPriorityThenByArrival(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, j, key := newPacer(), &journal{}, limitKey{methodPost, "C1"}
		slacktest.Must(t, p.wait(t.Context(), key, Bulk)) // the bucket is empty now
		var wg sync.WaitGroup
		for i, prio := range []Priority{Bulk, Bulk, Normal, Urgent, Bulk, Normal, Alarm, Urgent} {
			wg.Go(func() {
				slacktest.Must(t, p.wait(t.Context(), key, prio))
				j.note(fmt.Sprintf("%d.%d", prio, i))
			})
			synctest.Wait() // so that they arrive in this order
		}
		wg.Wait()
		if want := []string{"0.6", "2.3", "2.7", "3.2", "3.5", "4.0", "4.1", "4.4"}; !slices.Equal(j.who, want) {
			t.Errorf("served %v, want %v", j.who, want)
		}
	})
}

func TestPacerKeysDoNotDelayEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() { _ = p.wait(ctx, limitKey{methodPost, "A"}, Urgent) })
		}
		p.penalize(t.Context(), limitKey{method: methodUpdate}, time.Minute)
		synctest.Wait()
		start := time.Now()
		slacktest.Must(t, p.wait(ctx, limitKey{methodPost, "B"}, Bulk))
		slacktest.Must(t, p.wait(ctx, limitKey{method: methodUser}, Bulk))
		if waited := time.Since(start); waited != 0 {
			t.Errorf("channel B waited %s for channel A", waited)
		}
		cancel()
		wg.Wait()
	})
}

func TestPacerHonoursRetryAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, a, b := newPacer(), limitKey{methodPost, "A"}, limitKey{methodPost, "B"}
		start := time.Now()
		p.penalize(t.Context(), a, 30*time.Second)
		p.penalize(t.Context(), a, 3*time.Second) // a shorter one does not shorten it
		slacktest.Must(t, p.wait(t.Context(), b, Normal))
		if time.Since(start) != 0 {
			t.Error("the other channel waited too")
		}
		slacktest.Must(t, p.wait(t.Context(), a, Normal))
		if waited := time.Since(start); waited != 30*time.Second {
			t.Errorf("waited %s instead of 30 s", waited)
		}

		p, start = newPacer(), time.Now()
		update := limitKey{method: methodUpdate}
		p.penalize(t.Context(), update, 10*time.Second)
		slacktest.Must(t, p.wait(t.Context(), update, Urgent))
		slacktest.Must(t, p.wait(t.Context(), update, Urgent))
		if waited := time.Since(start); waited != 10*time.Second+limitFor(update).every {
			t.Errorf("second update after %s: the time of silence must not become a burst", waited)
		}
	})
}

func TestPacerSaysAtOnceWhenTheTurnComesTooLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, key := newPacer(), limitKey{methodPost, "A"}
		p.penalize(t.Context(), key, 20*time.Second)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		slacktest.WantLater(t, p.wait(ctx, key, Urgent), 20*time.Second)
		if time.Since(start) != 0 {
			t.Error("it waited before it said so")
		}
		var wg sync.WaitGroup
		wg.Go(func() { slacktest.Must(t, p.wait(t.Context(), key, Normal)) })
		synctest.Wait()
		ctx, cancel = context.WithTimeout(t.Context(), 21*time.Second)
		defer cancel()
		slacktest.WantLater(t, p.wait(ctx, key, Bulk), 21100*time.Millisecond) // one is ahead
		slacktest.Must(t, p.wait(ctx, key, Urgent))                            // nobody is
		wg.Wait()
	})
}

func TestPacerTellsThoseWhoWaitAlreadyWhenSlackAsksForRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, key := newPacer(), limitKey{methodPost, "A"}
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		start := time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			slacktest.WantLater(t, p.wait(ctx, key, Urgent), 60*time.Second)
			if time.Since(start) != 0 {
				t.Errorf("told after %s", time.Since(start))
			}
		})
		wg.Go(func() {
			slacktest.Must(t, p.wait(t.Context(), key, Bulk)) // has no deadline
			if time.Since(start) != 60*time.Second {
				t.Errorf("served after %s", time.Since(start))
			}
		})
		synctest.Wait()
		p.penalize(t.Context(), key, 60*time.Second)
		wg.Wait()
	})
}

func TestPacerOvertakenWaiterIsToldAtItsDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, key := newPacer(), limitKey{methodPost, "A"}
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			var later *takeover.LaterError
			if err := p.wait(ctx, key, Bulk); !errors.As(err, &later) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		for range 3 {
			wg.Go(func() { slacktest.Must(t, p.wait(t.Context(), key, Urgent)) })
		}
		wg.Wait()
	})
}

func TestPacerCancelledWaiterLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, key := newPacer(), limitKey{methodPost, "A"}
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := p.wait(ctx, key, Urgent); !errors.Is(err, context.Canceled) {
					t.Errorf("got %v", err)
				}
			})
		}
		synctest.Wait()
		start := time.Now()
		cancel()
		wg.Wait()
		slacktest.Must(t, p.wait(t.Context(), key, Bulk))
		if waited := time.Since(start); waited != 1100*time.Millisecond {
			t.Errorf("those who left cost a turn: waited %s", waited)
		}
		if err := p.wait(ctx, limitKey{methodPost, "B"}, Urgent); !errors.Is(err, context.Canceled) {
			t.Errorf("an ended context got a turn: %v", err)
		}
	})
}

// TestPacerFullBucketIsFreeNow needs no bubble: on a real clock the time goes on
// between two looks at it.
func TestPacerFullBucketIsFreeNow(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for _, l := range []limit{{time.Second, 1}, perMinute(50)} {
		k := &pace{limit: l, full: now.Add(-time.Hour)}
		if at := k.free(now, 0); at.After(now) {
			t.Errorf("%+v: free only in %s", l, at.Sub(now))
		}
	}
}

func TestPacerForgetsIdleKeys(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		for i := range 20 * sweepAt {
			slacktest.Must(t, p.wait(t.Context(), limitKey{methodPost, strconv.Itoa(i)}, Urgent))
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(p.keys); n > sweepAt {
			t.Errorf("%d keys are kept", n)
		}
		p.penalize(t.Context(), limitKey{methodPost, "C"}, time.Hour)
		for i := range 20 * sweepAt {
			slacktest.Must(t, p.wait(t.Context(), limitKey{methodPost, strconv.Itoa(i)}, Urgent))
			time.Sleep(100 * time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.wait(ctx, limitKey{methodPost, "C"}, Urgent); err == nil {
			t.Error("a Retry-After was forgotten")
		}
	})
}

// A call that was kept between its turn and its leaving pushes the next one out.
func TestPacerCountsFromWhenACallLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		key := limitKey{method: methodPost, channel: "C1"}
		if err := p.wait(t.Context(), key, Urgent); err != nil {
			t.Fatal(err)
		}
		next := make(chan time.Time, 1)
		go func() {
			_ = p.wait(t.Context(), key, Urgent)
			next <- time.Now()
		}()
		time.Sleep(900 * time.Millisecond) // the clock of the test: a slow disk
		left := time.Now()
		p.sent(key)
		if apart := (<-next).Sub(left); apart < time.Second {
			t.Errorf("the next call may leave %s after the one before", apart)
		}
	})
}

// A call that a slow network kept pushes the next one out: Slack counts from when calls arrive.
func TestPacerCountsFromTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer()
		post, update := limitKey{method: methodPost, channel: "C1"}, limitKey{method: methodUpdate}
		for _, key := range []limitKey{post, update} {
			slacktest.Must(t, p.wait(t.Context(), key, Urgent))
			p.sent(key)
		}
		time.Sleep(700 * time.Millisecond)
		p.answered(t.Context(), post)
		p.answered(t.Context(), update)
		arrived := time.Now()
		slacktest.Must(t, p.wait(t.Context(), update, Urgent))
		if took := time.Since(arrived); took != 0 {
			t.Errorf("an update waited %s: its limit allows several at once", took)
		}
		slacktest.Must(t, p.wait(t.Context(), post, Urgent))
		if apart := time.Since(arrived); apart < time.Second {
			t.Errorf("the next post may arrive %s after the one before", apart)
		}
	})
}

// TestPacerGivesATurnBack: it costs nobody anything, unless a call has left meanwhile.
func TestPacerGivesATurnBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		key := limitKey{method: methodPost, channel: "C1"}
		p, began := newPacer(), time.Now()
		for range 3 {
			slacktest.Must(t, p.wait(t.Context(), key, Urgent))
			p.giveBack(t.Context(), key)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("turns that nobody used cost %s", took)
		}
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		p.sent(key)
		p.giveBack(t.Context(), key) // of a turn that was given before
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		if took := time.Since(began); took != limitFor(key).every {
			t.Errorf("%s after a call that left, want %s", took, limitFor(key).every)
		}
		p.giveBack(t.Context(), key)
		waiting := make(chan error)
		slacktest.Must(t, p.wait(t.Context(), key, Urgent))
		go func() { waiting <- p.wait(t.Context(), key, Urgent) }()
		synctest.Wait()
		p.giveBack(t.Context(), key)
		slacktest.Must(t, <-waiting)
		if took := time.Since(began); took != limitFor(key).every {
			t.Errorf("%s: the call that waits does not get the turn that was given back", took)
		}
	})
}
