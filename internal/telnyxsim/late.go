package telnyxsim

import (
	"slices"
	"time"
)

// add appends m to c, to be seen when the switches for what comes late say so. s.mu must be held.
func (s *Sim) add(c *Conversation, m Message) {
	m.shownFrom = s.after(s.faults.MessagesLateMS)
	c.add(m, s.now())
	if m.delivered {
		added := &c.Messages[len(c.Messages)-1]
		added.SentAt = added.CreatedAt.Add(ms(s.faults.SentAtShiftMS))
		added.sentFrom = s.after(s.faults.SentAtLateMS)
	}
}

// after is the moment so many milliseconds from now by the clock that SetNow and Advance turn; 0 is the zero time, which
// is always past. s.mu must be held.
func (s *Sim) after(n int) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return s.clock.Now().Add(ms(n))
}

// visible returns the messages that reads see, oldest first; the result may be c's own. s.mu must be held.
func (s *Sim) visible(c *Conversation) []Message {
	now := s.clock.Now()
	hidden := func(m Message) bool { return m.shownFrom.After(now) }
	if !slices.ContainsFunc(c.Messages, hidden) {
		return c.Messages
	}
	return slices.DeleteFunc(slices.Clone(c.Messages), hidden)
}

// lastShown returns the time of the newest message that reads see; without one, that of the conversation's beginning.
func (c *Conversation) lastShown(now time.Time) time.Time {
	for i, m := range slices.Backward(c.Messages) {
		switch {
		case m.shownFrom.After(now):
		case i == len(c.Messages)-1:
			return c.LastMessageAt
		default:
			return m.CreatedAt
		}
	}
	if len(c.Messages) == 0 {
		return c.LastMessageAt
	}
	return c.CreatedAt
}

// reading is with for requests that only read: a conversation that is not visible yet is not found.
func (s *Sim) reading(r *request, do func(*Conversation) response) response {
	return s.with(r, func(c *Conversation) response {
		if c.shownFrom.After(s.clock.Now()) {
			return conversationNotFound()
		}
		return do(c)
	})
}
