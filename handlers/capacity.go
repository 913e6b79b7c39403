package handlers

import "sync"

// Bounds of the requests that are handled at the same time, so that memory is bounded
// under overload.
const (
	maxInFlight = 512      // requests
	maxBytes    = 64 << 20 // bytes of their bodies, counted once for each copy in memory

	// copies is how many copies of a body are in memory while its request is handled: as
	// it came, as a form, and decoded.
	copies = 3
)

// capacity is what is left for further requests. Without capacity, the sender is told to
// try again.
type capacity struct {
	mu       sync.Mutex
	requests int
	bytes    int64
}

func newCapacity(requests int, bytes int64) *capacity {
	return &capacity{requests: requests, bytes: bytes}
}

// acquire takes capacity for one request of so many bytes, if there is enough.
func (c *capacity) acquire(bytes int64) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requests < 1 || c.bytes < bytes {
		return false
	}
	c.requests--
	c.bytes -= bytes
	return true
}

// release gives back what acquire took.
func (c *capacity) release(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests++
	c.bytes += bytes
}
