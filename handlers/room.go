package handlers

import (
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// slowAfter is how long a body may be on its way before it can be dropped for another one. It is
// short, as strangers come again at once: the room of one address must be full of bodies that
// are younger before one of Slack's is refused, which is more than 25,000 connections a second.
const slowAfter = 10 * time.Millisecond

// sender is a request from its first byte to its answer.
type sender struct {
	from    netip.Prefix // whose request it is
	since   time.Time    // when its body began to arrive
	stop    func()       // ends the transfer of its body
	dropped atomic.Bool  // the transfer was ended to make room
}

// senderOf returns the sender of a request.
func senderOf(r *http.Request, stop func()) *sender {
	return &sender{from: addressOf(r.RemoteAddr), since: time.Now(), stop: stop}
}

// addressOf is what counts as one address: an IPv4 address, or the /64 network that a host has
// for itself with IPv6. What cannot be read counts together.
func addressOf(remote string) netip.Prefix {
	at, err := netip.ParseAddrPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	addr, bits := at.Addr().Unmap(), 64
	if addr.Is4() {
		bits = 32
	}
	p, _ := addr.Prefix(bits) // the bits fit
	return p
}

// room bounds the memory that bodies take. A sender holds what has arrived of its body, not
// what it announced. Where there is no room left, the slowest transfer is ended before
// another sender is refused: a sender that announces bytes and does not send them loses its place.
type room struct {
	most int64 // bytes that all senders hold together
	each int64 // bytes that the senders of one address hold, of bodies that have not arrived whole

	mu       sync.Mutex
	held     int64
	holds    map[*sender]int64
	arriving []*sender // whose bodies have not arrived whole, the oldest first
}

func newRoom(most, each int64) *room {
	return &room{most: most, each: each, holds: map[*sender]int64{}}
}

// take gives a sender n more bytes, and reports whether there was room.
func (r *room) take(s *sender, n int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		crowded := r.heldBy(s.from)+n > r.each
		if !crowded && r.held+n <= r.most {
			break
		}
		slow := r.slowest(s, crowded)
		if slow == nil {
			return false
		}
		slow.dropped.Store(true)
		slow.stop()
		r.remove(slow)
	}
	if _, known := r.holds[s]; !known {
		r.arriving = append(r.arriving, s)
	}
	r.held += n
	r.holds[s] += n
	return true
}

// heldBy is what the senders of one address hold, of bodies that have not arrived whole.
func (r *room) heldBy(from netip.Prefix) (n int64) {
	for _, s := range r.arriving {
		if s.from == from {
			n += r.holds[s]
		}
	}
	return n
}

// slowest is the sender whose body has been on its way the longest, perhaps only among those
// of s's address; nil where all are fast, or where s itself is the slowest.
func (r *room) slowest(s *sender, ofAddress bool) *sender {
	for _, other := range r.arriving {
		switch {
		case other == s || time.Since(other.since) < slowAfter:
			return nil
		case !ofAddress || other.from == s.from:
			return other
		}
	}
	return nil
}

// arrived says that the body of a sender is whole: it keeps its place from now on.
func (r *room) arrived(s *sender) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arriving = slices.DeleteFunc(r.arriving, func(other *sender) bool { return other == s })
}

// leave gives back what a sender holds.
func (r *room) leave(s *sender) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.remove(s)
}

func (r *room) remove(s *sender) {
	r.held -= r.holds[s]
	delete(r.holds, s)
	r.arriving = slices.DeleteFunc(r.arriving, func(other *sender) bool { return other == s })
}
