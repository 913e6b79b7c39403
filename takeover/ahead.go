package takeover

import (
	"slices"
	"time"
)

const (
	// clocksDiffer is by how much the clocks of replicas may differ without harm. A time that is
	// further ahead than that, and than the bot plans, was stored by a process whose clock was far
	// ahead.
	clocksDiffer = time.Minute
	// readMost is the longest pause between two readings of a watch.
	readMost = WatchEvery + watchJitter + maxRest
	// MaxWatchAhead is further ahead than a reading of a watched line is planned.
	MaxWatchAhead = readMost + clocksDiffer
)

// inTime is the line without times that a clock that was far ahead has stored: each counts as if
// it had been stored now. ahead says that there were some.
func (l Line) inTime(now time.Time) (in Line, ahead bool) {
	bound := func(at *time.Time, most time.Duration) {
		if at.After(now.Add(most + clocksDiffer)) {
			*at, ahead = now.Add(most).UTC(), true
		}
	}
	bound(&l.Since, 0)
	bound(&l.Watch.Until, WatchFor)
	if l.Watch.NextAt.After(now.Add(MaxWatchAhead)) {
		l.Watch.NextAt, ahead = now.UTC(), true
	}
	l.Covered = slices.Clone(l.Covered)
	for i := range l.Covered {
		bound(&l.Covered[i].CareUntil, writeMayLand)
	}
	return l, ahead
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
