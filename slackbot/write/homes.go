package write

import (
	"maps"
	"slices"
	"sync"

	"takeoverbot/takeover"
)

// homes says what KeepHomes has to do. Safe for use by several
// goroutines.
type homes struct {
	wake chan struct{} // with room for one signal

	mu     sync.Mutex
	opened map[string]bool // by user: published next, even if the content is the same
	// next is the viewer with whom the next round begins, because the last round ended early;
	// empty if it published all. Only KeepHomes uses it.
	next takeover.OperatorID
}

func newHomes() *homes { return &homes{wake: make(chan struct{}, 1), opened: map[string]bool{}} }

// changed says that a line has changed. It does not block.
func (h *homes) changed() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// putBack has the Home of a user published next.
func (h *homes) putBack(user string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened[user] = true
}

// takeOpened returns the users who opened their Home since the last call.
func (h *homes) takeOpened() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	users := slices.Sorted(maps.Keys(h.opened))
	clear(h.opened)
	return users
}
