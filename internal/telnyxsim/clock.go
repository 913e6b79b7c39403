package telnyxsim

import (
	"net/http"
	"time"
)

// SetNow gives the simulator another clock; nil brings Options.Now back. What Advance added is forgotten. All that is
// stored follows it, the silence of Options.Inactivity and the 24 hours of an Idempotency-Key included; delays and the
// requests a second do not. now is called from several goroutines and must not call the simulator.
func (s *Sim) SetNow(now func() time.Time) {
	s.clock.Set(now)
	s.turned()
}

// Advance turns the clock on by d; it goes on running from there.
func (s *Sim) Advance(d time.Duration) {
	s.clock.Advance(d)
	s.turned()
}

// turned does what is due by the clock's new time, and tells about the change.
func (s *Sim) turned() {
	s.lock()
	defer s.mu.Unlock()
	s.changed()
}

// SetInactivity changes Options.Inactivity, as a change of the assistant's settings does; 0 is never.
func (s *Sim) SetInactivity(d time.Duration) {
	s.lock()
	defer s.mu.Unlock()
	s.opts.Inactivity = d
	s.changed()
}

// now is the clock of what is stored, see Faults.ClockAheadMS: UTC, microseconds as PostgreSQL keeps them. s.mu must be
// held.
func (s *Sim) now() time.Time {
	return s.clock.Now().Add(ms(s.faults.ClockAheadMS)).UTC().Truncate(time.Microsecond)
}

// date is the header Date of an answer that is given now.
func (s *Sim) date() string {
	s.lock()
	defer s.mu.Unlock()
	return s.now().Format(http.TimeFormat)
}
