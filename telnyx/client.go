package telnyx

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"sync/atomic"
	"time"

	"takeoverbot/takeover"
)

// maxAnswer is the largest answer that is read, in bytes. A hundred messages of 40,000
// characters are about half of it.
const maxAnswer = 8 << 20

// What the calls are named in errors, logs and metrics.
const (
	opList    = "list conversations"
	opRead    = "read conversation"
	opCreate  = "create conversation"
	opWrite   = "write conversation"
	opDelete  = "delete conversation"
	opHistory = "read messages"
	opAdd     = "add message"
	opInsight = "read insights"
	opCheck   = "check key"
)

// Client calls the conversations API. It is safe for use by several goroutines.
// Methods return *takeover.ProviderError for whatever goes wrong.
type Client struct {
	base    string // without a trailing slash
	key     string
	http    *http.Client
	timeout time.Duration
	log     *slog.Logger
	observe func(op string, status int, d time.Duration)
}

// String describes the client without its key.
func (c *Client) String() string { return "telnyx client of " + c.base }

// GoString is String: a %#v must not show the key either.
func (c *Client) GoString() string { return c.String() }

// call is one request to be made.
type call struct {
	op     string
	method string
	path   string // below the base, escaped
	query  url.Values
	body   []byte // JSON; nil for none
	key    string // Idempotency-Key; empty for none

	// one says that the call is about one conversation: only then does a 404 mean
	// that the conversation is gone.
	one bool
	// talks says that the body holds what people said: the answer's prose may repeat
	// it and is not kept.
	talks bool
}

// answer is a call's 2xx answer.
type answer struct {
	status int
	body   []byte
}

// do makes one call: one attempt, bounded in time and size, reported once.
func (c *Client) do(ctx context.Context, q call) (answer, error) {
	start := time.Now()
	status, body, err := c.attempt(ctx, q)
	took := time.Since(start)
	c.observe(q.op, status, took)
	c.log.LogAttrs(ctx, slog.LevelDebug, "telnyx call",
		slog.String("op", q.op), slog.Int("status", status), slog.Int64("ms", took.Milliseconds()))
	if err != nil {
		return answer{}, err
	}
	return answer{status, body}, nil
}

// attempt sends the request and reads the answer. The status is 0 when there was none.
func (c *Client) attempt(ctx context.Context, q call) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	var sent atomic.Bool
	req, err := c.request(ctx, q, &sent)
	if err != nil {
		return 0, nil, failure(q.op, takeover.Refused, errors.New("the request cannot be built"))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, noAnswer(ctx, q.op, 0, sent.Load(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 != 2 {
		return resp.StatusCode, nil, c.refusal(q, resp)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return resp.StatusCode, nil, noAnswer(ctx, q.op, resp.StatusCode, true, err)
	case len(body) > maxAnswer:
		return resp.StatusCode, nil, unreadable(q.op, resp.StatusCode, errTooLarge)
	}
	return resp.StatusCode, body, nil
}

// request builds the HTTP request. sent becomes true once a connection was handed the
// request: before that nothing can have reached Telnyx.
func (c *Client) request(ctx context.Context, q call, sent *atomic.Bool) (*http.Request, error) {
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
	})
	address := c.base + q.path
	if len(q.query) > 0 {
		// Encode writes "+" as %2B and ">" as %3E; a raw "+" would arrive as a space
		// and find nothing, without an error.
		address += "?" + q.query.Encode()
	}
	var body io.Reader
	if q.body != nil {
		body = bytes.NewReader(q.body)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, address, body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "takeoverbot")
	if q.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if q.key != "" {
		req.Header.Set("Idempotency-Key", q.key)
	}
	return req, nil
}

// Check makes the cheapest call that needs a working key, for bot doctor. nil means that
// the key may read conversations; otherwise the *takeover.ProviderError says what is wrong.
func (c *Client) Check(ctx context.Context) error {
	got, err := c.do(ctx, call{op: opCheck, method: http.MethodGet, path: conversationsPath,
		query: url.Values{"limit": {"1"}, "order": {string(NewestMessage)}}})
	if err != nil {
		return err
	}
	if _, _, err := decodeList(got.body); err != nil {
		return unreadable(opCheck, got.status, err)
	}
	return nil
}
