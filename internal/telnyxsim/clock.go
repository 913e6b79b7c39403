package telnyxsim

import (
	"sync"
	"time"
)

// timepiece is the clock of what is stored; it may be turned by hand.
type timepiece struct {
	mu    sync.Mutex // its own, since the time is asked for with and without Sim.mu
	base  func() time.Time
	ahead time.Duration
}

func (c *timepiece) now() time.Time {
	c.mu.Lock()
	base, ahead := c.base, c.ahead
	c.mu.Unlock()
	return base().Add(ahead)
}

// SetNow gives the simulator another clock; nil brings Options.Now back. What Advance added is forgotten. All that is
// stored follows it, the silence of Options.Inactivity and the 24 hours of an Idempotency-Key included; delays and the
// requests a second do not. now is called from several goroutines and must not call the simulator.
func (s *Sim) SetNow(now func() time.Time) {
	if now == nil {
		now = s.opts.Now
	}
	s.clock.mu.Lock()
	s.clock.base, s.clock.ahead = now, 0
	s.clock.mu.Unlock()
	s.tick()
}

// Advance turns the clock on by d; it goes on running from there.
func (s *Sim) Advance(d time.Duration) {
	s.clock.mu.Lock()
	s.clock.ahead += d
	s.clock.mu.Unlock()
	s.tick()
}

// SetInactivity changes Options.Inactivity, as a change of the assistant's settings does; 0 is never.
func (s *Sim) SetInactivity(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Inactivity = d
	s.changed()
}

func (s *Sim) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed()
}

// now is the clock of what is stored: UTC, microseconds as PostgreSQL keeps them.
func (s *Sim) now() time.Time { return s.clock.now().UTC().Truncate(time.Microsecond) }
