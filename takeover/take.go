package takeover

import (
	"slices"
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
	l.Takeover = Takeover{ComparedBefore: l.ComparedAt, Holder: c.By, Claim: c.Key, ClaimedAt: at, GotAt: at, Hold: startHold(r.Hold, at), Notes: l.HandBack.ungiven()}
	l.Ref, l.HandBack, l.Aftercare = RefOf(c.Key), HandBack{}, Aftercare{}
	l.OutsideAt, l.OffAt = time.Time{}, time.Time{}
	if !l.Covers(l.Newest.ID) {
		l.Covered = append([]Covered{{ID: l.Newest.ID, Channel: l.Newest.Channel}}, l.Covered...)
	}
	most := min(len(l.Covered), CoveredMost)
	l.Covered = slices.Concat(l.Covered[:most], inCare(l.Covered[most:]))
	for i := range l.Covered {
		l.Covered[i].Before, l.Covered[i].FineAt = ProviderTime{}, ProviderTime{}
	}
	l = l.unchecked().enter(StateTaking, at)
	s := changed(l, l.entry(c, EventClaimed, before))
	s.Settle = true
	s.Follow = []FollowJob{{Line: l.ID, Conversation: l.Newest.ID, From: at.Add(FirstLook)}}
	if r.SilenceWatch > FirstLook {
		s.Follow = append(s.Follow, FollowJob{Line: l.ID, Conversation: l.Newest.ID, From: at.Add(r.SilenceWatch)})
	}
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
	case c.Origin != FromModal && l.notesFull(c):
		return Step{Line: l, Refusal: l.refusal(RefusedFull, c)}
	case c.AskFirst && (l.Takeover.Holder != c.By || !l.WaitingSince().IsZero()):
		return l.askToHandBack(c)
	}
	before, note := l.standing(), strings.TrimSpace(c.Note)
	if c.Origin != FromModal { // the box shows all that was noted, and its person has edited it
		note = l.Takeover.noted(note)
	}
	l.Ref = RefOf(c.Key)
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, c, EventWithdrawn, EventHandedBack)
	}
	l = l.release(HandBack{Key: c.Key, By: c.By, Note: note}, c.At)
	e := l.entry(c, EventHandedBack, before)
	e.Other = l.Takeover.Holder
	s.Line, s.Settle, s.Entries = l, true, append(s.Entries, e)
	return s
}

// release is the line on its way back to the AI.
func (l Line) release(h HandBack, at time.Time) Line {
	h.WasSilent = l.State == StateHeld && l.proven()
	h.LastAt = l.Recent.LastAt
	for _, c := range l.Covered {
		h.LastAt = later(h.LastAt, later(c.Before, c.SeenAt))
	}
	l.HandBack = h
	return l.unchecked().enter(StateReturning, at)
}

// outcome remembers what the takeover led to that the hand-back c.HandBack ended.
func (l Line) outcome(c Command) Step {
	switch {
	case !l.HandedBack() || l.HandBack.Ref() != c.HandBack:
		return l.refused(RefusedNoOutcome, c)
	case !slices.Contains(OutcomeKinds(), c.Outcome) || l.HandBack.Outcome.Kind == c.Outcome:
		return Step{Line: l} // of another version, or said before
	}
	l.HandBack.Outcome = Outcome{Kind: c.Outcome, By: c.By, At: c.At.UTC()}
	e := l.entry(c, EventOutcome, l.standing())
	e.Outcome = c.Outcome
	return changed(l, e)
}

// tryAgain has a line settled without waiting for the next planned attempt. Where the AI was
// switched on outside Slack in a conversation, it is silenced there again.
func (l Line) tryAgain(c Command) Step {
	before := l.standing()
	switch silence := l.Silence(c.At); {
	case l.Trouble != nil:
	case silence.Level == SilenceBroken || silence.Level == SilenceUnchecked:
		l = l.unchecked().enter(StateTaking, c.At)
	default:
		return l.refused(RefusedSettled, c)
	}
	return Step{Line: l, Save: true, Settle: true, Now: true, Draw: true, Entries: []Entry{l.entry(c, EventRetried, before)}}
}
