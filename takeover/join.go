package takeover

import (
	"slices"
	"time"
)

// Join is the step that follows from a conversation of a taken line that the takeover
// does not know: it is silenced too, unless it is a phone call, which is announced.
func (l Line) Join(conv Conversation, now time.Time) Step {
	if !l.Taken() || l.Covers(conv.ID) || slices.Contains(l.Calls, conv.ID) || conv.Ended {
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
	l.Current, l.Channel, l.Status, l.Ended = conv.ID, conv.Channel, conv.Status, conv.Ended
	l.AgentName = conv.AgentName
	l.Joining, l.JoinedAt = !l.HeldSince.IsZero(), now.UTC()
	if l.State == StateHeld {
		l = l.enter(StateTaking, now)
	}
	return Step{Line: l, Save: true, Draw: true, Settle: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
}

// Changed is the step that follows from a conversation of an attended line that has new
// messages.
func (l Line) Changed(conv Conversation) Step {
	for i, c := range l.Covered {
		if c.ID != conv.ID || !conv.LastMessageAt.After(c.SeenAt) {
			continue
		}
		l.Covered = slices.Clone(l.Covered)
		l.Covered[i].SeenAt = conv.LastMessageAt
		return Step{Line: l, Save: true, Follow: []FollowJob{{Line: l.ID, Conversation: conv.ID}}}
	}
	return Step{Line: l}
}

// SwitchedOn is the step that follows from a held line whose AI was switched on outside
// Slack. The other writer is not fought: the line is the AI's again, and everybody is
// told.
func (l Line) SwitchedOn(id ConversationID, now time.Time) Step {
	if l.State != StateHeld || !l.Covers(id) {
		return Step{Line: l}
	}
	e := Entry{Key: string(l.ID) + "/outside/" + now.UTC().Format(time.RFC3339Nano), Line: l.ID, At: now.UTC(), Origin: Elsewhere, Deed: DidSeeChange,
		Before: l.describe(), Ref: l.Ref, Other: l.Holder, Waiting: l.WaitingSince(), Conversation: id}
	holder := l.Holder
	s := Step{Save: true, Draw: true}
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
	l.Spoke, l.Notes = Spoke{}, nil
}
