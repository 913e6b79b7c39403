package clock

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"
)

// readEvery is how often the file is read during Wait.
const readEvery = 100 * time.Millisecond

// Clock tells the time, in the system's zone. Safe for use by several goroutines.
type Clock struct {
	path string // of the file with the offset; empty for the system's clock

	mu    sync.Mutex
	ahead time.Duration // of the system's clock, when the file was last read; it never shrinks
}

// System is the system's own clock.
func System() *Clock { return &Clock{} }

// Turned is a clock that is ahead of the system's by the duration in a file ("31m"). A new
// duration counts at once. The clock never goes backwards: a shorter duration than before
// changes nothing, nor does a file that is missing or holds something else.
func Turned(path string) *Clock { return &Clock{path: path} }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(c.offset()) }

// Wait returns when d has passed, when ctx ends, or when the clock was turned, whichever
// comes first. A caller that waits for a point in time has to check Now again.
func (c *Clock) Wait(ctx context.Context, d time.Duration) {
	over := time.NewTimer(d)
	defer over.Stop()
	if c.path == "" {
		select {
		case <-over.C:
		case <-ctx.Done():
		}
		return
	}
	reread := time.NewTicker(readEvery)
	defer reread.Stop()
	for began := c.known(); c.offset() == began; {
		select {
		case <-over.C:
			return
		case <-ctx.Done():
			return
		case <-reread.C:
		}
	}
}

// known is how far the clock was ahead when the file was last read.
func (c *Clock) known() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// Ahead is how far the clock is ahead of the system's.
func (c *Clock) Ahead() time.Duration { return c.offset() }

// offset is how far the clock is ahead of the system's.
func (c *Clock) offset() time.Duration {
	if c.path == "" {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = max(c.ahead, read(c.path))
	return c.ahead
}

// read is the duration in a file; 0 if there is none.
func read(path string) time.Duration {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	d, err := time.ParseDuration(strings.TrimSpace(string(raw)))
	if err != nil {
		return 0
	}
	return d
}
