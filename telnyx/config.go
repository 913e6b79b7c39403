package telnyx

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// DefaultBaseURL is where Telnyx serves its API.
const DefaultBaseURL = "https://api.telnyx.com/v2"

// providerName is how people know this provider.
const providerName = "Telnyx"

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

// Config is what a Client is made of. It prints without its key.
type Config struct {
	BaseURL string        // DefaultBaseURL when empty; a trailing slash does not matter
	Key     string        // API key; required
	HTTP    *http.Client  // nil: one of our own. Its redirect policy and timeout are not used
	Timeout time.Duration // of one call; 0 means 10 s
	Log     *slog.Logger  // nil: nothing is logged

	// Observe, when set, is told of every finished call: what it was ("list
	// conversations"), the HTTP status (0 without an answer) and how long it took.
	// It is called from the goroutine of the call.
	Observe func(op string, status int, d time.Duration)
}

// String describes the configuration without the key.
func (c Config) String() string { return fmt.Sprintf("telnyx at %s", c.BaseURL) }

// GoString is String: a %#v must not show the key either.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client calls the conversations API. It is safe for use by several goroutines.
// Methods return *takeover.ProviderError for whatever goes wrong.
type Client struct{ api *apicall.Client }

// String describes the client without its key.
func (c *Client) String() string { return "telnyx " + c.api.String() }

// GoString is String: a %#v must not show the key either.
func (c *Client) GoString() string { return c.String() }

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(cfg Config) (*Client, error) {
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	api, err := apicall.New(apicall.Config{Provider: providerName, BaseURL: cfg.BaseURL, Example: DefaultBaseURL, Key: cfg.Key,
		HTTP: cfg.HTTP, Timeout: cfg.Timeout, Log: cfg.Log, Observe: cfg.Observe})
	if err != nil {
		return nil, err
	}
	return &Client{api: api}, nil
}

// Check makes the cheapest call that needs a working key, for bot doctor. nil means that
// the key may read conversations; otherwise the *takeover.ProviderError says what is wrong.
func (c *Client) Check(ctx context.Context) error {
	got, err := c.api.Do(ctx, apicall.Call{Op: opCheck, Method: http.MethodGet, Path: conversationsPath,
		Query: url.Values{"limit": {"1"}, "order": {string(NewestMessage)}}})
	if err != nil {
		return err
	}
	if _, _, err := decodeList(got.Body); err != nil {
		return c.api.Unreadable(opCheck, got.Status, err)
	}
	return nil
}

// failure makes an error of a call that failed before or without an HTTP status.
func failure(op string, kind takeover.ProviderErrorKind, cause error) *takeover.ProviderError {
	return &takeover.ProviderError{Provider: providerName, Op: op, Kind: kind, Err: cause}
}

// unreadable makes an error of an answer with a good status and a bad body.
func unreadable(op string, status int, cause error) *takeover.ProviderError {
	e := failure(op, takeover.Failing, cause)
	e.Status = status
	return e
}
