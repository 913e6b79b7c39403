package anyreach

import (
	"cmp"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"takeoverbot/internal/apicall"
)

// DefaultBaseURL is where Anyreach serves its API.
const DefaultBaseURL = "https://api.anyreach.ai"

const providerName = "Anyreach"

// ScopeSensitive is the permission without which the server leaves transcripts out.
const ScopeSensitive = "conversations:read_sensitive"

const (
	personalToken      = "pat_" // begins a token of a person, valid in several organizations
	organizationKey    = "ak_"  // begins a key that belongs to one organization
	organizationHeader = "X-Anyreach-Org"
)

// ErrNeedsOrganization is returned by New for a personal access token alone.
var ErrNeedsOrganization = errors.New("anyreach: a personal access token (pat_…) needs the organization's id beside it")

// Config is what a Client is made of, beside the organization's id. Key is an organization
// key (ak_…) or a personal access token (pat_…).
type Config = apicall.Config

// Client calls the API. It is safe for use by several goroutines. The error of a failed
// call is a *takeover.ProviderError.
type Client struct {
	api *apicall.Client
	log *slog.Logger
	now func() time.Time

	mu           sync.Mutex
	notTaken     map[string]bool // inferred parameters that the server refused
	limitedUntil time.Time       // the server asked not to be called before this time
	seen         Visibility
}

// String describes the client without its key.
func (c *Client) String() string { return c.api.String() }

// New makes a client. org is the organization's id; only a personal access token needs it.
// New makes no call; an error means a configuration that cannot work and never repeats
// the key.
func New(cfg Config, org string) (*Client, error) {
	key, org := strings.TrimSpace(cfg.Key), strings.TrimSpace(org)
	switch {
	case strings.HasPrefix(key, personalToken) && org == "":
		return nil, ErrNeedsOrganization
	case org != "" && !apicall.IsHeaderToken(org):
		return nil, errors.New("anyreach: the organization's id holds characters that no id has")
	}
	header := http.Header{}
	if org != "" && !strings.HasPrefix(key, organizationKey) {
		header.Set(organizationHeader, org)
	}
	api, err := apicall.New(apicall.Service{Name: providerName, BaseURL: DefaultBaseURL, Header: header}, cfg)
	if err != nil {
		return nil, err
	}
	log := cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	return &Client{api: api, log: log, now: time.Now, notTaken: map[string]bool{}}, nil
}
