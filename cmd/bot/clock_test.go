package main

import (
	"path/filepath"
	"sync"
	"time"

	"takeoverbot/internal/clock"
)

// testClock is how far the time of a test is ahead of the machine's.
type testClock struct {
	mu     sync.Mutex
	ahead  time.Duration
	before time.Duration // ahead as it was before the last turn
	turned time.Time     // when that was, by the system's clock
}

// followed is by when a bot has certainly noticed that its clock was turned.
const followed = 100 * time.Millisecond

// now is the time of the test.
func (c *testClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// bounds are the times between which a bot takes it for: it follows a turn a moment later.
func (c *testClock) bounds() (earliest, latest time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.turned) < followed {
		return now.Add(c.before), now.Add(c.ahead)
	}
	return now.Add(c.ahead), now.Add(c.ahead)
}

func (c *testClock) turn(d time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.before, c.turned = c.ahead, time.Now()
	c.ahead += d
	return c.ahead
}

// clockFile is what the bots' clock follows.
func (s *system) clockFile() string { return filepath.Join(s.dir, "clock") }

// turn advances the clock of the whole system: that of Slack and Telnyx first, so that
// nothing happens in a bot's future.
func (s *system) turn(d time.Duration) {
	s.Helper()
	ahead := s.clock.turn(d)
	s.slack.Advance(d)
	s.telnyx.Advance(d)
	s.must(nil, clock.Turn(s.clockFile(), ahead))
}
