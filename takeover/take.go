package takeover

import (
	"strings"
	"time"
)

// FirstLook is how long after a takeover its conversation is read for the first time: by
// then an answer that the AI had on its way has gone out.
const FirstLook = 5 * time.Second

// take gives a line that nobody holds to the operator who pressed.
func (l Line) take(c Command, r Rules) Step {
	switch {
	case l.Takeover.Claim == c.Key:
		return Step{Line: l} // the same click, delivered again
	case l.Taken() && l.Takeover.Holder == c.By:
		return l.refused(RefusedYours, c)
	case l.Taken():
		e := l.entry(c, EventCameSecond, l.standing())
		e.Other, e.Lag = l.Takeover.Holder, c.At.Sub(l.Takeover.GotAt)
		return l.refused(RefusedTaken, c, e)
	case !l.Ability(CanSilence).Yes():
		return l.unsupported(c, l.Ability(CanSilence), EventTakeRefused)
	}
	before, at := l.standing(), c.At.UTC()
	l.Takeover = Takeover{Holder: c.By, Claim: c.Key, ClaimedAt: at, GotAt: at, Hold: startHold(r.Hold, at)}
	l.Ref, l.HandBack, l.Aftercare = RefOf(c.Key), HandBack{}, Aftercare{}
	l.OutsideAt, l.OffAt = time.Time{}, time.Time{}
	l.uncheck()
	l = l.enter(StateTaking, at)
	s := changed(l, l.entry(c, EventClaimed, before))
	s.Settle = true
	s.Follow = []FollowJob{{Line: l.ID, Conversation: l.Newest.ID, From: at.Add(FirstLook)}}
	return s
}

// giveBack begins to hand the line back to the AI.
func (l Line) giveBack(c Command) Step {
	switch {
	case l.HandBack.Key == c.Key:
		return Step{Line: l} // the same wish, delivered again
	case l.State == StateReturning:
		return l.refused(RefusedReturning, c)
	case l.State == StateAI:
		return l.refused(RefusedNotHeld, c, l.entry(c, EventHandBackRefused, l.standing()))
	case c.AskFirst && (l.Takeover.Holder != c.By || !l.WaitingSince().IsZero()):
		return Step{Line: l, Refusal: l.refusal(RefusedUnasked, c)}
	}
	before := l.standing()
	l.Ref = RefOf(c.Key)
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, c, EventWithdrawn)
	}
	l = l.release(HandBack{Key: c.Key, By: c.By, Note: strings.TrimSpace(c.Note)}, c.At)
	e := l.entry(c, EventHandedBack, before)
	e.Other = l.Takeover.Holder
	s.Line, s.Settle, s.Entries = l, true, append(s.Entries, e)
	return s
}

// release is the line on its way back to the AI.
func (l Line) release(h HandBack, at time.Time) Line {
	h.WasSilent = l.State == StateHeld
	l.HandBack = h
	l.uncheck()
	return l.enter(StateReturning, at)
}

// tryAgain has a line in trouble settled without waiting for the next planned attempt.
func (l Line) tryAgain(c Command) Step {
	if l.Trouble == nil {
		return l.refused(RefusedSettled, c)
	}
	return Step{Line: l, Settle: true, Now: true, Draw: true, Entries: []Entry{l.entry(c, EventRetried, l.standing())}}
}
