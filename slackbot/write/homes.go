package write

import (
	"maps"
	"slices"
	"sync"

	"takeoverbot/takeover"
)

// homes says what the keeper of the App Homes has to do. Safe for use by several
// goroutines.
type homes struct {
	wake chan struct{} // holds one: something is to be done

	mu     sync.Mutex
	opened map[string]bool // by user: published next, whatever stands there
	// next is the viewer with whom a round begins, because the one before did not come so
	// far; empty if that one published all. Only KeepHomes uses it.
	next takeover.OperatorID
}

func newHomes() *homes { return &homes{wake: make(chan struct{}, 1), opened: map[string]bool{}} }

// changed says that a line has changed. It never waits.
func (h *homes) changed() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// putBack has a Home that failed published next, when it is tried again.
func (h *homes) putBack(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened[user] = true
}

// takeOpened are those who wait for their Home.
func (h *homes) takeOpened() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := slices.Sorted(maps.Keys(h.opened))
	clear(h.opened)
	return users
}
