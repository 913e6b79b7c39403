package handlers

import (
	"sync"
	"time"
)

// tallyEvery is the pause between two lines of a tally.
const tallyEvery = time.Minute

// tally logs what strangers can make happen very often: the first time at once, and then one line a minute
// with how often it happened. Safe for use by several goroutines.
type tally struct {
	line func(attrs ...any) // logs a line

	mu      sync.Mutex
	count   int   // since the last line
	newest  []any // the attributes of the newest
	resting bool  // a line was written less than a minute ago
}

// add counts one more.
func (t *tally) add(attrs ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count, t.newest = t.count+1, attrs
	if !t.resting {
		t.write()
	}
}

// write logs what was counted, and looks again after a minute. mu is held.
func (t *tally) write() {
	if t.resting = t.count > 0; !t.resting {
		return
	}
	t.line(append([]any{"count", t.count}, t.newest...)...)
	t.count = 0
	time.AfterFunc(tallyEvery, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.write()
	})
}
