package slackapi

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"takeoverbot/internal/slacktest"
	"takeoverbot/takeover"
)

// memoryBudget is a Budget in memory. The clock of its server is not ours.
type memoryBudget struct {
	mu   sync.Mutex
	rows map[string]takeover.Budget
}

func (m *memoryBudget) ChangeBudget(ctx context.Context, key string, change func(now time.Time, b *takeover.Budget)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.rows[key]
	change(time.Now().Add(-time.Hour), &b)
	m.rows[key] = b
	return ctx.Err()
}

// replicas are Pacers that share a budget.
func replicas(n int) (all []*Pacer) {
	budget := &memoryBudget{rows: map[string]takeover.Budget{}}
	for range n {
		all = append(all, NewShared(budget))
	}
	return all
}

// TestReplicasKeepALimitTogether: in no window are there more calls than allowed, and the calls
// take as long whether one replica makes them all, or several do.
func TestReplicasKeepALimitTogether(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		key    limitKey
		window time.Duration
		most   int
		calls  int
		took   time.Duration
	}{
		"posts in a channel":     {limitKey{methodPost, "C1"}, time.Second, 1, 100, 99 * 1100 * time.Millisecond},
		"updates of a workspace": {limitKey{method: methodUpdate}, time.Minute, 50, 124, 119 * time.Minute / 45},
		"people":                 {limitKey{method: methodUser}, time.Minute, 100, 200, 180 * time.Minute / 80},
	} {
		for busy := 1; busy <= 3; busy++ {
			t.Run(fmt.Sprintf("%s, %d of 3 busy", name, busy), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					all, j, began := replicas(3), &journal{}, time.Now()
					var wg sync.WaitGroup
					for i := range tc.calls {
						wg.Go(func() {
							slacktest.Must(t, all[i%busy].wait(t.Context(), tc.key, Normal))
							j.note("")
						})
					}
					wg.Wait()
					if most := j.most(tc.window); most > tc.most || len(j.when) != tc.calls {
						t.Errorf("%d calls in %s, allowed are %d; %d in all", most, tc.window, tc.most, len(j.when))
					}
					if took := time.Since(began); took > tc.took+time.Second {
						t.Errorf("all were made after %s, want %s", took, tc.took)
					}
				})
			})
		}
	}
}

// TestTheMostUrgentCallOfAllReplicasGoesFirst, whichever replica has it.
func TestTheMostUrgentCallOfAllReplicasGoesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all, j, key := replicas(2), &journal{}, limitKey{method: methodUpdate}
		var wg sync.WaitGroup
		call := func(p *Pacer, prio Priority, n int) {
			for range n {
				wg.Go(func() {
					slacktest.Must(t, p.wait(t.Context(), key, prio))
					j.note(fmt.Sprint(int(prio)))
				})
			}
		}
		call(all[0], Normal, 5+20) // five may go at once
		synctest.Wait()
		call(all[1], Alarm, 5)
		call(all[1], Urgent, 10)
		call(all[0], Urgent, 10)
		wg.Wait()
		if got := j.who[5:]; !slices.IsSorted(got) {
			t.Errorf("the calls went in the order %v", got)
		}
	})
}

// TestAReplicaHonoursTheRetryAfterOfAnother, and has the turn that another one gave back.
func TestAReplicaHonoursTheRetryAfterOfAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		all, key, began := replicas(2), limitKey{methodPost, "C1"}, time.Now()
		all[0].penalize(t.Context(), key, 30*time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		slacktest.WantLater(t, all[1].wait(ctx, key, Urgent), 30*time.Second)
		slacktest.Must(t, all[1].wait(t.Context(), key, Urgent))
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("it called after %s", took)
		}
		all[1].giveBack(t.Context(), key)
		slacktest.Must(t, all[0].wait(t.Context(), key, Urgent))
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("the turn that was given back was had after %s", took)
		}
		time.Sleep(900 * time.Millisecond)
		all[0].answered(t.Context(), key)
		slacktest.Must(t, all[1].wait(t.Context(), key, Urgent))
		if took := time.Since(began); took != 32*time.Second {
			t.Errorf("it called %s after the answer to another replica's call", took-30900*time.Millisecond)
		}
	})
}

// TestABudgetThatCannotBeRead fails the call, and only that one.
func TestABudgetThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p, key := replicas(1)[0], limitKey{methodPost, "C1"}
	p.budget = brokenBudget{}
	if err := p.wait(t.Context(), key, Urgent); err == nil {
		t.Error("it called without knowing whether it may")
	}
	if n := len(p.keys[key].waiting); n != 0 {
		t.Errorf("%d calls wait", n)
	}
}

type brokenBudget struct{}

func (brokenBudget) ChangeBudget(context.Context, string, func(time.Time, *takeover.Budget)) error {
	return context.DeadlineExceeded
}
