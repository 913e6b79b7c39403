package slackapi

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/internal/bounded"
	"takeoverbot/takeover"
)

// callTime bounds one call of Slack.
const callTime = 10 * time.Second

// Config says where Slack is and what a Client works with.
type Config struct {
	Token    string
	AppToken string // app-level token, for OpenSocket alone; may be empty
	APIURL   string // ends with "/"; empty is Slack's own
	// HTTP gives the transport; nil is the default one. The Client sets its own time limit, and
	// follows no redirect.
	HTTP  *http.Client
	Posts Posts
	Pacer *Pacer // nil: a new one whose buckets are full
	// MayPost returns an error while nothing may be posted in a channel; nil: always.
	MayPost func(ctx context.Context, channel string) error
	// Now is the clock for stored times; nil is time.Now.
	Now func() time.Time
	// Observe is called after every call; outcome is "ok", a Class, or "later" for a call that
	// was not made because its turn comes too late. May be nil.
	Observe func(method, outcome string)
}

// Client calls Slack within its limits. It never repeats a call by itself. The error of a call
// is a *takeover.LaterError if Slack asks to wait, otherwise an *Error. Safe for use by several
// goroutines.
type Client struct {
	cfg   Config // complete
	http  *http.Client
	api   *slack.Client
	files *slack.Client          // like api, for what is no JSON
	botID atomic.Pointer[string] // the bot's own; nil until AuthTest was answered

	posts, updates outage
}

// New returns a Client. It makes no call.
func New(cfg Config) *Client {
	cfg.APIURL = cmp.Or(cfg.APIURL, slack.APIURL)
	cfg.Pacer = cmp.Or(cfg.Pacer, newPacer())
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Observe == nil {
		cfg.Observe = func(string, string) {}
	}
	transport := cmp.Or(cfg.HTTP, &http.Client{}).Transport
	own := ownHTTP(bounded.Transport{Next: transport})
	api := func(by *http.Client) *slack.Client {
		return slack.New(cfg.Token, slack.OptionAppLevelToken(cfg.AppToken), slack.OptionAPIURL(cfg.APIURL), slack.OptionHTTPClient(by))
	}
	return &Client{cfg: cfg, http: own, api: api(own), files: api(ownHTTP(transport))}
}

// ownHTTP is an HTTP client with a time limit, because slack-go sets none. It follows no redirect,
// because a call carries the token.
func ownHTTP(transport http.RoundTripper) *http.Client {
	own := http.Client{Timeout: callTime, Transport: transport}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// call makes one call when its turn has come. Posts are called by postNow: a channel has a limit too.
func (c *Client) call(ctx context.Context, p Priority, method string, do func(context.Context) error) error {
	key := limitKey{method: method}
	if err := c.turn(ctx, p, key); err != nil {
		return err
	}
	return c.callNow(ctx, key, do)
}

// turn returns when the call may be made.
func (c *Client) turn(ctx context.Context, p Priority, key limitKey) error {
	err := c.cfg.Pacer.wait(ctx, key, p)
	if err != nil {
		c.cfg.Observe(key.method, "later")
	}
	return err
}

// callNow makes a call whose turn has come, reports it to Observe, and remembers for how long Slack
// asked to wait.
func (c *Client) callNow(ctx context.Context, key limitKey, do func(context.Context) error) error {
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { // and perhaps the rest
			sent.Store(true)
			c.cfg.Pacer.sent(key)
		},
	})
	err := do(traced)
	if sent.Load() {
		c.cfg.Pacer.answered(ctx, key)
	}
	failed := classify(key.method, sent.Load(), err)
	if failed == nil {
		c.cfg.Observe(key.method, "ok")
		return nil
	}
	c.cfg.Observe(key.method, string(failed.Class))
	if failed.Class != Limited {
		return failed
	}
	c.cfg.Pacer.penalize(ctx, key, failed.retryAfter)
	return takeover.Later(failed.retryAfter, "slack "+key.method+": "+failed.Code)
}

// send posts a body for which slack-go has no method, and lets read have the answer if its
// status is 200. Errors have the types that slack-go uses, for classify.
func (c *Client) send(ctx context.Context, address, contentType, body string, read func(answer io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	after, err := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
	switch {
	case resp.StatusCode == http.StatusOK:
		return read(resp.Body)
	case resp.StatusCode == http.StatusTooManyRequests && err == nil:
		return &slack.RateLimitedError{RetryAfter: after}
	default:
		return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
}
