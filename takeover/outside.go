package takeover

import (
	"fmt"
	"slices"
	"time"
)

// careTime is how long a line is compared after it was handed back.
const careTime = 10 * time.Minute

// wantsSilence reports whether the line's flags are to be set; known is false while they are
// being changed.
func (l Line) wantsSilence() (silent, known bool) {
	return l.State == StateHeld, l.State == StateHeld || l.State == StateAI
}

// CompareAt is when the line's flags are to be compared with the provider next: while the
// line is held, and for careTime after a hand-back. The zero time is never. UTC.
func (l Line) CompareAt() time.Time {
	if l.waitsForTurn() {
		return time.UnixMilli(1).UTC() // before all others
	}
	last := later(l.Since, l.ComparedAt)
	every := CompareEvery
	switch l.State {
	case StateHeld:
		last = later(last, l.silentAsOf())
	case StateAI:
		inCare := slices.ContainsFunc(l.Covered, func(c Covered) bool { return c.inCare() || !c.OddAt.IsZero() })
		if l.HandBack.Key == "" || len(l.Covered) == 0 || !inCare && !last.Before(l.Since.Add(careTime)) {
			return time.Time{}
		}
	default:
		return time.Time{}
	}
	for _, c := range l.Covered {
		if !c.OddAt.IsZero() || c.inCare() {
			every = SyncTick
		}
	}
	return last.Add(every).UTC()
}

// comparedAt is the time as of which a line counts as compared that was compared at a time. After a
// hand-back, the comparison that would be the last does not count as that: a clock may be ahead for
// a moment, and a second comparison shows whether the time has passed.
func (l Line) comparedAt(at time.Time) time.Time {
	last := l.Since.Add(careTime - time.Millisecond)
	if l.State == StateAI && l.ComparedAt.Before(last) {
		return earlier(at, last)
	}
	return at
}

// drawWithin is how soon after it is asked for a card is drawn, as a rule.
const drawWithin = 15 * time.Second

// drawn is a line whose card is to be drawn, with the time of the check that the card shows: where the card
// may say that the proof is old, the line is compared next, and drawn again. So it is where many held lines
// take turns.
func (l Line) drawn(now time.Time) Line {
	asOf := l.silentAsOf()
	l.Takeover.DrawnAsOf = time.Time{}
	if l.State == StateHeld {
		l.Takeover.DrawnAsOf = asOf
	}
	if l.State == StateHeld && l.Takeover.Doubt.Since.IsZero() && !asOf.IsZero() && now.Sub(asOf) > ProofFresh-drawWithin {
		l.Takeover.Doubt = Doubt{Since: asOf}
	}
	return l
}

// waitsForTurn reports whether the card may say that the proof is old, and nothing but other
// lines keeps the bot from renewing it.
func (l Line) waitsForTurn() bool {
	return l.State == StateHeld && !l.Takeover.Doubt.Since.IsZero() && l.Takeover.Doubt.Why == nil
}

// ReadOtherwise is the step that follows from a flag that reads otherwise than the line
// wants. One read may be older than the bot's last write: the flag is believed when it
// reads so again. The card does not call the AI silent in between.
func (l Line) ReadOtherwise(id ConversationID, now time.Time) Step {
	i := l.covered(id)
	silent, known := l.wantsSilence()
	if i < 0 || !known || !l.Covered[i].LeftAt.IsZero() {
		return Step{Line: l}
	}
	c := l.Covered[i]
	switch {
	case c.OddAt.IsZero():
		l = l.edited(id, func(c *Covered) { c.OddAt, c.CheckedAt = now.UTC(), time.Time{} })
		return Step{Line: l, Save: true, Draw: silent}
	case now.Sub(c.OddAt).Abs() < oddAfter:
		return Step{Line: l}
	case c.inCare():
		return l.putRight(id, now)
	case silent:
		return l.switchedOn(id, now)
	}
	// The AI was switched off outside Slack after the hand-back: a card says so.
	l = l.edited(id, func(c *Covered) { c.LeftAt, c.OddAt = now.UTC(), time.Time{} })
	if l.OffAt.IsZero() && id == l.Answering() {
		l.OffAt = now.UTC()
	}
	return changed(l)
}

// backOn is the step that follows from a flag of a line that was handed back that reads as the
// AI's again, after it was seen as switched off outside Slack.
func (l Line) backOn(id ConversationID, now time.Time) Step {
	if l.State != StateAI {
		return Step{Line: l}
	}
	return Step{Line: l.edited(id, func(c *Covered) { c.LeftAt, c.CheckedAt = time.Time{}, now.UTC() }), Save: true}
}

