package takeover

import "time"

// Hold is how long a takeover lasts. It slides while either side writes, and when it
// runs out the holder is asked before anything happens.
type Hold struct {
	// For is how long the takeover lasts without activity.
	For time.Duration
	// Until is when it runs out. UTC.
	Until time.Time
	// Step is how far a hold that ran out has come.
	Step HoldStep
	// NextAt is when the next step comes; Until while the hold runs. UTC.
	NextAt time.Time
}

// HoldStep is how far a hold that ran out has come.
type HoldStep int

// The steps, in their order.
const (
	HoldRuns  HoldStep = iota // it has not run out
	HoldAsked                 // the holder was asked
	HoldAskedAgain
	HoldLeadsTold // the end user waits, and the leads know
)

// Spoke is what the AI said although a person had the line.
type Spoke struct {
	// At is when the AI's message was written. UTC; zero while there is none.
	At time.Time `json:",omitzero"`
	// Text is what it said, cut to SpokeLength; hostile until escaped.
	Text string `json:",omitempty"`
	// Until is the time of the newest AI message that was dealt with. UTC.
	Until time.Time `json:",omitzero"`
}

// Aftercare is the watch over the AI after a hand-back, until it has spoken.
type Aftercare struct {
	// Since is when the line was given back: what the AI says from then on is its answer.
	// UTC; zero without aftercare.
	Since time.Time `json:",omitzero"`
	// Waits is since when the end user waits for the AI. UTC; zero while nobody waits.
	Waits time.Time `json:",omitzero"`
	// Missed says that the AI did not answer in time. It stays until the AI speaks or
	// somebody takes over.
	Missed bool `json:",omitempty"`
}

// Handoff is an offer of a line to another operator. Until it is accepted the line stays
// with its holder.
type Handoff struct {
	Ref  Ref // of the offer; with the line's id it names the offer
	To   OperatorID
	By   OperatorID
	Note string // for the receiver; may be empty
	At   time.Time
}

// Offered says whether the line is offered to somebody.
func (l Line) Offered() bool { return l.Handoff.To != "" }

// Taken says whether a person has the line, proven or not.
func (l Line) Taken() bool { return l.State == StateTaking || l.State == StateHeld }

// SilentAsOf is when the AI was last seen silent on a held line. UTC.
func (l Line) SilentAsOf() time.Time {
	if l.ComparedAt.After(l.CheckedAt) {
		return l.ComparedAt
	}
	return l.CheckedAt
}

// Due is when the line wants attention by itself; the zero time if it does not. UTC.
func (l Line) Due() time.Time {
	var due time.Time
	if l.Taken() {
		due = l.Hold.NextAt
	}
	if a := l.answerDue(); !a.IsZero() && (due.IsZero() || a.Before(due)) {
		due = a
	}
	return due
}

// Attended says whether new messages of the line are looked for.
func (l Line) Attended() bool {
	return l.Taken() || l.State == StateReturning || !l.Aftercare.Since.IsZero()
}
