package store

import (
	"sync"
	"testing"
	"time"

	"takeoverbot/takeover"
)

// TestBudget: replicas that change it at the same time lose no change, and share one clock.
func TestBudget(t *testing.T) {
	b := newBase(t, databases.Postgres(t))
	const each = 25
	var latest time.Time
	var changing sync.WaitGroup
	for _, s := range []*Store{b.Store, b.another("b"), b.another("c")} {
		changing.Go(func() {
			for range each {
				err := s.ChangeBudget(b.Context(), "chat.postMessage C1", func(now time.Time, x *takeover.Budget) {
					if latest.After(now) { // the row's lock guards it
						b.Errorf("%s comes after %s", now, latest)
					}
					latest = now
					if x.Full.IsZero() {
						x.Full = start
					}
					x.Full, x.Claimed, x.Urgency = x.Full.Add(time.Second), now, x.Urgency+1
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	changing.Wait()
	err := b.ChangeBudget(b.Context(), "chat.postMessage C1", func(now time.Time, x *takeover.Budget) {
		if x.Urgency != 3*each || !x.Full.Equal(start.Add(3*each*time.Second)) || !x.Claimed.Equal(latest) || now.Sub(latest) > time.Minute {
			b.Errorf("%+v at %s", x, now)
		}
	})
	if err != nil {
		b.Error(err)
	}
}
