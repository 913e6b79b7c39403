package takeover

import (
	"fmt"
	"slices"
	"time"
)

// Read is the step that follows from reading a conversation of the line: what was said
// last, whether the AI spoke, whether the hold slides, whether the AI has answered after a
// hand-back, and whether a watch ends. The last words of an older conversation are not the
// line's.
func (l Line) Read(id ConversationID, t Transcript, now time.Time) Step {
	before, waited := l, l.WaitingSince()
	changes := false
	if id == l.Newest.ID {
		changes = l.readNewest(t, now)
	}
	l, waits := l.waiting(id, t.Messages)
	changes = changes || waits
	ai := l.heard(id, t.Messages, waited, now)
	var entries []Entry
	if e, spoke := l.aiSpoke(id, ai, now); spoke {
		entries = append(entries, e)
	}
	l.awaitAnswer(now)
	if l.WaitingSince().IsZero() {
		l.Takeover.Reply = ReplyWait{}
	}
	if e, ends := l.watchEnds(id, t, now); ends {
		entries = append(entries, e)
	}
	spoken := !l.Recent.LastAt.Equal(before.Recent.LastAt) || !l.Recent.PersonAt.Equal(before.Recent.PersonAt)
	if !changes && !spoken && len(entries) == 0 && l.Aftercare == before.Aftercare && l.Takeover.Reply == before.Takeover.Reply {
		return Step{Line: l}
	}
	return changed(l, entries...)
}

// heard takes note of what is new to the line, and returns what the AI said last.
func (l *Line) heard(id ConversationID, messages []Message, waited ProviderTime, now time.Time) (ai Message) {
	last := l.Recent.LastAt
	for _, m := range messages {
		if !m.spoken() {
			continue
		}
		// What the AI said may become visible after a younger word of another participant.
		if m.Role == RoleAssistant || m.At.After(last) {
			l.said(id, m, waited, now)
		}
		if m.Role == RoleAssistant && m.At.After(ai.At) {
			ai = m
		}
	}
	return ai
}

// waiting is the line with what a conversation shows of an end user who waits, and whether that
// is new.
func (l Line) waiting(id ConversationID, messages []Message) (Line, bool) {
	i := l.covered(id)
	if i < 0 {
		return l, false
	}
	since, last := l.waitsSince(id, messages)
	if c := l.Covered[i]; c.WaitsSince.Equal(since) && c.WaitsFor == last {
		return l, false
	}
	return l.edited(id, func(c *Covered) { c.WaitsSince, c.WaitsFor = since, last }), true
}

// readNewest takes over what the newest conversation shows, and says whether that is new.
func (l *Line) readNewest(t Transcript, now time.Time) (changes bool) {
	since, _ := l.waitsSince(l.Newest.ID, t.Messages)
	recent := l.Recent.read(l.Newest.ID, t, since, now)
	if l.Attended() {
		recent = recent.after(l.Recent, l.Newest.ID)
	}
	changes = !l.Recent.shows(recent) || l.Newest.Status != t.Status || l.Newest.Ended != t.Ended
	l.Newest.Status, l.Newest.Ended = t.Status, t.Ended
	if changes {
		l.Recent = recent
	}
	return changes
}

// said takes note of one message that is new to the line. What was there before the takeover
// is no sign of life, however late it is read.
func (l *Line) said(id ConversationID, m Message, waited ProviderTime, now time.Time) {
	alive := l.SaidSince(id, m)
	l.Recent.LastAt = later(m.At, l.Recent.LastAt).UTC()
	switch m.Role {
	case RoleAssistant:
		if !l.Aftercare.Since.IsZero() && m.At.After(l.HandBack.LastAt) {
			l.Aftercare = Aftercare{}
		}
	case RoleOperator:
		l.Recent.PersonAt = later(m.At, l.Recent.PersonAt).UTC()
		if spoke := &l.Takeover.Spoke; m.At.After(spoke.At) && !spoke.At.IsZero() {
			*spoke = Spoke{Until: spoke.At} // a person has answered after the AI
		}
		l.slide(alive, now)
	case RoleEndUser:
		// An end user who is not answered and writes again and again must not keep the holder
		// from being asked: only the first word of a wait is activity.
		if waited.IsZero() || !m.At.After(waited) {
			l.slide(alive, now)
		}
		if r := &l.Takeover.Reply; alive && r.Since.IsZero() {
			r.Since = now.UTC()
		}
	}
}

// SaidSince reports whether a message was written after the takeover first read its
// conversation.
func (l Line) SaidSince(id ConversationID, m Message) bool {
	i := l.covered(id)
	return l.Taken() && i >= 0 && !l.Covered[i].Before.IsZero() && m.At.After(l.Covered[i].Before)
}

// slide slides the hold of a taken line for a sign of life.
func (l *Line) slide(alive bool, at time.Time) {
	if alive {
		l.Takeover.Hold.slide(at)
	}
}

// awaitAnswer takes note that the end user waits for the AI after a hand-back. Who was
// answered, however late that is read, does not wait.
func (l *Line) awaitAnswer(now time.Time) {
	if a := &l.Aftercare; !a.Since.IsZero() && a.WaitsSince.IsZero() && !l.WaitingSince().IsZero() {
		a.WaitsSince = now.UTC()
	}
}

// aiSpoke turns the card red where the AI spoke after the takeover; m is the newest that it
// said. What was there when the takeover first listed the conversation was said before.
func (l *Line) aiSpoke(id ConversationID, m Message, now time.Time) (e Entry, spoke bool) {
	s := &l.Takeover.Spoke
	if !l.SaidSince(id, m) || !m.At.After(s.Until) || !m.At.After(s.At) {
		return Entry{}, false
	}
	s.At, s.Text, s.DraftedAt = m.At.UTC(), cut(m.Text, SpokeLength), time.Time{}
	e = l.event(EventAISpoke, FromBot, fmt.Sprintf("%s/%s/spoke/%s", l.ID, l.Ref, m.At), l.standing(), now)
	e.Conversation = id
	return e, true
}

// waitsSince is since when the end user waits at the end of a conversation's messages, and the
// last of them, cut; zero if the last word is another's.
func (l Line) waitsSince(id ConversationID, messages []Message) (since ProviderTime, last string) {
	for _, m := range slices.Backward(messages) {
		if !m.spoken() || !l.counts(id, m) {
			continue
		}
		if m.Role != RoleEndUser {
			break
		}
		if since.IsZero() {
			last = cut(m.Text, ExcerptLength)
		}
		since = m.At.UTC()
	}
	return since, last
}

// counts reports whether a message may end a wait. What the AI said although a person had the
// line is no answer, unless an operator has called it fine.
func (l Line) counts(id ConversationID, m Message) bool {
	i := l.covered(id)
	if m.Role != RoleAssistant || i < 0 {
		return true
	}
	c := l.Covered[i]
	switch {
	case c.Before.IsZero() || !m.At.After(c.Before) || !m.At.After(c.FineAt):
		return true
	case l.Taken():
		return false
	default:
		return m.At.After(l.HandBack.LastAt)
	}
}
