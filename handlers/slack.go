package handlers

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"takeoverbot/slackbot"
	"takeoverbot/takeover"
)

// maxBody is the size of the largest body that is read, in bytes: a box of Slack's may
// have 250 kB, and form encoding expands it.
const maxBody = 4 << 20

// bodyTime is how long a body may take to come: Slack gives up after three seconds.
const bodyTime = 3 * time.Second

// slack reads the body once, verifies it, and only then has it looked at. Whoever cannot
// be Slack takes no room: a body that is only promised would keep it.
func (s *server) slack(w http.ResponseWriter, r *http.Request) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(s.bodyTime)) // also for what the server reads of a body that is refused
	if err := s.Slack.Signed(r.Header); err != nil {
		s.refuse(w, r, slackbot.Status(err), "unverified", err)
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
	size *= copies
	if !s.room.enter(size) {
		s.refuse(w, r, http.StatusServiceUnavailable, "overload", takeover.ErrBusy)
		return
	}
	defer s.room.leave(size)
	body, err := read(http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength)
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status, err = http.StatusRequestEntityTooLarge, errTooLarge
		}
		s.refuse(w, r, status, "body", err)
		return
	}
	_ = deadline.SetReadDeadline(time.Time{}) // the server waits for the sender to hang up, and sets its own for the next request
	if err := s.Slack.Verify(r.Header, body); err != nil {
		s.refuse(w, r, slackbot.Status(err), "unverified", err)
		return
	}
	answer, err := s.Slack.Dispatch(r.Context(), body)
	if err != nil {
		s.refuse(w, r, slackbot.Status(err), "dispatch", err)
		return
	}
	note(r, "kind", answer.Kind)
	if answer.ContentType != "" {
		w.Header().Set("Content-Type", answer.ContentType)
	}
	s.answer(w, answer.Body)
}

// answer sends 200 at once: the request's log line is written while the sender reads.
func (s *server) answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the sender hung up: what was stored is stored
	_ = http.NewResponseController(w).Flush()
}

// read reads a body of a known length into as much memory as there is room for; to let a
// buffer grow would take several times that. A negative length is not known.
func read(body io.Reader, length int64) ([]byte, error) {
	if length < 0 {
		return io.ReadAll(body)
	}
	whole := make([]byte, length)
	_, err := io.ReadFull(body, whole)
	return whole, err
}

var errTooLarge = errors.New("the body is too large")

// refuse answers with a status and a word; the cause goes into the request's log line.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, status int, why string, cause error) {
	note(r, "why", why)
	note(r, "err", cause)
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	http.Error(w, http.StatusText(status), status)
}
