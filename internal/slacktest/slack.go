package slacktest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
)

// Response is an answer of Slack with this status and body; header may be nil.
func Response(status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: header, Body: io.NopCloser(strings.NewReader(body))}
}

// Transport is an http.RoundTripper that answers at once, without a network: it works within a
// synctest bubble.
type Transport func(*http.Request) *http.Response

// RoundTrip answers with f.
func (f Transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

// Served is an http.RoundTripper that gives each request to Handler in the same goroutine,
// without a network: it works within a testing/synctest bubble. A handler that breaks the
// connection off answers 502.
type Served struct{ Handler http.Handler }

// RoundTrip makes the Served a transport.
func (s Served) RoundTrip(r *http.Request) (*http.Response, error) {
	if trace := httptrace.ContextClientTrace(r.Context()); trace != nil && trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	received := r.Clone(r.Context())
	if received.Body == nil {
		received.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	s.Handler.ServeHTTP(answer, received)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return answer.Result(), nil
}

// Token is the bot token of tests. No error, log line or answer may contain it.
const Token = "xoxb-secret-of-the-test"
