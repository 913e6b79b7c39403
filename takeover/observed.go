package takeover

import (
	"slices"
	"time"
)

// coarse is how long after a message that is dated by the whole second another one of
// that second may come.
const coarse = 2 * time.Second

// Joined is the step that follows from a conversation of a taken line that the takeover
// does not know: it is silenced too, unless it is a phone call, which is announced.
func (l Line) Joined(conv Conversation, now time.Time) Step {
	t := &l.Takeover
	if !l.Taken() || l.Covers(conv.ID) || slices.Contains(t.Calls, conv.ID) || slices.Contains(t.Left, conv.ID) || conv.Ended {
		return Step{Line: l}
	}
	if conv.Channel == ChannelCall {
		t.Calls = append(slices.Clone(t.Calls), conv.ID)
		e := l.event(EventCallSeen, FromBot, string(l.ID)+"/joins/"+string(l.Ref)+"/"+string(conv.ID), l.standing(), now)
		e.Conversation = conv.ID
		return changed(l, e)
	}
	l.Covered = append([]Covered{{ID: conv.ID, SeenAt: conv.LastMessageAt}}, l.Covered...)
	if !conv.newest().Before(l.Newest.newest()) {
		conv.Name = l.Newest.Name
		l = l.standsFor(conv)
	}
	t.JoinedAt = now.UTC()
	if l.State == StateHeld {
		l = l.enter(StateTaking, now)
	}
	s := changed(l)
	s.Settle = true
	s.Follow = []FollowJob{{Line: l.ID, Conversation: conv.ID}}
	return s
}

// Renewed is the step that follows from a conversation that began after a hand-back, while
// the AI's first words are waited for: it is there that the AI answers.
func (l Line) Renewed(conv Conversation, now time.Time) Step {
	if l.State != StateAI || l.Aftercare.Since.IsZero() || conv.Channel == ChannelCall || !conv.newest().After(l.Newest.newest()) {
		return Step{Line: l}
	}
	l = l.renewed(conv).seenOff(conv, now)
	l.Covered[0].SeenAt = conv.LastMessageAt
	s := changed(l)
	s.Follow = []FollowJob{{Line: l.ID, Conversation: conv.ID}}
	return s
}

// Changed is the step that follows from a conversation of an attended line that has new
// messages.
func (l Line) Changed(conv Conversation, now time.Time) Step {
	i := slices.IndexFunc(l.Covered, func(c Covered) bool { return c.ID == conv.ID })
	if i < 0 || !conv.LastMessageAt.After(l.Covered[i].SeenAt) {
		return Step{Line: l}
	}
	l.Covered = slices.Clone(l.Covered)
	l.Covered[i].SeenAt = conv.LastMessageAt
	if conv.ID == l.Newest.ID {
		l.Newest.LastMessageAt = conv.LastMessageAt
	}
	s := Step{Line: l, Save: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
	if at := conv.LastMessageAt; at.Nanosecond() == 0 && now.Sub(at) < coarse {
		// A provider that tells whole seconds says nothing of a second message in this one.
		s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: conv.ID, From: now.Add(coarse).UTC()})
	}
	return s
}

// SwitchedOn is the step that follows from a held line whose AI was switched on outside
// Slack. The bot does not fight the other writer: the line is the AI's again, and the
// thread and the holder are told. Where it was an older conversation, only that one is
// left to the AI.
func (l Line) SwitchedOn(id ConversationID, now time.Time) Step {
	if l.State != StateHeld || !l.Covers(id) {
		return Step{Line: l}
	}
	e := l.event(EventSwitchedOn, Elsewhere, string(l.ID)+"/outside/"+now.UTC().Format(time.RFC3339Nano), l.standing(), now)
	e.Waiting, e.Conversation = l.WaitingSince(), id
	if id != l.Newest.ID {
		l.Covered = slices.DeleteFunc(slices.Clone(l.Covered), func(c Covered) bool { return c.ID == id })
		l.Takeover.Left = append(slices.Clone(l.Takeover.Left), id)
		e.Event = EventOlderSwitchedOn
		return changed(l, e)
	}
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, Command{Key: e.Key, At: now, Origin: Elsewhere}, EventWithdrawn)
	}
	l = l.enter(StateAI, now)
	l.Takeover, l.OutsideAt = Takeover{}, now.UTC()
	e.After = l.standing()
	s.Line, s.Entries = l, append(s.Entries, e)
	s.Direct = append(s.Direct, Direct{To: e.Other, Key: e.Key, Entry: e})
	return s
}
