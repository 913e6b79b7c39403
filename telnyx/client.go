package telnyx

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"takeoverbot/internal/apicall"
	"takeoverbot/takeover"
)

// DefaultBaseURL is where Telnyx serves its API.
const DefaultBaseURL = "https://api.telnyx.com/v2"

const providerName = "Telnyx"

const conversationsPath = "/ai/conversations"

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

// Config is what a Client is made of.
type Config = apicall.Config

// Client calls the conversations API. It is safe for use by several goroutines. The error
// of a failed call is a *takeover.ProviderError.
type Client struct{ api *apicall.Client }

// String describes the client without its key.
func (c *Client) String() string { return c.api.String() }

// New makes a client. It makes no call; an error means a configuration that cannot
// work and never repeats the key.
func New(cfg Config) (*Client, error) {
	api, err := apicall.New(apicall.Service{Name: providerName, BaseURL: DefaultBaseURL}, cfg)
	if err != nil {
		return nil, err
	}
	return &Client{api: api}, nil
}

// Account is what Check sees of the key's account.
type Account struct {
	Empty  bool      // it has no conversation
	Newest time.Time // of the newest message, in UTC; zero where Telnyx does not say
}

// Check makes the cheapest call that needs a working key, for bot doctor. Without an error
// the key may read conversations; otherwise the *takeover.ProviderError says what is wrong.
func (c *Client) Check(ctx context.Context) (Account, error) {
	var rows []json.RawMessage
	_, err := c.api.Do(ctx, apicall.Call{Op: opCheck, Method: http.MethodGet, Path: conversationsPath,
		Query: url.Values{"limit": {"1"}, "order": {newestMessage}}, Read: dataInto(&rows)})
	a := Account{Empty: len(rows) == 0}
	for _, row := range readableRows(rows) {
		a.Newest = row.LastMessageAt.Time.UTC()
	}
	return a, err
}

// do makes a call about one conversation; q.Path is what follows the conversation in the
// path. An id that is no UUID never reaches the network: it could change the path.
func (c *Client) do(ctx context.Context, id string, q apicall.Call) (status int, err error) {
	if !isUUID(id) {
		return 0, c.api.Failure(q.Op, takeover.Refused, errNotUUID)
	}
	q.Path, q.One = conversationsPath+"/"+id+q.Path, true
	return c.api.Do(ctx, q)
}

// dataInto reads the list in an answer's "data". An element of another type than T is an empty T.
func dataInto[T any](rows *[]T) func(body []byte) error {
	return func(body []byte) error {
		var answer struct {
			Data []T `json:"data"`
		}
		err := apicall.Decode(body, &answer)
		if err == nil && answer.Data == nil {
			err = apicall.ErrNotJSON
		}
		*rows = answer.Data
		return err
	}
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// isUUID reports whether s has the form of a conversation's id.
func isUUID(s string) bool { return uuid.MatchString(s) }
