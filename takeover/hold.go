package takeover

import "time"

const (
	// MaxHold is the longest time that a hold may be ahead.
	MaxHold = 12 * time.Hour
	// AskEvery is how long the bot waits for an answer between two of DefaultAsks.
	AskEvery = 5 * time.Minute
	// slideStep is the least that a hold slides: less is not worth a write.
	slideStep = 30 * time.Second
)

// Hold is how long a takeover lasts. It slides while either side writes, and when it
// runs out the holder is asked before anything happens.
type Hold struct {
	// For is how long the takeover lasts without activity.
	For time.Duration
	// Until is when it runs out. UTC.
	Until time.Time
	// Step is how far a hold that ran out has come.
	Step HoldStep
	// Leaderless says that with HoldLeadsTold the desk's channel was told, as it has no group
	// of leads.
	Leaderless bool `json:",omitempty"`
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

// startHold is the hold of an operator who has just got a line from the AI.
func startHold(length time.Duration, at time.Time) Hold {
	h := Hold{For: length}
	if length > 0 {
		h.restart(at.Add(length))
	}
	return h
}

// restart has the hold run until then.
func (h *Hold) restart(until time.Time) {
	h.Until = until.UTC()
	h.Step, h.NextAt = HoldRuns, h.Until
}

// slide restarts the hold because of what was said or done at that time, where that is
// worth a write. What is older than the hold, read late, is no sign of life.
func (h *Hold) slide(at time.Time) bool {
	if h.For <= 0 {
		return false
	}
	until := at.Add(h.For)
	if !until.After(h.Until) || h.Step == HoldRuns && until.Sub(h.Until) < slideStep {
		return false
	}
	h.restart(until)
	return true
}
