package clock

import (
	"context"
	"os"
	"strings"
	"sync"
	"time"
)

// lookEvery is how often a file is looked at while somebody waits.
const lookEvery = 20 * time.Millisecond

// Clock tells the time, UTC or not as the system has it. Safe for use by several
// goroutines.
type Clock struct {
	path string // of the file that turns it; empty for the system's clock

	mu    sync.Mutex
	ahead time.Duration // of the system's clock, at the last look; it never shrinks
}

// System is the system's own clock.
func System() *Clock { return &Clock{} }

// Turned is a clock that is ahead of the system's by the duration in a file ("31m"), and
// follows it at once: who turned it sees the new time in whatever comes next. It never goes backwards: a duration that
// is shorter than one before changes nothing, nor does a file that is missing or says
// something else.
func Turned(path string) *Clock { return &Clock{path: path} }

// Now is the time.
func (c *Clock) Now() time.Time { return time.Now().Add(c.offset()) }

// Wait returns when d has passed, when ctx ends, or when the clock was turned, whichever
// comes first: whoever waits for a moment looks at Now again.
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
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for began := c.known(); c.offset() == began; {
		select {
		case <-over.C:
			return
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// known is how far the clock was ahead at the last look.
func (c *Clock) known() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ahead
}

// offset is by how much the clock is ahead of the system's.
func (c *Clock) offset() time.Duration {
	if c.path == "" {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = max(c.ahead, read(c.path))
	return c.ahead
}

// read is the duration in a file; 0 if there is none. A file that is just being written
// is read again soon.
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
