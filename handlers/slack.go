package handlers

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"takeoverbot/slackbot/listen"
	"takeoverbot/takeover"
)

// maxBody is the size of the largest body that is read, in bytes: a modal may have
// 250 kB, and form encoding expands it.
const maxBody = 4 << 20

// Bounds of the requests that are handled at the same time, so that memory is bounded
// under overload. Without capacity, the sender is told to try again.
const (
	maxInFlight = 512      // requests
	maxBytes    = 64 << 20 // bytes of their bodies, counted once for each copy in memory

	// copies is how many copies of a body are in memory while its request is handled: as
	// it came, as a form, and decoded.
	copies = 3
	// leastShare is what a request counts with however small it is, in bytes.
	leastShare = maxBytes / maxInFlight
)

// bodyTime is how long the transfer of a body may take: Slack gives up after three seconds.
const bodyTime = 3 * time.Second

// slack reads the body, verifies it, and only then lets it be parsed. A sender that cannot
// be Slack gets no capacity: it could announce a body, never send it, and so block others.
func (s *server) slack(w http.ResponseWriter, r *http.Request) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(s.bodyTime)) // also for what the server reads of a refused body
	if err := s.Slack.Signed(r.Header); err != nil {
		s.refuse(w, r, listen.Status(err), "unverified", err)
		return
	}
	size := r.ContentLength
	if size > maxBody {
		s.refuse(w, r, http.StatusRequestEntityTooLarge, "body", errTooLarge)
		return
	}
	if size < 0 {
		size = maxBody
	}
	size = max(size*copies, leastShare)
	if !s.capacity.TryAcquire(size) {
		s.refuse(w, r, http.StatusServiceUnavailable, "overload", takeover.ErrBusy)
		return
	}
	defer s.capacity.Release(size)
	body, err := read(http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength)
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status, err = http.StatusRequestEntityTooLarge, errTooLarge
		}
		s.refuse(w, r, status, "body", err)
		return
	}
	// From here on the server only waits for the sender to hang up; it sets a deadline of
	// its own for the next request.
	_ = deadline.SetReadDeadline(time.Time{})
	if err := s.Slack.Verify(r.Header, body); err != nil {
		s.refuse(w, r, listen.Status(err), "unverified", err)
		return
	}
	answer, err := s.Slack.Dispatch(r.Context(), body)
	if err != nil {
		s.refuse(w, r, listen.Status(err), "dispatch", err)
		return
	}
	note(r, "kind", answer.Kind)
	if answer.ContentType != "" {
		w.Header().Set("Content-Type", answer.ContentType)
	}
	s.answer(w, answer.Body)
}

// answer sends 200 at once, before the request's log line is written.
func (s *server) answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the sender hung up: what was stored is stored
	_ = http.NewResponseController(w).Flush()
}

// read reads a body. It allocates a known length at once, because a growing buffer would
// take several times that memory. A negative length is unknown.
func read(body io.Reader, length int64) ([]byte, error) {
	if length < 0 {
		return io.ReadAll(body)
	}
	whole := make([]byte, length)
	_, err := io.ReadFull(body, whole)
	return whole, err
}

var errTooLarge = errors.New("the body is too large")

// refuse answers with a status and its text; why and cause go into the request's log line.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, status int, why string, cause error) {
	note(r, "why", why)
	note(r, "err", cause)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, http.StatusText(status), status)
}
