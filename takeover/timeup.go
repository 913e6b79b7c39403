package takeover

import (
	"fmt"
	"time"
)

// TimeUp is the step that is due by the clock: the next reading of a watch, the next step
// of a hold that ran out, or an answer of the AI that did not come. Before its time it
// does nothing.
func (l Line) TimeUp(now time.Time, r Rules) Step {
	l, _ = l.inTime(now)
	isDue := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case isDue(l.Aftercare.due()):
		return l.missAnswer(now, r)
	case l.Taken() && isDue(l.Takeover.Hold.NextAt):
		return l.holdUp(now, r)
	case l.Taken() && isDue(l.Takeover.Reply.due()):
		return l.missReply(now)
	case isDue(l.Watch.NextAt):
		return l.watchUp(now)
	}
	return Step{Line: l}
}

// holdUp is the next step of a hold that ran out. It never lapses without the desk's asks,
// and never without saying so.
func (l Line) holdUp(now time.Time, r Rules) Step {
	for _, ask := range r.Asks {
		if ask.Step > l.Takeover.Hold.Step && !(ask.IfWaiting && l.WaitingSince().IsZero()) {
			return l.ask(ask, now, r)
		}
	}
	if r.After == RuleKeep {
		return l.keep(now)
	}
	return l.lapse(now)
}

// ask takes one step of a hold that ran out.
func (l Line) ask(ask Ask, now time.Time, r Rules) Step {
	e := l.timed(ask.Event, now)
	l.Takeover.Hold.Step, l.Takeover.Hold.NextAt = ask.Step, now.Add(ask.Pause).UTC()
	l.Takeover.Hold.Leaderless = r.Leaderless
	e.Until, e.Rule, e.Leaderless = l.Takeover.Hold.NextAt, r.After, r.Leaderless
	s := changed(l, e)
	if ask.Direct {
		s.Direct = []Direct{e.directTogether(l.Takeover.Holder)}
	}
	return s
}

// keep is the desk's rule that a person keeps the line.
func (l Line) keep(now time.Time) Step {
	e := l.timed(EventKept, now)
	l.Takeover.Hold.restart(now.Add(max(l.Takeover.Hold.For, AskEvery)))
	e.Until = l.Takeover.Hold.Until
	s := changed(l, e)
	s.Direct = []Direct{e.directTogether(l.Takeover.Holder)}
	return s
}

// lapse is the desk's rule that the AI gets the line back.
func (l Line) lapse(now time.Time) Step {
	e := l.timed(EventLapsed, now)
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, Command{Key: e.Key, At: now, Origin: FromTimer}, EventWithdrawn, EventLapsed)
	}
	l.Ref = RefOf(e.Key)
	l = l.release(HandBack{Key: e.Key, Note: l.Takeover.noted("")}, now)
	e.Ref, e.After = l.Ref, l.standing()
	s.Line, s.Settle, s.Entries = l, true, append(s.Entries, e)
	s.Direct = append(s.Direct, e.directTogether(l.Takeover.Holder))
	return s
}

// missAnswer says that the AI did not answer in time after a hand-back: to the person who handed
// back, then to the leads, who are told at once where the desk's rule did. It ends the aftercare
// of a line on which nobody waits.
func (l Line) missAnswer(now time.Time, r Rules) Step {
	a, by := l.Aftercare, l.HandBack.By
	if a.WaitsSince.IsZero() || a.LeadsTold || a.Missed && l.WaitingSince().IsZero() {
		l.Aftercare = Aftercare{}
		return changed(l)
	}
	e := l.event(EventAnswerMissed, FromTimer, fmt.Sprintf("%s/miss/%s", l.ID, a.WaitsSince.Format(time.RFC3339Nano)), l.standing(), now)
	e.Waiting, e.Other, e.Leaderless = later(l.WaitingSince(), l.Recent.PersonAt), by, r.Leaderless
	if e.Waiting.IsZero() {
		e.Waiting = ProviderTime(a.WaitsSince) // by the bot's clock: people read it, nothing else
	}
	if a.Missed || by == "" {
		e.Event, e.Key = EventAnswerMissedLeads, e.Key+"/leads"
		l.Aftercare.LeadsTold = true
	}
	l.Aftercare.Missed = true
	s := changed(l, e)
	if e.Event == EventAnswerMissed {
		s.Direct = []Direct{{To: by, Key: e.Key, Entry: e}}
	}
	return s
}

// missReply tells the holder that the end user waits for an answer.
func (l Line) missReply(now time.Time) Step {
	e := l.event(EventReplyMissed, FromTimer, fmt.Sprintf("%s/reply/%s", l.ID, l.Takeover.Reply.Since.Format(time.RFC3339Nano)), l.standing(), now)
	e.Waiting = l.WaitingSince()
	l.Takeover.Reply.Told = true
	return Step{Line: l, Save: true, Entries: []Entry{e}, Direct: []Direct{{To: l.Takeover.Holder, Key: e.Key, Entry: e}}}
}

// timed is the entry of a step of a hold that ran out.
func (l Line) timed(event Event, now time.Time) Entry {
	h := l.Takeover.Hold
	e := l.event(event, FromTimer, fmt.Sprintf("%s/hold/%s/%d", l.ID, h.Until.Format(time.RFC3339Nano), h.Step), l.standing(), now)
	e.Waiting = l.WaitingSince()
	return e
}
