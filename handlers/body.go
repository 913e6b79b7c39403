package handlers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"takeoverbot/takeover"
)

// maxBody is the size of the largest body that is read, in bytes: a modal may have 250 kB,
// and form encoding makes up to three of each byte.
const maxBody = 768 << 10

// Bounds of the requests that are handled at the same time, so that memory is bounded
// under overload. Without room, the sender is told to try again.
const (
	maxInFlight = 512 // requests
	// copies is how many copies of a body are in memory while its request is handled: as
	// it came, as a form, and decoded. A body counts with all of them.
	copies = 3
	// smallBody is the size of the bodies that always have room, in bytes: larger ones share
	// a room of their own, so that they cannot keep clicks out.
	smallBody = 24 << 10
	share     = smallBody * copies

	smallRoom = maxInFlight * share // 36 MB
	largeRoom = 28 << 20
)

// bodyTime is how long the transfer of a body may take: Slack gives up after three seconds.
const bodyTime = 3 * time.Second

// Signer checks who sent a request.
type Signer interface {
	// Signed returns an error for headers that no request of the sender has, whatever its body.
	Signed(header http.Header) error
	// Verify returns an error for a request that the sender did not sign.
	Verify(header http.Header, body []byte) error
}

// withBody reads the body, verifies it, and only then passes it on. A sender who cannot have signed
// it gets no room, and one who may have only for what it has sent. checked is told of each request
// whether it was signed: nil, or the error of Signed or Verify.
func (s *server) withBody(w http.ResponseWriter, r *http.Request, signer Signer, checked func(error), then func(ctx context.Context, body []byte)) {
	deadline := http.NewResponseController(w)
	_ = deadline.SetReadDeadline(time.Now().Add(s.bodyTime)) // also for what the server reads of a refused body
	if err := signer.Signed(r.Header); err != nil {
		checked(err)
		s.refuse(w, r, http.StatusUnauthorized, "unverified", err)
		return
	}
	if r.ContentLength > maxBody {
		s.refuseUnread(w, r, http.StatusRequestEntityTooLarge, "body", errTooLarge)
		return
	}
	from := senderOf(r, func() { _ = deadline.SetReadDeadline(time.Now()) })
	if !s.small.take(from, share) {
		s.refuseUnread(w, r, http.StatusServiceUnavailable, "overload", takeover.ErrBusy)
		return
	}
	defer s.large.leave(from)
	defer s.small.leave(from)
	body, err := s.read(http.MaxBytesReader(w, r.Body, maxBody), r.ContentLength, from)
	if err != nil {
		s.refuseUnread(w, r, bodyStatus(err), "body", err)
		return
	}
	// From here on the server only waits for the sender to hang up; it sets a deadline of
	// its own for the next request.
	_ = deadline.SetReadDeadline(time.Time{})
	err = signer.Verify(r.Header, body)
	checked(err)
	if err != nil {
		s.refuse(w, r, http.StatusUnauthorized, "unverified", err)
		return
	}
	then(r.Context(), body)
}

// answer sends 200 at once, before the request's log line is written.
func (s *server) answer(w http.ResponseWriter, body []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the sender hung up: what was stored is stored
	_ = http.NewResponseController(w).Flush()
}

// read reads the whole body of a sender. Its memory grows as bytes arrive; a negative length
// is unknown. The error is takeover.ErrBusy where there was no room for it.
func (s *server) read(body io.Reader, length int64, from *sender) ([]byte, error) {
	size := int64(smallBody)
	if length >= 0 {
		size = min(size, length+1) // one more, so that the end is seen without growing
	}
	whole := make([]byte, 0, size)
	for {
		n, err := body.Read(whole[len(whole):cap(whole)])
		whole = whole[:len(whole)+n]
		switch {
		case err != nil:
			s.small.arrived(from)
			s.large.arrived(from)
			if from.dropped.Load() {
				return nil, takeover.ErrBusy
			}
			if errors.Is(err, io.EOF) {
				return whole, nil
			}
			return nil, err
		case len(whole) == cap(whole):
			grown := min(2*size, maxBody+1)
			if !s.large.take(from, (grown-size)*copies) {
				return nil, takeover.ErrBusy
			}
			size, whole = grown, append(make([]byte, 0, grown), whole...)
		}
	}
}

// bodyStatus is the answer to a body that could not be read.
func bodyStatus(err error) int {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	if errors.Is(err, takeover.ErrBusy) {
		return http.StatusServiceUnavailable
	}
	return http.StatusBadRequest
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

// refuseUnread is refuse for a request that was not read to its end. Such requests share log lines.
func (s *server) refuseUnread(w http.ResponseWriter, r *http.Request, status int, why string, cause error) {
	if rec, ok := r.Context().Value(recordKey{}).(*record); ok {
		rec.unread = true
	}
	s.refuse(w, r, status, why, cause)
}
