package takeover

import (
	"fmt"
	"time"
)

// TimeUp is the step that is due by the clock: the next one of a hold that ran out, or
// an answer of the AI that did not come. Before its time it does nothing.
func (l Line) TimeUp(now time.Time, r Rules) Step {
	if l.Taken() && l.Hold.NextAt.IsZero() && r.Hold > 0 {
		l.Hold.begin(r, now) // taken by a version of the bot that knew no end of a takeover
		return Step{Line: l, Save: true, Draw: true}
	}
	due := l.Due()
	if due.IsZero() || now.Before(due) {
		return Step{Line: l}
	}
	if a := l.answerDue(); !a.IsZero() && !now.Before(a) {
		return l.missAnswer(now)
	}
	return l.holdUp(now, r)
}

// holdUp is the next step of a hold that ran out. It never lapses without having asked
// twice, and never without saying so.
func (l Line) holdUp(now time.Time, r Rules) Step {
	waiting := l.WaitingSince()
	switch {
	case l.Hold.Step == HoldRuns:
		return l.askHolder(DidAsk, HoldAsked, now, r)
	case l.Hold.Step == HoldAsked:
		return l.askHolder(DidAskAgain, HoldAskedAgain, now, r)
	case l.Hold.Step == HoldAskedAgain && !waiting.IsZero():
		s := l.askHolder(DidTellLeads, HoldLeadsTold, now, r)
		s.Direct = nil // the holder was asked twice: now it is the leads' turn
		return s
	case r.After == RuleKeep:
		return l.keep(now)
	default:
		return l.lapse(now)
	}
}

func (l Line) askHolder(deed Deed, step HoldStep, now time.Time, r Rules) Step {
	e := l.timed(deed, now)
	l.Hold.Step, l.Hold.NextAt = step, now.Add(AskEvery).UTC()
	e.Until, e.Rule = l.Hold.NextAt, r.After
	s := Step{Line: l, Save: true, Draw: true}
	s.add(e)
	s.Direct = []Direct{{To: l.Holder, Key: e.Key, Entry: e}}
	return s
}

// keep is the desk's rule that a person keeps the line.
func (l Line) keep(now time.Time) Step {
	e := l.timed(DidKeep, now)
	l.Hold.run(now.Add(max(l.Hold.For, AskEvery)))
	e.Until, e.After = l.Hold.Until, l.describe()
	s := Step{Line: l, Save: true, Draw: true}
	s.add(e)
	s.Direct = []Direct{{To: l.Holder, Key: e.Key, Entry: e}}
	return s
}

// lapse is the desk's rule that the AI gets the line back.
func (l Line) lapse(now time.Time) Step {
	e := l.timed(DidLapse, now)
	s := Step{Save: true, Draw: true, Settle: true}
	if l.Offered() {
		s.answer(&l, Command{Key: e.Key, At: now, Origin: FromTimer}, DidWithdraw)
	}
	l.Ref = RefOf(e.Key)
	e.Ref = l.Ref
	l.HandBack = HandBack{NoteKey: e.Key}
	l.uncheck()
	l = l.enter(StateReturning, now)
	e.After = l.describe()
	s.add(e)
	s.Direct = append(s.Direct, Direct{To: l.Holder, Key: e.Key, Entry: e})
	s.Line = l
	return s
}

// missAnswer says that the AI did not answer in time after a hand-back, or ends the
// watch over it where nobody waits.
func (l Line) missAnswer(now time.Time) Step {
	if l.Aftercare.Waits.IsZero() || l.Aftercare.Missed {
		l.Aftercare = Aftercare{}
		return Step{Line: l, Save: true, Draw: true}
	}
	e := l.timed(DidMiss, now)
	e.Key = fmt.Sprintf("%s/miss/%s", l.ID, l.Aftercare.Waits.Format(time.RFC3339Nano))
	e.Waiting = l.Aftercare.Waits
	l.Aftercare.Missed = true
	s := Step{Line: l, Save: true, Draw: true}
	s.add(e)
	return s
}

// timed is an entry of something that the clock has done to a hold.
func (l Line) timed(deed Deed, now time.Time) Entry {
	return Entry{Key: fmt.Sprintf("%s/hold/%s/%d", l.ID, l.Hold.Until.Format(time.RFC3339Nano), l.Hold.Step), Line: l.ID, At: now.UTC(), Origin: FromTimer,
		Deed: deed, Before: l.describe(), After: l.describe(), Ref: l.Ref, Other: l.Holder, Waiting: l.WaitingSince()}
}