// Comparison is one in which all flags of a line read as wanted.
type Comparison struct {
	// At is when it began. Turn is that time, or a little before it, by the database's clock.
	At, Turn time.Time
	// Before is when the comparison before it began. UTC; zero if there was none.
	Before time.Time
	// Aged says that the proof had grown old.
	Aged bool
}

// passed is the time, by the database's clock, that has surely come: this comparison and the one
// before it were not earlier. Where that clock is a process's, it may be ahead for a moment.
func (c Comparison) passed() time.Time {
	return earlier(c.Turn, c.Before.Add(c.Turn.Sub(c.At)))
}

// cared is the line without the care whose time has passed, and whether that changes it. Care that
// ends later than any of now was stored while the clock was far ahead: it counts as if it were
// stored now.
func (l Line) cared(as Comparison) (cared Line, changed bool) {
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		switch c := &l.Covered[i]; {
		case !c.inCare():
		case !as.passed().Before(c.CareUntil):
			c.CareUntil, changed = time.Time{}, true
		case c.CareUntil.After(careUntil(as.Turn.Add(clocksDiffer))):
			c.CareUntil, changed = careUntil(as.Turn), true
		}
	}
	return l, changed
}

// ReadAgain is the step that follows where all flags read as wanted: after one that
// did not, after the proof grew old (a card that was drawn then says so) or was dated by a
// clock that was far ahead, after the time of a write of which nothing was heard, or while the
// card says of a line that was handed back that its AI is off.
func (l Line) ReadAgain(as Comparison, now time.Time) Step {
	at, doubt := as.At, l.Takeover.Doubt
	l, ahead := l.inTime(now)
	l, cared := l.cared(as)
	odd := cared || slices.ContainsFunc(l.Covered, func(c Covered) bool { return !c.OddAt.IsZero() })
	shownOff := l.showsOff()
	if _, known := l.wantsSilence(); !known || !odd && !as.Aged && !ahead && !shownOff && doubt.Since.IsZero() {
		return Step{Line: l}
	}
	before := l.standing()
	readRight(l.Covered, at) // they are a copy
	if shownOff {
		l.OffAt = time.Time{}
	}
	l.Takeover.ListedAt = earlier(l.Takeover.ListedAt, at).UTC()
	l.Takeover.Doubt = Doubt{}
	if l.Taken() {
		l.ComparedAt = later(l.ComparedAt, at)
	}
	s := Step{Line: l, Save: true, Draw: l.Taken() || shownOff}
	if doubt.Why == nil {
		return s
	}
	e := l.event(EventCheckedAgain, FromBot, fmt.Sprintf("%s/checked/%s", l.ID, doubt.Since.Format(time.RFC3339Nano)), before, now)
	e.Lag = now.Sub(doubt.Since)
	s.Entries = []Entry{e}
	if doubt.HolderTold {
		s.Direct = []Direct{{To: l.Takeover.Holder, Key: l.doubtKey(doubt.Since), Entry: e}}
	}
	return s
}

// readRight notes that flags read as wanted at a time, where they had not, or were dated later.
func readRight(covered []Covered, at time.Time) {
	for i := range covered {
		if c := &covered[i]; !c.OddAt.IsZero() || c.CheckedAt.After(at) {
			c.OddAt, c.CheckedAt = time.Time{}, at.UTC()
		}
	}
}

// showsOff reports whether the card says of a line that was handed back that its AI is off in the
// conversation which is there to be answered.
func (l Line) showsOff() bool {
	i := l.covered(l.Answering())
	return l.State == StateAI && !l.OffAt.IsZero() && i >= 0 && l.Covered[i].LeftAt.IsZero()
}

// Unchecked is the step that follows where the flags could not be compared: once the proof
// is older than fresh the card says so, then the holder is told, then the desk.
func (l Line) Unchecked(why *ProviderError, fresh time.Duration, now time.Time) Step {
	asOf := l.silentAsOf()
	if l.State != StateHeld || asOf.IsZero() {
		return Step{Line: l}
	}
	before, doubt, age := l.standing(), l.Takeover.Doubt, now.Sub(asOf)
	late := fresh - ProofFresh // where many lines are held
	var event Event
	told := false
	switch {
	case age >= ProofDesk+late && !doubt.DeskTold:
		event, doubt.HolderTold, doubt.DeskTold = EventUncheckedDesk, true, true
	case age >= ProofHolder+late && !doubt.HolderTold:
		event, doubt.HolderTold, told = EventUncheckedHolder, true, true
	case age > fresh && doubt.Why == nil:
		event = EventUnchecked
	default:
		return Step{Line: l}
	}
	doubt.Since, doubt.Why = asOf, &Trouble{Kind: NoAnswer, Since: now.UTC()}
	if why != nil {
		doubt.Why.Kind, doubt.Why.Status = why.Kind, why.Status
	}
	l.Takeover.Doubt = doubt
	e := l.event(event, FromBot, fmt.Sprintf("%s/unchecked/%s/%s", l.ID, event, asOf.Format(time.RFC3339Nano)), before, now)
	e.Trouble, e.Lag = doubt.Why, age
	s := changed(l, e)
	if told {
		s.Direct = []Direct{{To: l.Takeover.Holder, Key: l.doubtKey(asOf), Entry: e}}
	}
	return s
}

