package slacksim

import "time"

// SetNow gives the workspace another clock, which people see and which message ids follow; nil brings Options.Now
// back. What Advance added is forgotten. Message ids never go back. What Slack counts against a client's own clock
// (trigger ids, response URLs, rate limits, signatures) stays on Options.Now, see Sim.real.
// now is called from several goroutines and must not call the simulator.
func (s *Sim) SetNow(now func() time.Time) {
	s.clock.Set(now)
	s.changed()
}

// Advance turns the workspace's clock on by d, as SetNow would: it goes on running from there.
func (s *Sim) Advance(d time.Duration) {
	s.clock.Advance(d)
	s.changed()
}
