package takeover

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Proven records that the provider's flag reads as the line wants in every covered
// conversation. The line must be the one the proofs were asked for: taking or returning.
func (l Line) Proven(proofs []Proof, now time.Time) Step {
	before, started := l.standing(), l.Since
	gone := false
	answers := make([]string, len(proofs))
	for i, p := range proofs {
		gone = gone || p.Gone
		answers[i] = p.describe()
	}
	e := l.event(EventSilenced, FromBot, fmt.Sprintf("%s/proven/%s", l.Ref, started.Format(time.RFC3339Nano)), before, now)
	e.Answer, e.Lag = strings.Join(answers, "; "), now.Sub(started)
	if l.State == StateTaking {
		if l.Joining() {
			e.Event, e.Conversation = EventJoined, l.Newest.ID
		} else {
			l.Takeover.ProvenAt = now.UTC()
		}
		l = l.enter(StateHeld, now)
	} else {
		e.Event, e.Who, e.Waiting = EventReleased, l.HandBack.By, l.WaitingSince()
		if gone {
			e.Event = EventReleasedGone
		}
		if !l.OutsideAt.IsZero() {
			e.Event = EventReleasedOutside
		}
		l.Takeover, l.HandBack.Note = Takeover{}, ""
		l = l.enter(StateAI, now)
		if l.OutsideAt.IsZero() {
			l.Aftercare = Aftercare{Since: started}
		}
		if !e.Waiting.IsZero() && !l.Aftercare.Since.IsZero() {
			l.Aftercare.WaitsSince = now.UTC()
		}
	}
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		l.Covered[i].Snapshot = nil
		if l.State == StateAI {
			l.Covered[i].Written = false
		}
	}
	e.After = l.standing()
	s := changed(l, e)
	if len(l.Unrepaired) > 0 {
		e.Event, e.Key, e.Lost = EventEntriesLost, e.Key+"/lost", l.Unrepaired
		s.Entries = append(s.Entries, e)
	}
	return s
}

// describe is the proof in the audit's words: the switch before, and what the provider
// answered.
func (p Proof) describe() string {
	switch {
	case p.Answer == "" || p.Gone:
		return p.Answer
	case p.WasSilent:
		return "AI was off, " + p.Answer
	default:
		return "AI was on, " + p.Answer
	}
}

// Failed records that the wanted state could not be proven. It is said once for each
// different trouble; next is when it is tried again.
func (l Line) Failed(err *ProviderError, now, next time.Time) Step {
	l, _ = l.inTime(now)
	before, old := l.standing(), l.Trouble
	t := Trouble{Kind: err.Kind, Status: err.Status, Since: now.UTC(), Attempts: 1, NextAt: next.UTC(), Lost: err.Lost, FlagUnknown: err.FlagUnknown, Unlisted: err.Unlisted, Read: err.Read}
	if old != nil {
		t.Since, t.Attempts, t.DeskTold = old.Since, old.Attempts+1, old.DeskTold
	}
	back := slices.ContainsFunc(l.Covered, func(c Covered) bool { return !c.CheckedAt.IsZero() })
	t.StillSilent = l.State == StateReturning && l.HandBack.WasSilent && !back
	l.Trouble = &t
	e := l.event(EventUnproven, FromBot, fmt.Sprintf("%s/failed/%d/%s", l.Ref, t.Attempts, t.Since.Format(time.RFC3339Nano)), before, now)
	e.Answer, e.Trouble = err.Answer(), &t
	s := changed(l) // the card counts the attempts and names the next one
	if !t.Same(old) {
		s.Entries = append(s.Entries, e)
	}
	if !t.DeskTold && now.Sub(l.Since) >= DeskPatience {
		t.DeskTold = true
		e.Event, e.Key = EventDeskWarned, e.Key+"/desk"
		s.Entries = append(s.Entries, e)
	}
	return s
}