// doubtKey names the direct message about a proof that grew old.
func (l Line) doubtKey(asOf time.Time) string {
	return fmt.Sprintf("%s/unchecked/%s", l.ID, asOf.Format(time.RFC3339Nano))
}

// putRight has a flag written again that one of the bot's own earlier writes changed late.
func (l Line) putRight(id ConversationID, now time.Time) Step {
	e := l.event(EventLateWrite, FromBot, string(l.ID)+"/late/"+now.UTC().Format(time.RFC3339Nano), l.standing(), now)
	e.Conversation = id
	l = l.edited(id, func(c *Covered) { c.OddAt, c.CheckedAt = time.Time{}, time.Time{} })
	if l.State == StateHeld {
		l = l.enter(StateTaking, now)
	} else {
		l = l.enter(StateReturning, now)
	}
	e.After = l.standing()
	s := changed(l, e)
	s.Settle = true
	return s
}

// switchedOn is the step that follows from a held line whose AI was switched on outside
// Slack. The bot does not fight the other writer. Where it was the conversation in which
// the AI answers, the takeover ends: what else the bot has silenced it switches on again,
// and the thread and the holder are told. An older one is left to the AI, and the card
// says so.
func (l Line) switchedOn(id ConversationID, now time.Time) Step {
	e := l.event(EventSwitchedOn, Elsewhere, string(l.ID)+"/outside/"+now.UTC().Format(time.RFC3339Nano), l.standing(), now)
	e.Waiting, e.Conversation = l.WaitingSince(), id
	if id != l.Answering() {
		l = l.edited(id, func(c *Covered) { c.LeftAt, c.OddAt = now.UTC(), time.Time{} })
		e.Event = EventOlderSwitchedOn
		return changed(l, e)
	}
	e.Note = l.Takeover.noted("")
	s := changed(l)
	if l.Offered() {
		s.answerOffer(&l, Command{Key: e.Key, At: now, Origin: Elsewhere}, EventWithdrawn, EventSwitchedOn)
	}
	l.Covered = slices.DeleteFunc(slices.Clone(l.Covered), func(c Covered) bool { return c.ID == id || !c.LeftAt.IsZero() })
	l.OutsideAt = now.UTC()
	if len(l.Covered) > 0 {
		l = l.release(HandBack{Key: e.Key}, now)
		s.Settle = true
	} else {
		l = l.enter(StateAI, now)
		l.Takeover = Takeover{}
	}
	e.After = l.standing()
	s.Line, s.Entries = l, append(s.Entries, e)
	s.Direct = append(s.Direct, Direct{To: e.Other, Key: e.Key, Entry: e})
	return s
}

// Gone is the step that follows from a conversation of a line that the provider does
// not know, twice: no AI can speak there. Of the conversation of a held line in which the AI
// answers one answer does not tell: a proxy may have made it.
func (l Line) Gone(id ConversationID, now time.Time) Step {
	i := l.covered(id)
	if _, known := l.wantsSilence(); i < 0 || !known || l.State == StateHeld && id == l.Answering() {
		return Step{Line: l}
	}
	switch odd := l.Covered[i].OddAt; {
	case odd.IsZero():
		l = l.edited(id, func(c *Covered) { c.OddAt = now.UTC() })
		return Step{Line: l, Save: true}
	case now.Sub(odd).Abs() < oddAfter:
		return Step{Line: l}
	}
	e := l.event(EventGone, FromBot, string(l.ID)+"/gone/"+string(id), l.standing(), now)
	e.Conversation = id
	l.Covered = slices.DeleteFunc(slices.Clone(l.Covered), func(c Covered) bool { return c.ID == id })
	if l.State == StateAI {
		return Step{Line: l, Save: true} // nobody has it: nobody has to know
	}
	return changed(l, e)
}
