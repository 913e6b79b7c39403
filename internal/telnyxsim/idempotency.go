package telnyxsim

import (
	"crypto/sha256"
	"net/http"
	"time"
)

const (
	replayFor  = 24 * time.Hour // how long a successful answer is replayed
	maxReplays = 10_000         // above this, expired ones are swept
)

// replay is the answer of the first request with an Idempotency-Key.
type replay struct {
	of      [sha256.Size]byte // operation and body
	at      time.Time
	running bool
	answer  response
}

// once carries perform out unless a request with the same key has been: a success is replayed, a request that still runs
// is 409, another operation or body under the key is 422. A failure frees the key. A write whose answer was lost counts
// as done, and its answer is what a retry gets.
func (s *Sim) once(key, operation string, body []byte, perform func() response) response {
	if !validKey(key) {
		return gatewayError(http.StatusBadRequest, "Idempotency-Key must be 1 to 255 letters, digits, dashes or underscores.")
	}
	of := sha256.Sum256(append([]byte(operation+"\n"), body...))
	mine, a, ok := s.claim(key, of)
	if !ok {
		return a
	}
	a = perform()
	s.lock()
	defer s.mu.Unlock()
	if a.status/100 == 2 {
		mine.running, mine.answer = false, a
		mine.answer.cut = cutNone
	} else {
		delete(s.replays, key)
	}
	return a
}

// claim takes the key for the request, or returns the answer that it gets instead.
func (s *Sim) claim(key string, of [sha256.Size]byte) (*replay, response, bool) {
	s.lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	first, found := s.replays[key]
	switch {
	case found && first.running:
		return nil, gatewayError(http.StatusConflict, "A request with this Idempotency-Key is still being processed."), false
	case found && now.Sub(first.at) >= replayFor: // forgotten
	case found && first.of != of:
		return nil, gatewayError(http.StatusUnprocessableEntity, "This Idempotency-Key was used with another request."), false
	case found:
		return nil, first.answer, false
	}
	if len(s.replays) >= maxReplays {
		s.sweepReplays(now)
	}
	mine := &replay{of: of, at: now, running: true}
	s.replays[key] = mine
	return mine, response{}, true
}

func (s *Sim) sweepReplays(now time.Time) {
	for key, r := range s.replays {
		if !r.running && now.Sub(r.at) >= replayFor {
			delete(s.replays, key)
		}
	}
}

func validKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '_' {
			return false
		}
	}
	return len(key) >= 1 && len(key) <= 255
}
