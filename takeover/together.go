package takeover

import (
	"fmt"
	"time"
)

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
