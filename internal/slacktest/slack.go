package slacktest

import (
	"io"
	"net/http"
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

// Token is the bot token of tests. No error, log line or answer may contain it.
const Token = "xoxb-secret-of-the-test"
