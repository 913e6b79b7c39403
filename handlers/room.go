package handlers

import "sync"

// Bounds of what is worked at the same time, so that memory under overload is bounded.
const (
	maxInFlight = 512      // requests
	maxBytes    = 64 << 20 // bytes of their bodies, as often as they are in memory

	// copies is how often a body is in memory while it is worked: as it came, as a form,
	// and decoded.
	copies = 3
)

// room counts who is inside. Past its bounds the sender is told to try again.
type room struct {
	mu       sync.Mutex
	requests int
	bytes    int64
}

func newRoom(requests int, bytes int64) *room { return &room{requests: requests, bytes: bytes} }

func (r *room) enter(bytes int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.requests < 1 || r.bytes < bytes {
		return false
	}
	r.requests--
	r.bytes -= bytes
	return true
}

func (r *room) leave(bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests++
	r.bytes += bytes
}
