package telnyxsim

import (
	"maps"
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
	flags    []FlagChange // oldest first
	versions []version    // the newest maxVersions, oldest first
}

// version is metadata that was replaced.
type version struct {
	meta  Metadata
	until time.Time // when that was, by the clock that SetNow and Advance turn
}

// maxVersions is how many earlier states of a conversation's metadata are kept.
const maxVersions = 64

// before returns the metadata as it was at a moment, and whether it has changed since. A nil past is one without changes.
func (p *past) before(at time.Time) (Metadata, bool) {
	if p == nil {
		return nil, false
	}
	i := slices.IndexFunc(p.versions, func(v version) bool { return v.until.After(at) })
	if i < 0 {
		return nil, false
	}
	return p.versions[i].meta, true
}

// newest returns the metadata before the newest change, and whether there was one.
func (p *past) newest() (Metadata, bool) {
	if p == nil || len(p.versions) == 0 {
		return nil, false
	}
	return p.versions[len(p.versions)-1].meta, true
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
	c.shownFrom = s.after(s.faults.ConversationsLateMS)
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
	if maps.EqualFunc(c.Metadata, meta, slices.Equal) {
		return
	}
	p := s.pastOf(c)
	if len(p.versions) == maxVersions {
		p.versions = slices.Delete(p.versions, 0, 1)
	}
	p.versions = append(p.versions, version{c.Metadata, at})
	if on := meta.AIDisabled(); on != c.AIDisabled() {
		p.flags = append(p.flags, FlagChange{At: at, Silenced: on})
	}
}
