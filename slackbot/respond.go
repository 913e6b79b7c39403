package slackbot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

var (
	// ErrReplyExpired is returned when an answer's address was used up, or is older than
	// 30 minutes.
	ErrReplyExpired = errors.New("the address for the private answer expired")

	errReplyHost = errors.New("the address for the private answer is not Slack's")
)

// replyBody is an answer on the wire: response_url takes JSON, and none of the fields
// that slack-go would add.
type replyBody struct {
	ResponseType    string        `json:"response_type"`
	ReplaceOriginal bool          `json:"replace_original"`
	Text            string        `json:"text"`
	Blocks          []slack.Block `json:"blocks,omitempty"`
	UnfurlLinks     bool          `json:"unfurl_links"`
	UnfurlMedia     bool          `json:"unfurl_media"`
}

// answer tells one person something: through the address that came with the click or
// the command while that is good, else as a private message in the same channel, else as
// a direct message: the bot need not be where somebody pressed or typed. Where the channel
// is the person, that is a direct message, too.
func (c *client) answer(ctx context.Context, to takeover.Reply, user takeover.OperatorID, m message) error {
	if to.Channel == string(user) && to.URL == "" {
		return c.answerDirectly(ctx, user, m)
	}
	err := c.answerThere(ctx, to, user, m)
	if user == "" || !errors.Is(err, ErrReplyExpired) && !isCode(err, "not_in_channel", "channel_not_found", "user_not_in_channel", "is_archived", "is_inactive", "thread_not_found") {
		return err
	}
	direct := c.answerDirectly(ctx, user, m)
	if refused, ok := errors.AsType[*apiError](direct); ok && refused.Class == permanent {
		return err // the person cannot be reached at all
	}
	return direct
}

// answerThere answers where somebody pressed or typed.
func (c *client) answerThere(ctx context.Context, to takeover.Reply, user takeover.OperatorID, m message) error {
	if to.URL == "" {
		return c.privately(ctx, to.Channel, string(user), to.Thread, m)
	}
	err := c.respond(ctx, to.URL, to.Replace, m)
	if to.Channel != "" && (errors.Is(err, ErrReplyExpired) || errors.Is(err, errReplyHost)) {
		return c.privately(ctx, to.Channel, string(user), to.Thread, m)
	}
	return err
}

func (c *client) answerDirectly(ctx context.Context, user takeover.OperatorID, m message) error {
	_, err := c.post(ctx, urgent, "answer", place{Channel: string(user)}, m)
	return err
}

// respond answers at an address that Slack gave. It works five times within 30 minutes,
// then it is ErrReplyExpired. The token is not sent there.
func (c *client) respond(ctx context.Context, address string, replace bool, m message) error {
	if m.Text == "" {
		return errNoText
	}
	if !c.slackReply(address) {
		return errReplyHost
	}
	body, err := json.Marshal(replyBody{ResponseType: "ephemeral", ReplaceOriginal: replace, Text: m.Text, Blocks: m.Blocks})
	if err != nil {
		return &apiError{Method: methodReply, Code: codeUnsendable, Class: permanent}
	}
	err = c.callNow(ctx, limitKey{method: methodReply}, func(ctx context.Context) error { return c.send(ctx, address, body) })
	if isCode(err, "http_404", "http_410", "expired_url", "used_url") {
		return ErrReplyExpired
	}
	return err
}

// send posts to a response_url. What it returns has the types of slack-go, for classify.
func (c *client) send(ctx context.Context, address string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errReplyHost
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := statusError(resp); err != nil {
		return err
	}
	// The body is "ok", or JSON that may say otherwise.
	var said slack.SlackResponse
	raw, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	if err == nil && json.Unmarshal(raw, &said) == nil {
		return said.Err()
	}
	return nil
}

// statusError sorts an answer that is not 200 as slack-go does.
func statusError(resp *http.Response) error {
	after, err := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
	switch {
	case resp.StatusCode == http.StatusOK:
		return nil
	case resp.StatusCode == http.StatusTooManyRequests && err == nil:
		return &slack.RateLimitedError{RetryAfter: after}
	default:
		return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
}

// slackReply tells whether an address is one of Slack's, so that nobody can have the
// bot call something else. With a Web API on loopback, loopback is allowed.
func (c *client) slackReply(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if loopback(host) {
		base, err := url.Parse(c.base)
		return err == nil && loopback(base.Hostname()) && (u.Scheme == "http" || u.Scheme == "https")
	}
	return u.Scheme == "https" && (u.Port() == "" || u.Port() == "443") &&
		(strings.HasSuffix(host, ".slack.com") || strings.HasSuffix(host, ".slack-gov.com"))
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
