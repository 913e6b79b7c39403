package takeover

import (
	"fmt"
	"time"
)

// Read is the step that follows from reading a conversation of the line: what was said
// last, whether the AI spoke, whether the hold slides, whether the AI has answered after a
// hand-back, and whether a watch ends. The last words of an older conversation are not the
// line's.
func (l Line) Read(id ConversationID, t Transcript, now time.Time, r Rules) Step {
	before, waited := l, l.WaitingSince()
	changes := false
	if id == l.Newest.ID {
		changes = l.readNewest(t, now)
	}
	var ai Message
	for _, m := range t.Messages {
		if !m.spoken() {
			continue
		}
		// What the AI said may become visible after a younger word of another participant.
		if m.Role == RoleAssistant || m.At.After(before.Recent.LastAt) {
			l.said(m, waited, now)
		}
		if m.Role == RoleAssistant && m.At.After(ai.At) {
			ai = m
		}
	}
	var entries []Entry
	if e, spoke := l.aiSpoke(id, ai, now, r); spoke {
		entries = append(entries, e)
	}
	l.awaitAnswer(t)
	if e, ends := l.watchEnds(id, t, now); ends {
		entries = append(entries, e)
	}
	if !changes && len(entries) == 0 && l.Recent.LastAt.Equal(before.Recent.LastAt) && l.Aftercare == before.Aftercare {
		return Step{Line: l}
	}
	return changed(l, entries...)
}

// readNewest takes over what the newest conversation shows, and says whether that is new.
func (l *Line) readNewest(t Transcript, now time.Time) (changes bool) {
	recent := l.Recent.read(t, now)
	changes = !l.Recent.shows(recent) || l.Newest.Status != t.Status || l.Newest.Ended != t.Ended
	l.Newest.Status, l.Newest.Ended = t.Status, t.Ended
	if changes {
		l.Recent = recent
	}
	return changes
}

// said takes note of one message that is new to the line.
func (l *Line) said(m Message, waited, now time.Time) {
	l.Recent.LastAt = later(m.At, l.Recent.LastAt).UTC()
	switch m.Role {
	case RoleAssistant:
		if !l.Aftercare.Since.IsZero() && m.At.After(l.Aftercare.Since) {
			l.Aftercare = Aftercare{}
		}
	case RoleOperator:
		l.slide(earlier(m.At, now))
	case RoleEndUser:
		// An end user who is not answered and writes again and again must not keep the holder
		// from being asked: only the first word of a wait is activity.
		if waited.IsZero() || !m.At.After(waited) {
			l.slide(earlier(m.At, now))
		}
	}
}

// slide slides the hold of a taken line.
func (l *Line) slide(at time.Time) {
	if l.Taken() {
		l.Takeover.Hold.slide(at)
	}
}

// awaitAnswer takes note of since when the end user waits for the AI after a hand-back.
// Who was answered, however late that is read, does not wait.
func (l *Line) awaitAnswer(t Transcript) {
	a, waits := &l.Aftercare, waitsSince(t.Messages)
	if !a.Since.IsZero() && a.WaitsSince.IsZero() && !waits.IsZero() && l.Newest.Channel != ChannelCall {
		a.WaitsSince = later(waits, a.Since).UTC()
	}
}

// aiSpoke turns the card red where the AI spoke after the takeover; m is the newest that
// it said.
func (l *Line) aiSpoke(id ConversationID, m Message, now time.Time, r Rules) (e Entry, spoke bool) {
	s := &l.Takeover.Spoke
	if !l.Taken() || !m.At.After(l.Takeover.ClaimedAt) || m.At.After(l.alarmUntil(r)) || !m.At.After(s.Until) || !m.At.After(s.At) {
		return Entry{}, false
	}
	s.At, s.Text = m.At.UTC(), cut(m.Text, SpokeLength)
	e = l.event(EventAISpoke, FromBot, fmt.Sprintf("%s/%s/spoke/%s", l.ID, l.Ref, m.At.UTC().Format(time.RFC3339Nano)), l.standing(), now)
	e.Conversation = id
	return e, true
}

// alarmUntil is how long what the AI says turns the card red. While silence is not proven
// the card says so already, and once it is the time begins anew.
func (l Line) alarmUntil(r Rules) time.Time {
	from := later(l.Takeover.ClaimedAt, l.Takeover.JoinedAt)
	if l.State == StateHeld && r.SilenceWatch > 0 {
		from = later(from, l.Since)
	}
	return from.Add(r.SilenceWatch)
}
