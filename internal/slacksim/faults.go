package slacksim

import (
	"net/http"
	"strconv"
	"time"

	"takeoverbot/internal/simserver"
)

// FaultKind names one way in which Slack fails.
type FaultKind string

// The faults that can be switched on. None of them counts as a violation.
const (
	FaultRateLimited      FaultKind = "429"             // with Retry-After
	FaultRateLimitedBare  FaultKind = "429-bare"        // without the header
	FaultRateLimitedOK    FaultKind = "200-ratelimited" // HTTP 200, ok:false
	FaultUnavailable      FaultKind = "503"             // with an HTML page
	FaultHang             FaultKind = "hang"            // no answer until the client gives up
	FaultDropAfterCommit  FaultKind = "drop-after"      // done, but the connection breaks
	FaultDropBeforeCommit FaultKind = "drop-before"     // not done, the connection breaks
	FaultError            FaultKind = "error"           // ok:false with Fault.Error
)

// AnyMethod stands for all methods, and for response URLs and uploads too.
const AnyMethod = "*"

// Fault says how a call fails.
type Fault struct {
	Kind       FaultKind     `json:"kind"`
	Error      string        `json:"error,omitempty"`          // for FaultError: Slack's error string
	RetryAfter time.Duration `json:"retry_after_ns,omitempty"` // for FaultRateLimited; 0 means 1 s
}

type plannedFault struct {
	left  int
	fault Fault
}

type faults struct {
	planned map[string][]*plannedFault
	latency map[string]time.Duration
	window  editWindow
}

func newFaults() faults {
	return faults{planned: map[string][]*plannedFault{}, latency: map[string]time.Duration{}}
}

// FailNext makes the next n calls of a method (or AnyMethod) fail. Methods
// beside those of the Web API are "response_url" and "upload".
func (s *Sim) FailNext(method string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.planned[method] = append(s.faults.planned[method], &plannedFault{n, f})
}

// SetLatency delays every call of a method (or AnyMethod) by d; 0 ends it.
func (s *Sim) SetLatency(method string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.latency[method] = d
}

// ClearFaults ends all planned faults and latencies, and the edit window. Calls that hang already
// stay so until their client gives up.
func (s *Sim) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = newFaults()
}

// takeFault spends one planned fault, if there is one for the method.
func (s *Sim) takeFault(method string) (Fault, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delay := max(s.faults.latency[method], s.faults.latency[AnyMethod])
	for _, key := range []string{method, AnyMethod} {
		for len(s.faults.planned[key]) > 0 {
			p := s.faults.planned[key][0]
			if p.left <= 0 {
				s.faults.planned[key] = s.faults.planned[key][1:]
				continue
			}
			p.left--
			return p.fault, delay
		}
	}
	return Fault{}, delay
}

// failBefore plays the faults in which nothing is done. It reports whether the
// request is dealt with, and the error and status to note.
func (s *Sim) failBefore(w http.ResponseWriter, r *http.Request, f Fault) (done bool, status int, code string) {
	switch f.Kind {
	case FaultRateLimited:
		return true, tooMany(w, max(f.RetryAfter, time.Second)), "ratelimited"
	case FaultRateLimitedBare:
		w.WriteHeader(http.StatusTooManyRequests)
		return true, http.StatusTooManyRequests, "ratelimited"
	case FaultRateLimitedOK:
		writeJSON(w, http.StatusOK, reply{"ok": false, "error": "ratelimited"})
		return true, http.StatusOK, "ratelimited"
	case FaultUnavailable:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Something went wrong.</body></html>"))
		return true, http.StatusServiceUnavailable, "503"
	case FaultHang:
		s.server.Hang(r)
		simserver.Drop(w)
		return true, 0, string(f.Kind)
	case FaultDropBeforeCommit:
		simserver.Drop(w)
		return true, 0, string(f.Kind)
	case FaultError:
		writeJSON(w, http.StatusOK, reply{"ok": false, "error": f.Error})
		return true, http.StatusOK, f.Error
	}
	return false, 0, ""
}

func tooMany(w http.ResponseWriter, wait time.Duration) int {
	seconds := int((wait + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.Itoa(max(seconds, 1)))
	writeJSON(w, http.StatusTooManyRequests, reply{"ok": false, "error": "ratelimited"})
	return http.StatusTooManyRequests
}
