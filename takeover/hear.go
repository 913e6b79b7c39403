package takeover

import (
	"fmt"
	"slices"
	"time"
)

// Hear returns the step that follows from reading a conversation of an attended line:
// what was said last, whether the AI spoke, whether the hold slides, and whether the AI
// has answered after a hand-back.
func (l Line) Hear(id ConversationID, t Transcript, now time.Time, r Rules) Step {
	before, waited := l, l.WaitingSince()
	if id == l.Current {
		l.Status, l.Ended = t.Status, t.Ended
		if !l.hears(t) {
			l = l.Heard(t, now)
		}
	}
	s := Step{Line: l}
	var ai Message
	for _, m := range t.Messages {
		// What the AI said may become visible after a younger word of somebody else.
		if m.spoken() && (m.Role == RoleAssistant || m.At.After(before.LastWordAt)) {
			s.hear(m, waited, now)
		}
		if m.Role == RoleAssistant && m.spoken() && m.At.After(ai.At) {
			ai = m
		}
	}
	s.hearAI(id, ai, now, r)
	s.Line.awaitAnswer(t)
	s.Save = s.Save || !before.hears(t) && id == before.Current || s.Line.LastWordAt.After(before.LastWordAt) || s.Line.Aftercare != before.Aftercare
	s.Draw = s.Save
	return s
}

// spoken says whether somebody said something to somebody.
func (m Message) spoken() bool {
	return (m.Role == RoleEndUser || m.Role == RoleAssistant || m.Role == RoleOperator) && m.Text != ""
}

// hear works one message that is new to the line.
func (s *Step) hear(m Message, waited, now time.Time) {
	l := &s.Line
	if m.At.After(l.LastWordAt) {
		l.LastWordAt = m.At.UTC()
	}
	switch m.Role {
	case RoleAssistant:
		if !l.Aftercare.Since.IsZero() && m.At.After(l.Aftercare.Since) {
			l.Aftercare = Aftercare{}
		}
	case RoleOperator:
		l.slide(earlier(m.At, now))
	case RoleEndUser:
		// Somebody who is not answered and writes again and again must not keep the holder
		// from being asked: only the first word of a wait is activity.
		if waited.IsZero() || !m.At.After(waited) {
			l.slide(earlier(m.At, now))
		}
	}
}

// awaitAnswer remembers since when the end user waits for the AI after a hand-back. What
// somebody has answered, however late it is read, is nothing to wait for.
func (l *Line) awaitAnswer(t Transcript) {
	a, waits := &l.Aftercare, waitsSince(t.Messages)
	if !a.Since.IsZero() && a.Waits.IsZero() && !waits.IsZero() && l.Channel != ChannelCall {
		a.Waits = later(waits, a.Since).UTC()
	}
}

// hearAI turns the card red where the AI spoke after the takeover; m is the newest that it
// said.
func (s *Step) hearAI(id ConversationID, m Message, now time.Time, r Rules) {
	l := &s.Line
	if !l.Taken() || !m.At.After(l.ClaimedAt) || m.At.After(l.watchedUntil(r)) || !m.At.After(l.Spoke.Until) || !m.At.After(l.Spoke.At) {
		return
	}
	before := l.describe()
	l.Spoke.At, l.Spoke.Text = m.At.UTC(), cut(m.Text, SpokeLength)
	e := Entry{Key: fmt.Sprintf("%s/%s/spoke/%s", l.ID, l.Ref, m.At.UTC().Format(time.RFC3339Nano)), Line: l.ID, At: now.UTC(), Origin: FromBot, Deed: DidHearAI,
		Before: before, After: l.describe(), Ref: l.Ref, Other: l.Holder, Conversation: id}
	s.Entries, s.Say, s.Save = append(s.Entries, e), append(s.Say, e), true
}

// watchedUntil is how long what the AI says turns the card red. While silence is not proven
// the card says so already, and once it is the time begins anew.
func (l Line) watchedUntil(r Rules) time.Time {
	from := later(l.ClaimedAt, l.JoinedAt)
	if l.State == StateHeld && r.SilenceWatch > 0 {
		from = later(from, l.Since)
	}
	return from.Add(r.SilenceWatch)
}

// slide begins the hold anew with what was said or done at that time, as far as that is
// worth a write. What is older than the hold, read late, is no sign of life.
func (l *Line) slide(at time.Time) bool {
	if !l.Taken() || l.Hold.For <= 0 {
		return false
	}
	until := at.Add(l.Hold.For).UTC()
	if !until.After(l.Hold.Until) || l.Hold.Step == HoldRuns && until.Sub(l.Hold.Until) < slideStep {
		return false
	}
	l.Hold.Until = until
	l.Hold.Step, l.Hold.NextAt = HoldRuns, l.Hold.Until
	return true
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// answerDue is when the AI's answer after a hand-back is missed; zero if nobody waits.
func (l Line) answerDue() time.Time {
	a := l.Aftercare
	switch {
	case a.Since.IsZero():
		return time.Time{}
	case a.Missed:
		return a.Waits.Add(MaxHold)
	case a.Waits.IsZero():
		return a.Since.Add(AftercareTime)
	default:
		return a.Waits.Add(AnswerTime)
	}
}

// waitsSince is since when the end user waits at the end of these messages; zero if
// somebody has answered.
func waitsSince(messages []Message) time.Time {
	var since time.Time
	for _, m := range slices.Backward(messages) {
		if !m.spoken() {
			continue
		}
		if m.Role != RoleEndUser {
			break
		}
		since = m.At
	}
	return since.UTC()
}
