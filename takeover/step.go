package takeover

import (
	"fmt"
	"time"
)

// Step is what a transition decided: the line as it is now and what is to happen
// next. It is stored in one transaction.
type Step struct {
	Line    Line
	Save    bool // whether Line differs from what was loaded
	Entries []Entry
	Settle  bool // the provider's flag has to be brought into line
	Now     bool // with Settle: without waiting for a planned attempt
	Draw    bool // the card has to be drawn, even where Save is false
	Refusal *Refusal
	Direct  []Direct    // what single people are told
	Follow  []FollowJob // conversations that have to be read
	Draft   []DraftJob  // corrections of the AI to be drafted
}

// Direct is what one person is told; a later one with the same key takes its place.
type Direct struct {
	To    OperatorID
	Key   string
	Entry Entry
}

// changed is the step that stores and draws the line and writes the entries down.
func changed(l Line, entries ...Entry) Step {
	return Step{Line: l, Save: true, Draw: true, Entries: entries}
}

// refused is the step that refuses a command and draws the card as it is.
func (l Line) refused(kind RefusalKind, c Command, entries ...Entry) Step {
	return Step{Line: l, Draw: true, Entries: entries, Refusal: l.refusal(kind, c)}
}

func (l Line) refusal(kind RefusalKind, c Command) *Refusal {
	return &Refusal{Kind: kind, Line: l.ID, State: l.State, Holder: l.Takeover.Holder,
		Earlier: c.At.Sub(l.Takeover.GotAt), Since: l.Since, Ref: l.Ref}
}

// unsupported refuses what the line's provider cannot do. Nothing of the line changes.
func (l Line) unsupported(c Command, a Ability, event Event) Step {
	e := l.entry(c, event, l.standing())
	e.Answer = a.Reason
	s := l.refused(RefusedUnsupported, c, e)
	s.Refusal.Why, s.Refusal.Provider = a.Reason, l.Provider
	return s
}

// entry is what a command did to the line, which stood before as it says.
func (l Line) entry(c Command, event Event, before Standing) Entry {
	return Entry{Key: c.Key, Line: l.ID, At: c.At.UTC(), Who: c.By, Origin: c.Origin, Event: event,
		Before: before, After: l.standing(), Ref: RefOf(c.Key)}
}

// event is what happened to the line without a command.
func (l Line) event(event Event, origin Origin, key string, before Standing, now time.Time) Entry {
	return Entry{Key: key, Line: l.ID, At: now.UTC(), Origin: origin, Event: event,
		Before: before, After: l.standing(), Ref: l.Ref, Other: l.Takeover.Holder}
}

// standing is where the line stands, for the audit.
func (l Line) standing() Standing {
	return Standing{State: l.State, Holder: l.Takeover.Holder, Trouble: l.Trouble != nil}
}

// enter is the line in another state.
func (l Line) enter(s State, at time.Time) Line {
	l.State, l.Since, l.Trouble, l.Takeover.Doubt = s, at.UTC(), nil, Doubt{}
	if s == StateTaking || s == StateReturning {
		l.Unrepaired = nil
	}
	return l
}

// togetherFor is how close to each other the holds of one person have to run out to be told in
// one direct message.
const togetherFor = 10 * time.Second

// Together is the time, until excluded, in which the same event of other lines of the
// same holder is told in the same direct message as the entry; ok is false for an event that is
// told alone.
func (e Entry) Together() (from, until time.Time, ok bool) {
	switch e.Event {
	case EventHolderAsked, EventHolderAskedAgain, EventKept, EventLapsed:
		from = e.At.Truncate(togetherFor)
		return from, from.Add(togetherFor), true
	default:
		return time.Time{}, time.Time{}, false
	}
}

// directTogether tells a holder of the entry, in one message for all lines to which the same
// happens together.
func (e Entry) directTogether(to OperatorID) Direct {
	from, _, _ := e.Together()
	return Direct{To: to, Key: fmt.Sprintf("together/%s/%s/%d", to, e.Event, from.Unix()), Entry: e}
}
