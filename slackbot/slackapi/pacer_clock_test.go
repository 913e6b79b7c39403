package slackapi

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// On a real clock time passes between two readings of it: a free key must not wait for
// a moment that is always just ahead. A clock that stands still cannot show that.
func TestPacerOnARealClock(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	p := newPacer()
	key := limitKey{method: methodPost, channel: "C1"}
	p.keys[key] = &pace{limit: limit{every: 50 * time.Millisecond, burst: 1}}
	for range 2 { // the first at once, the second after its interval
		if err := p.wait(ctx, key, Urgent); err != nil {
			t.Fatal(err)
		}
	}
}

// A process that follows another one does not know when that one last posted.
func TestPacerOfASuccessorBeginsWithItsCallSpent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, began := NewSuccessor(), time.Now()
		for range successorUpdates {
			if err := p.wait(t.Context(), limitKey{method: methodUpdate}, Urgent); err != nil || time.Since(began) != 0 {
				t.Fatalf("an update waited %s, %v: its limit allows several at once", time.Since(began), err)
			}
		}
		post := limitKey{method: methodPost, channel: "C1"}
		if err := p.wait(t.Context(), post, Urgent); err != nil || time.Since(began) != limitFor(post).every {
			t.Errorf("the first post left after %s, %v; want %s", time.Since(began), err, limitFor(post).every)
		}
	})
}

// Whenever a process that draws as fast as it may is followed by another one, no minute
// sees more updates than Slack allows.
func TestPacerAndItsSuccessorKeepTheLimitTogether(t *testing.T) {
	t.Parallel()
	for after := time.Second; after <= time.Minute; after += 7 * time.Second {
		synctest.Test(t, func(t *testing.T) {
			update, began := limitKey{method: methodUpdate}, time.Now()
			var left []time.Time
			drawUntil := func(p *Pacer, end time.Duration) {
				ctx, cancel := context.WithDeadline(t.Context(), began.Add(end))
				defer cancel()
				for p.wait(ctx, update, Urgent) == nil {
					left = append(left, time.Now())
				}
				time.Sleep(time.Until(began.Add(end)))
			}
			drawUntil(newPacer(), after)
			drawUntil(NewSuccessor(), after+2*time.Minute)
			for i, first := range left {
				n := 0
				for _, at := range left[i:] {
					if at.Sub(first) < time.Minute {
						n++
					}
				}
				if n > 50 {
					t.Fatalf("followed after %s: %d updates within a minute", after, n)
				}
			}
		})
	}
}
