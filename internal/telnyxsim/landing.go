package telnyxsim

import (
	"slices"
	"time"
)

// landing is a write that was accepted and takes effect later.
type landing struct {
	due time.Time // by the clock that SetNow and Advance turn
	req *request
}

// lock takes s.mu and does what is due by now, so that nobody ever sees a state that should be past.
func (s *Sim) lock() {
	s.mu.Lock()
	now := s.clock.Now()
	s.land(now)
	s.faults.expire(now)
}

// landLater lets a PUT take effect after a while by the clock, whatever becomes of its caller and of the conversation.
func (s *Sim) landLater(r *request, after time.Duration) {
	s.lock()
	defer s.mu.Unlock()
	due := s.clock.Now().Add(after)
	s.landings = append(s.landings, landing{due, r})
	slices.SortStableFunc(s.landings, func(a, b landing) int { return a.due.Compare(b.due) })
	s.server.Go(func() { s.awaitLanding(due) })
}

// awaitLanding does what is due at a moment even if nobody calls then, so that Changes tells about it.
func (s *Sim) awaitLanding(due time.Time) {
	for {
		wait := due.Sub(s.clock.Now())
		if wait <= 0 {
			s.lock()
			s.mu.Unlock()
			return
		}
		if !s.server.Pause(s.server.Context(), wait) {
			return
		}
	}
}

// land carries out the writes that are due. One that is invalid by then, or whose conversation is gone, does nothing.
// s.mu must be held.
func (s *Sim) land(now time.Time) {
	for len(s.landings) > 0 && !s.landings[0].due.After(now) {
		l := s.landings[0]
		s.landings = s.landings[1:]
		if c := s.convs[l.req.conversation()]; c != nil {
			s.write(l.req, c, l.due)
		}
	}
}
