package write

import (
	"sync"
	"time"
)

// backoff is how long each failed job waits before its next attempt, as far as this process
// knows. The zero value is ready. Safe for use by several goroutines.
type backoff struct {
	mu    sync.Mutex
	waits map[string]time.Duration
}

// wait is how long to wait after one more failure: first, then twice as long each time,
// and never more than most.
func (b *backoff) wait(key string, first, most time.Duration) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.waits == nil || len(b.waits) >= maxWaits {
		b.waits = map[string]time.Duration{}
	}
	d := min(max(first, 2*b.waits[key]), most)
	b.waits[key] = d
	return d
}

// forget starts again with the shortest wait, after a success.
func (b *backoff) forget(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.waits, key)
}

// maxWaits bounds how many failed jobs are remembered.
const maxWaits = 10000
