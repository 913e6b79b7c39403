package anyreach

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/apicall"
)

// DefaultBaseURL is where Anyreach serves its API.
const DefaultBaseURL = "https://api.anyreach.ai"

// providerName is how people know this provider.
const providerName = "Anyreach"

// ScopeSensitive is the permission without which transcripts are left out.
const ScopeSensitive = "conversations:read_sensitive"

// personalToken begins a token that belongs to a person and spans organizations;
// organizationKey one that carries its organization.
const (
	personalToken   = "pat_"
	organizationKey = "ak_"
	organizationTag = "X-Anyreach-Org"
)

// ErrNeedsOrganization is returned by New for a personal access token alone.
var ErrNeedsOrganization = errors.New("anyreach: a personal access token (pat_…) needs the organization's id beside it")

// Config is what a Client is made of. It prints without its key.
type Config struct {
	BaseURL string        // DefaultBaseURL when empty; a trailing slash does not matter
	Key     string        // organization key (ak_…) or personal access token (pat_…); required
	Org     string        // the organization's id; required with a personal access token
	HTTP    *http.Client  // nil: one of our own. Its redirect policy and timeout are not used
	Timeout time.Duration // of one call; 0 means 10 s
	Log     *slog.Logger  // nil: nothing is logged

	// Observe, when set, is told of every finished call: what it was ("list
	// conversations"), the HTTP status (0 without an answer) and how long it took.
	Observe func(op string, status int, d time.Duration)
}

// String describes the configuration without the key.
func (c Config) String() string { return fmt.Sprintf("anyreach at %s", c.BaseURL) }

// GoString is String: a %#v must not show the key either.
func (c Config) GoString() string { return c.String() }

// LogValue is String, for slog.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client calls the API. It is safe for use by several goroutines. Methods return
// *takeover.ProviderError for whatever goes wrong.
type Client struct {
	api *apicall.Client
	log *slog.Logger
	now func() time.Time

	mu           sync.Mutex
	notTaken     map[string]bool // inferred parameters that the server refused
	limitedUntil time.Time       // the server asked not to be called before
	seen         Visibility
}

// String describes the client without its key.
func (c *Client) String() string { return "anyreach " + c.api.String() }

// GoString is String: a %#v must not show the key either.
func (c *Client) GoString() string { return c.String() }

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(cfg Config) (*Client, error) {
	key, org := strings.TrimSpace(cfg.Key), strings.TrimSpace(cfg.Org)
	switch {
	case strings.HasPrefix(key, personalToken) && org == "":
		return nil, ErrNeedsOrganization
	case org != "" && !apicall.IsHeaderToken(org):
		return nil, errors.New("anyreach: the organization's id holds characters that no id has")
	}
	header := http.Header{}
	if org != "" && !strings.HasPrefix(key, organizationKey) {
		header.Set(organizationTag, org)
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	api, err := apicall.New(apicall.Config{Provider: providerName, BaseURL: cfg.BaseURL, Example: DefaultBaseURL, Key: key,
		Header: header, HTTP: cfg.HTTP, Timeout: cfg.Timeout, Log: cfg.Log, Observe: cfg.Observe})
	if err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{api: api, log: cfg.Log, now: time.Now, notTaken: map[string]bool{}}, nil
}
