package telnyxsim

import (
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"takeoverbot/internal/simserver"
)

// maxBody is the largest request body in bytes.
const maxBody = 4 << 20

// serve answers one request and records it.
func (s *Sim) serve(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	rt, vars, known := s.match(r.Method, r.URL.EscapedPath())
	call := s.record(Call{
		Op: rt.op, Method: r.Method, Path: rt.template, ID: vars["id"], RawQuery: r.URL.RawQuery,
		At: s.clock.Now(), IdempotencyKey: r.Header.Get("Idempotency-Key"),
	})
	body, a, ok := readBody(w, r)
	if ok {
		a = s.answer(r, rt, known, &request{vars: vars, body: body, json: isJSON(r)})
	}
	if a.cut == cutHang {
		s.server.Hang(r)
	}
	took := time.Since(began)
	// Noted before it is written, so that a client that has its answer finds the status here.
	s.settle(call, a, len(body), took)
	s.opts.Log.Debug("simulated Telnyx", "method", r.Method, "path", rt.template, "status", a.status, "lost", a.cut != cutNone, "ms", took.Milliseconds())
	if a.cut != cutNone {
		simserver.Drop(w)
		return
	}
	w.Header().Set("Date", s.date())
	a.write(w)
}

// readBody reads the body as far as it is allowed to be; not ok comes with the answer.
func readBody(w http.ResponseWriter, r *http.Request) (body []byte, a response, ok bool) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return body, gatewayError(http.StatusRequestEntityTooLarge, "The request body is too large."), false
	case err != nil:
		return body, response{cut: cutDrop}, false // the client broke off
	}
	return body, response{}, true
}

func isJSON(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/json"
}

// answer carries a request out, faults included. known says that another method would have a route.
func (s *Sim) answer(r *http.Request, rt route, known bool, req *request) response {
	query, a, ok := s.gate(r)
	if !ok {
		return a
	}
	if rt.handle == nil {
		if known {
			return gatewayError(http.StatusMethodNotAllowed, "The method is not allowed for this resource.")
		}
		return gatewayError(http.StatusNotFound, "The requested resource or URL could not be found.")
	}
	req.query = query
	key := r.Header.Get("Idempotency-Key")
	if !rt.replayable || key == "" {
		return s.perform(r, rt, req)
	}
	return s.once(key, r.Method+" "+r.URL.Path, req.body, func() response { return s.perform(r, rt, req) })
}

// gate refuses what the gateway in front of the API would: a bad key, an illegal query, too many requests.
func (s *Sim) gate(r *http.Request) (url.Values, response, bool) {
	if !s.authorized(r.Header.Get("Authorization")) {
		return nil, gatewayError(http.StatusUnauthorized, "The required authentication headers were either invalid or not included in the request."), false
	}
	query, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, gatewayError(http.StatusBadRequest, err.Error()), false
	}
	if wait, limited := s.limited(); limited {
		return nil, wait, false
	}
	return query, response{}, true
}

func (s *Sim) authorized(header string) bool {
	key, ok := strings.CutPrefix(header, "Bearer ")
	if !ok || key == "" {
		return false
	}
	return s.opts.APIKey == "" || subtle.ConstantTimeCompare([]byte(key), []byte(s.opts.APIKey)) == 1
}

// perform waits as long as the operation takes, lets it fail if it has to, and carries it out.
func (s *Sim) perform(r *http.Request, rt route, req *request) response {
	if !s.server.Pause(r.Context(), s.latency(rt.op)) {
		return response{cut: cutDrop}
	}
	f, fails := s.takeFailure(rt.op)
	if fails && f.LandMS > 0 {
		s.landLater(req, ms(f.LandMS)) //nolint:contextcheck // it lands although its caller has gone
	}
	if fails && f.How == FailHang {
		s.server.Hang(r) // in here, so that the request counts as running for its Idempotency-Key
		return response{cut: cutDrop}
	}
	if fails && !f.after() {
		return f.response()
	}
	a := rt.handle(s, req)
	if fails {
		a.cut = f.cut()
	}
	return a
}

func (f Failure) cut() cut {
	switch f.How {
	case FailHang, FailHangAfter:
		return cutHang
	case FailDrop, FailDropAfter:
		return cutDrop
	}
	return cutNone
}

// response is what a failure before the write answers.
func (f Failure) response() response {
	if c := f.cut(); c != cutNone {
		return response{cut: c}
	}
	var a response
	switch {
	case f.Code != "":
		a = codeError(f.Code, "This failure was asked for.")
	case f.Status == http.StatusBadGateway:
		a = htmlError(f.Status)
	case f.Status == http.StatusUnprocessableEntity:
		a = invalid("value could not be accepted", "value_error", "body")
	default:
		a = gatewayError(f.Status, "This failure was asked for.")
	}
	switch f.Hint {
	case HintRetryAfter:
		a.header = http.Header{"Retry-After": {strconv.Itoa(f.Seconds)}}
	case HintReset:
		a.header = rateHeaders(0, 0, f.Seconds)
	}
	return a
}
