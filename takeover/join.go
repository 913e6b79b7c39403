package takeover

import (
	"slices"
	"time"
)

// Join is the step that follows from a conversation of a taken line that the takeover
// does not know: it is silenced too, unless it is a phone call, which is announced.
func (l Line) Join(conv Conversation, now time.Time) Step {
	if !l.Taken() || l.Covers(conv.ID) || slices.Contains(l.Calls, conv.ID) || slices.Contains(l.Left, conv.ID) || conv.Ended {
		return Step{Line: l}
	}
	e := Entry{Key: string(l.ID) + "/joins/" + string(l.Ref) + "/" + string(conv.ID), Line: l.ID, At: now.UTC(), Origin: FromBot,
		Before: l.describe(), Ref: l.Ref, Other: l.Holder, Conversation: conv.ID}
	if conv.Channel == ChannelCall {
		l.Calls = append(slices.Clone(l.Calls), conv.ID)
		e.Deed, e.After = DidHearCall, l.describe()
		s := Step{Line: l, Save: true, Draw: true}
		s.add(e)
		return s
	}
	l.Covered = append([]Covered{{ID: conv.ID, SeenAt: conv.LastMessageAt}}, l.Covered...)
	if !conv.newest().Before(l.CurrentAt) {
		l.Current, l.Channel, l.Status, l.Ended = conv.ID, conv.Channel, conv.Status, conv.Ended
		l.AgentName, l.CurrentAt = conv.AgentName, conv.newest().UTC()
	}
	l.Joining, l.JoinedAt = !l.HeldSince.IsZero(), now.UTC()
	if l.State == StateHeld {
		l = l.enter(StateTaking, now)
	}
	return Step{Line: l, Save: true, Draw: true, Settle: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
}

// Renewed is the step that follows from a conversation that began after a hand-back, while
// the AI's first words are waited for: it is there that the AI answers.
func (l Line) Renewed(conv Conversation, now time.Time) Step {
	if l.State != StateAI || l.Aftercare.Since.IsZero() || conv.Channel == ChannelCall || !conv.newest().After(l.CurrentAt) {
		return Step{Line: l}
	}
	l = l.Show(conv, conv).seenOff(conv, now)
	l.Covered[0].SeenAt = conv.LastMessageAt
	return Step{Line: l, Save: true, Draw: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
}

// Changed is the step that follows from a conversation of an attended line that has new
// messages.
func (l Line) Changed(conv Conversation, now time.Time) Step {
	for i, c := range l.Covered {
		if c.ID != conv.ID || !conv.LastMessageAt.After(c.SeenAt) {
			continue
		}
		l.Covered = slices.Clone(l.Covered)
		l.Covered[i].SeenAt = conv.LastMessageAt
		if conv.ID == l.Current {
			l.CurrentAt = conv.newest().UTC()
		}
		s := Step{Line: l, Save: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
		if at := conv.LastMessageAt; at.Nanosecond() == 0 && now.Sub(at) < coarse {
			// A provider that tells whole seconds says nothing of a second message in this one.
			s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: conv.ID, From: now.Add(coarse).UTC()})
		}
		return s
	}
	return Step{Line: l}
}

// coarse is how long after a message that is dated by the whole second another one of
// that second may come.
const coarse = 2 * time.Second

// SwitchedOn is the step that follows from a held line whose AI was switched on outside
// Slack. The other writer is not fought: the line is the AI's again, and everybody is
// told. Where it was an older conversation, only that one is left to the AI.
func (l Line) SwitchedOn(id ConversationID, now time.Time) Step {
	if l.State != StateHeld || !l.Covers(id) {
		return Step{Line: l}
	}
	e := Entry{Key: string(l.ID) + "/outside/" + now.UTC().Format(time.RFC3339Nano), Line: l.ID, At: now.UTC(), Origin: Elsewhere, Deed: DidSeeChange,
		Before: l.describe(), Ref: l.Ref, Other: l.Holder, Waiting: l.WaitingSince(), Conversation: id}
	s := Step{Save: true, Draw: true}
	if id != l.Current {
		l.Covered = slices.DeleteFunc(slices.Clone(l.Covered), func(c Covered) bool { return c.ID == id })
		l.Left = append(slices.Clone(l.Left), id)
		e.Deed, e.After = DidSeeOlder, l.describe()
		s.add(e)
		s.Line = l
		return s
	}
	holder := l.Holder
	if l.Offered() {
		s.answer(&l, Command{Key: e.Key, At: now, Origin: Elsewhere}, DidWithdraw)
	}
	l = l.enter(StateAI, now)
	l.free()
	l.OutsideAt = now.UTC()
	e.After = l.describe()
	s.add(e)
	s.Direct = append(s.Direct, Direct{To: holder, Key: e.Key, Entry: e})
	s.Line = l
	return s
}

// free forgets what belongs to a takeover that is over.
func (l *Line) free() {
	l.Holder, l.Claim, l.HeldSince = "", "", time.Time{}
	l.Hold, l.Handoff, l.Joining, l.JoinedAt, l.Calls = Hold{}, Handoff{}, false, time.Time{}, nil
	l.Spoke, l.Notes, l.Left, l.GotAt = Spoke{}, nil, nil, time.Time{}
}
