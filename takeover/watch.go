package takeover

import "time"

const (
	// WatchFor is how long a watch lasts at most.
	WatchFor = 30 * time.Minute
	// WatchEvery is how long a watch waits between two readings. The bot reads nothing for
	// a line that nobody watches.
	WatchEvery = 10 * time.Second
	// watchJitter is how much longer a watch may wait, so that watches that began together
	// do not read together.
	watchJitter = time.Second
	// MaxWatchAhead is further ahead than a reading of a watched line is planned.
	MaxWatchAhead = WatchEvery + watchJitter + maxRest + clocksDiffer
)

// Watch is one person's wish to see new messages of a line as they come.
type Watch struct {
	By     OperatorID
	Ref    Ref       // of the press that began it
	Until  time.Time // when it ends by itself. UTC
	NextAt time.Time // when the line is read next. UTC
}

// WatchEnd is why a watch ended.
type WatchEnd string

// The ends of a watch. An operator who stopped it is Entry.Who.
const (
	WatchTimeUp     WatchEnd = "time up"    // WatchFor has passed
	WatchEnded      WatchEnd = "ended"      // the conversation has ended; Entry.Answer is its status
	WatchUnreadable WatchEnd = "unreadable" // the transcript cannot be shown any more
	WatchFailed     WatchEnd = "failed"     // the provider refuses; Entry.Trouble says how
)
