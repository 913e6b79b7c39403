package telnyx

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultBaseURL is where Telnyx serves its API.
const DefaultBaseURL = "https://api.telnyx.com/v2"

// defaultTimeout bounds one call, from dialling to the last byte of the answer.
const defaultTimeout = 10 * time.Second

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

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(cfg Config) (*Client, error) {
	base, err := parseBase(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	key := strings.TrimSpace(cfg.Key)
	if !isHeaderToken(key) {
		return nil, errors.New("telnyx: the API key is empty or holds characters that no key has")
	}
	c := &Client{base: base, key: key, http: ownHTTP(cfg.HTTP), timeout: cfg.Timeout, log: cfg.Log, observe: cfg.Observe}
	if c.timeout <= 0 {
		c.timeout = defaultTimeout
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.observe == nil {
		c.observe = func(string, int, time.Duration) {}
	}
	return c, nil
}

// parseBase checks a base URL and cuts its trailing slashes. The URL is not repeated in
// the error: people paste keys into it.
func parseBase(s string) (string, error) {
	if s == "" {
		s = DefaultBaseURL
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("telnyx: the base URL must look like " + DefaultBaseURL)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// isHeaderToken says whether s can stand in a header without spaces.
func isHeaderToken(s string) bool {
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return false
		}
	}
	return s != ""
}

// ownHTTP copies a client so that ours never follows a redirect (the key would go along)
// and is bounded by our own deadline only.
func ownHTTP(given *http.Client) *http.Client {
	var c http.Client
	if given != nil {
		c = *given
	} else {
		c.Transport = ownTransport()
	}
	c.Timeout = 0
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// ownTransport is the standard one with as many idle connections to the one host we
// talk to as we have workers; the standard two would redial under load.
func ownTransport() http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := t.Clone()
	own.MaxIdleConnsPerHost = 16
	return own
}
