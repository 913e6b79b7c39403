package telnyxsim

import (
	"slices"
	"strings"
	"time"
)

// FlagChange says how a conversation's flag stood from a moment on, whatever reads were told.
type FlagChange struct {
	// At is by the clock that SetNow and Advance turn. It is the zero time for a conversation that was loaded.
	At time.Time
	// Silenced says that the assistant had to stay silent.
	Silenced bool
	// Gone says that the conversation was deleted.
	Gone bool
}

// past is what a conversation was before.
type past struct {
	flags []FlagChange // oldest first
}

// FlagHistory returns how a conversation's flag stood and changed, oldest first: the first entry is its beginning, and
// each entry holds until the next. It is kept when the conversation is deleted; without such a conversation it is empty.
func (s *Sim) FlagHistory(id string) []FlagChange {
	id = strings.ToLower(id)
	s.lock()
	defer s.mu.Unlock()
	if p := s.past[id]; p != nil {
		return slices.Clone(p.flags)
	}
	if c := s.convs[id]; c != nil {
		return []FlagChange{{Silenced: c.AIDisabled()}}
	}
	return nil
}

// insert puts a new conversation among the others. s.mu must be held.
func (s *Sim) insert(c *Conversation) {
	s.convs[c.ID] = c
	s.past[c.ID] = &past{flags: []FlagChange{{At: s.clock.Now(), Silenced: c.AIDisabled()}}}
}

// pastOf returns the past of a conversation that changes, beginning it for one that was loaded. s.mu must be held.
func (s *Sim) pastOf(c *Conversation) *past {
	p := s.past[c.ID]
	if p == nil {
		p = &past{flags: []FlagChange{{Silenced: c.AIDisabled()}}}
		s.past[c.ID] = p
	}
	return p
}

// remember notes what a conversation is until a moment, before meta replaces its metadata. s.mu must be held.
func (s *Sim) remember(c *Conversation, meta Metadata, at time.Time) {
	if on := meta.AIDisabled(); on != c.AIDisabled() {
		p := s.pastOf(c)
		p.flags = append(p.flags, FlagChange{At: at, Silenced: on})
	}
}
