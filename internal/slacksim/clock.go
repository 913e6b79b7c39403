package slacksim

import (
	"sync"
	"time"
)

// timepiece is the workspace's time, which people see and which stands in message
// ids: it may be turned by hand. What Slack counts against a client's own
// clock (trigger ids, response URLs, rate limits, signatures) stays on
// Options.Now, see Sim.real.
type timepiece struct {
	mu    sync.Mutex
	base  func() time.Time
	ahead time.Duration
}

func (c *timepiece) now() time.Time {
	c.mu.Lock()
	base, ahead := c.base, c.ahead
	c.mu.Unlock()
	return base().Add(ahead)
}

// SetNow gives the workspace another clock; nil brings Options.Now back. What
// Advance added is forgotten. Message ids follow the clock, but never go back,
// and trigger ids, response URLs, rate limits and signatures do not follow it.
// now is called from several goroutines and must not call the simulator.
func (s *Sim) SetNow(now func() time.Time) {
	if now == nil {
		now = s.real
	}
	s.clock.mu.Lock()
	s.clock.base, s.clock.ahead = now, 0
	s.clock.mu.Unlock()
	s.tick()
}

// Advance turns the workspace's clock on by d, as SetNow would: it goes on
// running from there.
func (s *Sim) Advance(d time.Duration) {
	s.clock.mu.Lock()
	s.clock.ahead += d
	s.clock.mu.Unlock()
	s.tick()
}

// tick tells those who watch that every time on the screen has changed.
func (s *Sim) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed()
}
