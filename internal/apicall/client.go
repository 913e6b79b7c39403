package apicall

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"takeoverbot/internal/bounded"
	"takeoverbot/takeover"
)

// Client makes calls. It is safe for use by several goroutines. Its methods return
// *takeover.ProviderError for whatever goes wrong.
type Client struct {
	provider string
	base     string // without a trailing slash
	key      string
	header   http.Header
	http     *http.Client
	timeout  time.Duration
	log      *slog.Logger
	observe  func(op string, status int, d time.Duration)
	leftOut  func(rows int)
	now      func() time.Time
	clock    func(offset time.Duration)
}

// String describes the client without its key.
func (c *Client) String() string { return "client of " + c.base }

// GoString is String: a %#v must not show the key either.
func (c *Client) GoString() string { return c.String() }

// Call is one request to be made.
type Call struct {
	Op     string // what it is named in errors, logs and metrics: "list conversations"
	Method string
	Path   string // below the base, escaped
	Query  url.Values
	Body   any    // sent as JSON, with <, > and & as they are; nil for none
	Key    string // Idempotency-Key; empty for none

	// One says that the call is about one conversation: only then does a 404 mean
	// that the conversation is gone.
	One bool
	// Talks says that the body holds what people said: the answer's prose may repeat
	// it and is not kept.
	Talks bool

	// Read reads the body of a 2xx answer. Its error says that the body is not what the API
	// promises; the call then fails with it. nil: the body does not matter.
	Read func(body []byte) error
	// Date is set to the server's clock as its answer gives it, in UTC, to the second; nil: it
	// does not matter.
	Date *time.Time
}

// Do makes one call: one attempt, bounded in time and size, reported once. status is the
// HTTP status of the answer, also with an error; 0 if there was no answer.
func (c *Client) Do(ctx context.Context, q Call) (status int, err error) {
	start := time.Now()
	status, body, err := c.attempt(ctx, q)
	took := time.Since(start)
	c.observe(q.Op, status, took)
	c.log.DebugContext(ctx, "provider call",
		"provider", strings.ToLower(c.provider), "op", q.Op, "status", status, "ms", took.Milliseconds())
	if err == nil && q.Read != nil {
		if cause := q.Read(body); cause != nil {
			err = c.unreadable(q.Op, status, cause)
		}
	}
	return status, err
}

// LeftOut tells that rows of a list were left out, so that they did not stop the others.
func (c *Client) LeftOut(ctx context.Context, op string, rows int) {
	if rows == 0 {
		return
	}
	c.log.WarnContext(ctx, "rows of a list cannot be used and were left out", "provider", strings.ToLower(c.provider), "op", op, "rows", rows)
	c.leftOut(rows)
}

// attempt sends the request and reads the answer. The status is 0 when there was none.
func (c *Client) attempt(ctx context.Context, q Call) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	req, err := c.request(ctx, q, &sent)
	if err != nil {
		return 0, nil, c.Failure(q.Op, takeover.Refused, errors.New("the request cannot be built"))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, c.noAnswer(ctx, q.Op, 0, sent.Load(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	c.readDate(q, resp.Header)
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, nil, c.refusal(q, resp)
	}
	body, err := io.ReadAll(resp.Body)
	switch {
	case errors.Is(err, bounded.ErrTooLarge):
		return resp.StatusCode, nil, c.unreadable(q.Op, resp.StatusCode, bounded.ErrTooLarge)
	case err != nil:
		return resp.StatusCode, nil, c.noAnswer(ctx, q.Op, resp.StatusCode, true, err)
	}
	return resp.StatusCode, body, nil
}

// readDate tells of the server's clock, which differs from ours by some offset.
func (c *Client) readDate(q Call, h http.Header) {
	at, ok := date(h)
	if !ok {
		return
	}
	if q.Date != nil {
		*q.Date = at
	}
	// The header has no fraction: on average it is half a second behind.
	c.clock(at.Add(time.Second / 2).Sub(c.now()))
}

// request builds the HTTP request. sent becomes true once a connection was handed the
// request: before that nothing can have reached the provider.
func (c *Client) request(ctx context.Context, q Call, sent *atomic.Bool) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	address := c.base + q.Path
	if len(q.Query) > 0 {
		// Encode writes "+" as %2B and ">" as %3E; a raw "+" would arrive as a space
		// and find nothing, without an error.
		address += "?" + q.Query.Encode()
	}
	var body bytes.Buffer
	if q.Body != nil {
		enc := json.NewEncoder(&body)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(q.Body); err != nil {
			return nil, err
		}
		body.Truncate(body.Len() - 1) // without the line end that Encode adds
	}
	req, err := http.NewRequestWithContext(ctx, q.Method, address, &body)
	if err != nil {
		return nil, err
	}
	maps.Copy(req.Header, c.header)
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "takeoverbot")
	if q.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.Key != "" {
		req.Header.Set("Idempotency-Key", q.Key)
	}
	return req, nil
}
