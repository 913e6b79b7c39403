package pictures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// MaxSize is how many bytes a picture has at most.
const MaxSize = 10 << 20

const (
	fetchTime    = 10 * time.Second // of one fetch, redirects and body included
	maxRedirects = 3
)

// Reason says why there is no picture.
type Reason string

// The reasons.
const (
	BadAddress Reason = "bad address" // it is not https, or leads into a network that is not public
	TooLarge   Reason = "too large"
	NotPicture Reason = "not a picture" // Error.Type says what it is
	Gone       Reason = "gone"          // the other side does not hand it out
	Failed     Reason = "failed"        // it may work later: a time-out, no connection, a 5xx
)

// Error is why there is no picture. Its text names neither the address nor its content.
type Error struct {
	Reason Reason
	Type   string // of what was fetched, by its first bytes (NotPicture)
	Detail string // for the log
}

// Error returns the reason.
func (e *Error) Error() string { return fmt.Sprintf("no picture: %s: %s", e.Reason, e.Detail) }

// Picture is what was fetched.
type Picture struct {
	Content []byte
	Type    string // "image/png"
	Ending  string // of a file's name: ".png"
}

// Client fetches pictures. Safe for use by several goroutines.
type Client struct {
	http *http.Client
	// simulated is the host and port of a provider that is simulated on this machine; else empty.
	simulated string
	public    func(netip.Addr) bool // the function public, but in tests
}

// New returns a Client. provider is the base of the provider's API: where that is http on a
// loopback address, as it is with a simulator, pictures are fetched from this one port as well.
func New(provider string) *Client {
	c := &Client{public: public}
	if u, err := url.Parse(provider); err == nil && u.Scheme == "http" {
		if at, err := netip.ParseAddrPort(u.Host); err == nil && at.Addr().IsLoopback() {
			c.simulated = u.Host
		}
	}
	dialer := &net.Dialer{Timeout: fetchTime, Control: c.control}
	c.http = &http.Client{
		Timeout:       fetchTime,
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: c.redirect,
	}
	return c
}

// control refuses a connection to an address that is not public. It sees the address that is
// dialed, not the name.
func (c *Client) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err == nil && (c.public(at.Addr()) || c.simulated != "" && address == c.simulated) {
		return nil
	}
	return &Error{Reason: BadAddress, Detail: "not a public address"}
}

func (c *Client) redirect(r *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return &Error{Reason: Gone, Detail: "too many redirects"}
	}
	return c.checkURL(r.URL)
}

// checkURL refuses what is not https on its usual port.
func (c *Client) checkURL(u *url.URL) error {
	https := u.Scheme == "https" && u.Hostname() != "" && (u.Port() == "" || u.Port() == "443")
	if u.User == nil && (https || u.Scheme == "http" && c.simulated != "" && u.Host == c.simulated) {
		return nil
	}
	return &Error{Reason: BadAddress, Detail: "not a plain https address"}
}

// Get fetches a picture. The error is an *Error, or that of ctx.
func (c *Client) Get(ctx context.Context, address string) (Picture, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Picture{}, &Error{Reason: BadAddress, Detail: "not an address"}
	}
	if err := c.checkURL(u); err != nil {
		return Picture{}, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Picture{}, &Error{Reason: BadAddress, Detail: "not an address"}
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return Picture{}, failure(ctx, err)
	}
	defer func() { _ = answer.Body.Close() }()
	switch {
	case answer.StatusCode >= 500, answer.StatusCode == http.StatusTooManyRequests:
		return Picture{}, &Error{Reason: Failed, Detail: answer.Status}
	case answer.StatusCode != http.StatusOK:
		return Picture{}, &Error{Reason: Gone, Detail: answer.Status}
	case answer.ContentLength > MaxSize:
		return Picture{}, &Error{Reason: TooLarge, Detail: fmt.Sprintf("%d bytes", answer.ContentLength)}
	}
	content, err := io.ReadAll(io.LimitReader(answer.Body, MaxSize+1))
	if err != nil {
		return Picture{}, failure(ctx, err)
	}
	return Read(content)
}

// failure is the error of a request without what it says of the address.
func failure(ctx context.Context, err error) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	return &Error{Reason: Failed, Detail: err.Error()}
}

// endings are the types that are pictures to Slack and to phones.
var endings = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}

// Read is content as a picture. The error is an *Error.
func Read(content []byte) (Picture, error) {
	kind := http.DetectContentType(content)
	ending, ok := endings[kind]
	switch {
	case len(content) > MaxSize:
		return Picture{}, &Error{Reason: TooLarge, Detail: "more bytes than allowed"}
	case !ok:
		return Picture{}, &Error{Reason: NotPicture, Type: kind, Detail: kind}
	}
	return Picture{Content: content, Type: kind, Ending: ending}, nil
}
