package simserver

import (
	"sync"
	"time"
)

// Clock is a clock that can be turned. Its methods may be called from several goroutines.
type Clock struct {
	first func() time.Time

	mu    sync.Mutex
	base  func() time.Time
	ahead time.Duration
}

// NewClock returns a clock that shows the time of base.
func NewClock(base func() time.Time) *Clock { return &Clock{first: base, base: base} }

// Now is the time that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	base, ahead := c.base, c.ahead
	c.mu.Unlock()
	return base().Add(ahead)
}

// Set replaces the time that the clock follows; nil brings the first one back. What
// Advance added is forgotten. now is called from several goroutines.
func (c *Clock) Set(now func() time.Time) {
	if now == nil {
		now = c.first
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base, c.ahead = now, 0
}

// Advance turns the clock on by d; it goes on running from there.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}
