package takeover

import (
	"slices"
	"time"
)

// Listed is the step that follows from a list of all conversations of a taken line: those
// that the takeover does not know are silenced too, but for phone calls, which are
// announced. at is when the list was asked for.
func (l Line) Listed(list Listing, at time.Time) Step {
	if !l.Taken() {
		return Step{Line: l}
	}
	t := &l.Takeover
	if t.ListedAt.IsZero() {
		t.AsOf = list.AsOf
	}
	s := Step{Line: l}
	if l.State == StateTaking {
		t.ListedAt = at.UTC()
		s = Step{Line: l, Save: true}
	}
	texts := 0
	t = &s.Line.Takeover
	t.Beyond = 0
	for _, conv := range list.Conversations {
		if conv.Channel != ChannelCall && !conv.Ended {
			if texts++; texts > CoveredMost {
				t.Beyond++
				continue
			}
		}
		s = s.join(conv, list.AsOf, at)
	}
	s.Save = s.Save || t.Beyond != l.Takeover.Beyond
	return s
}

// Joined is the step that follows from a conversation of a taken line that was listed among
// the changes of all lines.
func (l Line) Joined(conv Conversation, asOf ProviderTime, now time.Time) Step {
	return Step{Line: l}.join(conv, asOf, now)
}

// join adds to the step what follows from one listed conversation.
func (s Step) join(conv Conversation, asOf ProviderTime, now time.Time) Step {
	l := s.Line
	switch {
	case !l.Taken() || conv.Ended:
	case l.Covers(conv.ID):
		s.Line = l.edited(conv.ID, func(c *Covered) {
			c.Channel = conv.Channel
			if c.Before.IsZero() {
				c.Before = conv.newest()
				s.Save = true
			}
		})
	case conv.Channel == ChannelCall:
		return s.phones(conv, asOf, now)
	default:
		return s.cover(conv, now)
	}
	return s
}

// phones announces a phone call, once, if it may still go on.
func (s Step) phones(conv Conversation, asOf ProviderTime, now time.Time) Step {
	l := s.Line
	if l.Takeover.calls(conv.ID) || asOf.Sub(conv.newest()) > callFresh {
		return s
	}
	e := l.event(EventCallSeen, FromBot, string(l.ID)+"/joins/"+string(l.Ref)+"/"+string(conv.ID), l.standing(), now)
	e.Conversation = conv.ID
	s.Line.Takeover.Calls = append(slices.Clone(l.Takeover.Calls), Call{ID: conv.ID, Since: conv.CreatedAt})
	s.Save, s.Draw, s.Entries = true, true, append(s.Entries, e)
	return s
}

// cover has the takeover silence one more conversation.
func (s Step) cover(conv Conversation, now time.Time) Step {
	l := s.Line
	c := Covered{ID: conv.ID, Channel: conv.Channel, SeenAt: conv.LastMessageAt, Before: l.Takeover.AsOf}
	// What the takeover finds at once was there before; a later one began after it.
	found := l.Takeover.ProvenAt.IsZero()
	if found {
		c.Before = conv.newest()
	}
	newer := !conv.newest().Before(l.Newest.newest())
	if newer {
		l.Covered = append([]Covered{c}, l.Covered...)
		conv.Name = l.Newest.Name
		l = l.standsFor(conv)
	} else {
		l.Covered = append(slices.Clone(l.Covered), c)
	}
	if !found || newer {
		l.Takeover.JoinedAt = now.UTC()
	}
	// An end user who waits there waits. Older ones are read when something is written there.
	if !found || newer || conv.ID == l.Answering() {
		s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: conv.ID})
	}
	if l.State == StateHeld {
		l = l.enter(StateTaking, now)
	}
	s.Line, s.Save, s.Draw, s.Settle = l, true, true, true
	return s
}

// Renewed is the step that follows from a conversation that began after a hand-back, while
// the AI's first words are waited for: it is there that the AI answers.
func (l Line) Renewed(conv Conversation, now time.Time) Step {
	if l.State != StateAI || l.Aftercare.Since.IsZero() || conv.Channel == ChannelCall || !conv.newest().After(l.Newest.newest()) {
		return Step{Line: l}
	}
	l.Covered = append([]Covered{{ID: conv.ID, Channel: conv.Channel, SeenAt: conv.LastMessageAt}}, l.Covered...)
	l = l.standsFor(conv).seenOff(conv, now)
	s := changed(l)
	s.Follow = []FollowJob{{Line: l.ID, Conversation: conv.ID}}
	return s
}

// Changed is the step that follows from a conversation of an attended line that has new
// messages.
func (l Line) Changed(conv Conversation, asOf ProviderTime, now time.Time) Step {
	i := l.covered(conv.ID)
	if i < 0 || !conv.LastMessageAt.After(l.Covered[i].SeenAt) {
		return Step{Line: l}
	}
	l = l.edited(conv.ID, func(c *Covered) { c.SeenAt = conv.LastMessageAt })
	if conv.ID == l.Newest.ID {
		l.Newest.LastMessageAt = conv.LastMessageAt
	}
	s := Step{Line: l, Save: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
	if at := conv.LastMessageAt; at.WholeSecond() && asOf.Sub(at) < coarse {
		// A provider that tells whole seconds says nothing of a second message in this one.
		s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: conv.ID, From: now.Add(coarse).UTC()})
	}
	return s
}

// coarse is how long after a message that is dated by the whole second another one of
// that second may come.
const coarse = 2 * time.Second
