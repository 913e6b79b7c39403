package apicall

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// defaultTimeout bounds one call, from dialling to the last byte of the answer.
const defaultTimeout = 10 * time.Second

// Config is what a Client is made of. It prints without what is secret in it.
type Config struct {
	Provider string        // its name for people, in every error: "Telnyx"
	BaseURL  string        // a trailing slash does not matter
	Example  string        // what a base URL looks like, for the error about a bad one
	Key      string        // sent as bearer token; required, and taken out of every answer
	Header   http.Header   // sent with every call, may be nil
	HTTP     *http.Client  // nil: one of our own. Its redirect policy and timeout are not used
	Timeout  time.Duration // of one call; 0 means 10 s
	Log      *slog.Logger  // nil: nothing is logged

	// Observe, when set, is told of every finished call: what it was ("list
	// conversations"), the HTTP status (0 without an answer) and how long it took.
	// It is called from the goroutine of the call.
	Observe func(op string, status int, d time.Duration)
}

// String describes the configuration without the key.
func (c Config) String() string { return fmt.Sprintf("%s at %s", c.name(), c.BaseURL) }

// GoString is String: a %#v must not show the key either.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// name is how logs and errors call the provider.
func (c Config) name() string { return strings.ToLower(c.Provider) }

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(cfg Config) (*Client, error) {
	base, err := cfg.base()
	if err != nil {
		return nil, err
	}
	key := strings.TrimSpace(cfg.Key)
	if !IsHeaderToken(key) {
		return nil, errors.New(cfg.name() + ": the API key is empty or holds characters that no key has")
	}
	c := &Client{provider: cfg.Provider, base: base, key: key, header: cfg.Header, http: ownHTTP(cfg.HTTP), timeout: cfg.Timeout, log: cfg.Log, observe: cfg.Observe}
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

// base checks the base URL and cuts its trailing slashes. The URL is not repeated in the
// error: people paste keys into it.
func (c Config) base() (string, error) {
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New(c.name() + ": the base URL must look like " + c.Example)
	}
	return strings.TrimRight(u.String(), "/"), nil
}

// IsHeaderToken says whether s can stand in a header without spaces.
func IsHeaderToken(s string) bool {
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
