package telnyxsim

import (
	"net/http"
	"strconv"
)

// limited counts a request and reports, with the answer, whether it is one too many for this second.
func (s *Sim) limited() (response, bool) {
	s.lock()
	defer s.mu.Unlock()
	limit := s.faults.RatePerSecond
	if !s.window.Take(s.opts.Now(), limit) {
		return response{}, false
	}
	a := gatewayError(http.StatusTooManyRequests, "You have exceeded the maximum number of allowed requests.")
	a.header = rateHeaders(limit, 0, 1)
	return a, true
}

// rateHeaders are the headers that Telnyx documents for 429; reset is in seconds from now.
func rateHeaders(limit, remaining, reset int) http.Header {
	h := http.Header{}
	h.Set("X-Ratelimit-Limit", strconv.Itoa(limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Ratelimit-Reset", strconv.Itoa(reset))
	return h
}
