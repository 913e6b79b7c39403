package apicall

import (
	"cmp"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"takeoverbot/internal/bounded"
)

// defaultTimeout bounds one call, from dialling to the last byte of the answer.
const defaultTimeout = 10 * time.Second

// Service is what a client has to know of the provider that it calls.
type Service struct {
	Name    string      // for people, and in every error: "Telnyx"
	BaseURL string      // where the provider serves its API
	Header  http.Header // sent with every call; may be nil
}

// Config is what an operator can set. It prints without the key.
type Config struct {
	BaseURL string        // the service's own when empty; a trailing slash does not matter
	Key     string        // sent as bearer token; required, and taken out of every answer
	HTTP    *http.Client  // nil: http.DefaultTransport; redirect policy and timeout are never used
	Timeout time.Duration // of one call; 0 means 10 s
	Log     *slog.Logger  // nil: nothing is logged

	// Observe, when set, is called after every call with its name ("list conversations"),
	// the HTTP status (0 without an answer) and how long it took. It runs in the
	// goroutine of the call.
	Observe func(op string, status int, d time.Duration)

	// LeftOut, when set, is called with the number of rows of a list that could not be read, or
	// not be stored, and were left out.
	LeftOut func(rows int)

	// Now is the bot's clock; nil: the system's. Clock, when set, is called after every
	// answer with how far the server's clock is ahead of it, give or take half a second.
	Now   func() time.Time
	Clock func(offset time.Duration)
}

// String describes the configuration without the key.
func (c Config) String() string { return "API at " + c.BaseURL }

// GoString is String: a %#v must not show the key either.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(s Service, cfg Config) (*Client, error) {
	name := strings.ToLower(s.Name)
	base, ok := trimmedBase(cmp.Or(cfg.BaseURL, s.BaseURL))
	if !ok {
		return nil, fmt.Errorf("%s: the base URL must look like %s", name, s.BaseURL)
	}
	key := strings.TrimSpace(cfg.Key)
	if !IsHeaderToken(key) {
		return nil, fmt.Errorf("%s: the API key is empty or holds characters that no key has", name)
	}
	c := &Client{provider: s.Name, base: base, key: key, header: s.Header, http: ownHTTP(cfg.HTTP),
		timeout: cmp.Or(cfg.Timeout, defaultTimeout), log: cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)),
		observe: cfg.Observe, leftOut: cfg.LeftOut}
	if c.now = cfg.Now; c.now == nil {
		c.now = time.Now
	}
	if c.clock = cfg.Clock; c.clock == nil {
		c.clock = func(time.Duration) {}
	}
	if c.leftOut == nil {
		c.leftOut = func(int) {}
	}
	if c.observe == nil {
		c.observe = func(string, int, time.Duration) {}
	}
	return c, nil
}

// trimmedBase checks a base URL and cuts its trailing slashes. The URL never appears in an
// error: people paste keys into it.
func trimmedBase(base string) (trimmed string, ok bool) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return "", false
	}
	return strings.TrimRight(u.String(), "/"), true
}

// IsHeaderToken reports whether s can stand in a header without spaces.
func IsHeaderToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// ownHTTP copies a client so that it never follows a redirect (which would get the key), has
// no deadline but that of the call, and reads answers within bounds.
func ownHTTP(given *http.Client) *http.Client {
	c := *cmp.Or(given, &http.Client{})
	c.Timeout, c.Transport = 0, bounded.Transport{Next: c.Transport}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}
