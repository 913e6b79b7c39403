package apicall

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a provider can make us wait.
const maxRetryAfter = 30 * time.Second

// retryAfter reads how long a provider asks to wait, between 0 (it did not say) and 30 s.
// Retry-After and Retry-After-Ms count on every refusal; x-ratelimit-reset, which comes
// with good answers too, only on a 429.
func retryAfter(status int, h http.Header) time.Duration {
	if d, ok := delay(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return d
	}
	after := h.Get("Retry-After")
	if d, ok := delay(after, time.Second); ok {
		return d
	}
	if at, err := http.ParseTime(after); err == nil {
		now, ok := date(h) // the clock that named the time
		if !ok {
			now = time.Now()
		}
		return min(max(at.Sub(now), 0), maxRetryAfter)
	}
	if status == http.StatusTooManyRequests {
		d, _ := delay(h.Get("X-Ratelimit-Reset"), time.Second)
		return d
	}
	return 0
}

// delay reads a number of units. The comparison is made on the float: a huge number must
// not overflow into a negative wait.
func delay(s string, unit time.Duration) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || !(n >= 0) {
		return 0, false
	}
	if n >= float64(maxRetryAfter)/float64(unit) {
		return maxRetryAfter, true
	}
	return time.Duration(n * float64(unit)), true
}

// date is the server's clock when it answered, in UTC, to the second. ok is false where the
// answer does not say it.
func date(h http.Header) (at time.Time, ok bool) {
	at, err := http.ParseTime(h.Get("Date"))
	return at.UTC(), err == nil
}
