package slackapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/netip"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

// ErrReplyGone is returned when the address for a private answer was used five times, is older
// than 30 minutes, or is not Slack's (then it was not called).
var ErrReplyGone = errors.New("the address for the private answer expired or is not Slack's")

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

// Answer shows a message to one person: through the response_url of the click or command while
// that works, else as a private message in the same channel, else as a direct message, since
// the bot need not be a member of that channel. If the channel is the person's id, the answer
// is a direct message. It is ErrNoText for a message without text.
func (c *Client) Answer(ctx context.Context, to takeover.Reply, user takeover.OperatorID, m Message) error {
	if m.Text == "" {
		return ErrNoText
	}
	if to.Channel == string(user) && to.URL == "" {
		return c.answerDirectly(ctx, user, m)
	}
	err := c.answerThere(ctx, to, user, m)
	unreachable := errors.Is(err, ErrReplyGone) || IsCode(err, "not_in_channel", "channel_not_found",
		"user_not_in_channel", "is_archived", "is_inactive", "thread_not_found")
	if user == "" || !unreachable {
		return err
	}
	direct := c.answerDirectly(ctx, user, m)
	if refused, ok := errors.AsType[*Error](direct); ok && refused.Class == Permanent {
		return err // the person cannot be reached at all
	}
	return direct
}

// AnswerOnce is Answer unless key was answered before: a job or a request that comes a second
// time does not answer twice.
func (c *Client) AnswerOnce(ctx context.Context, key string, to takeover.Reply, user takeover.OperatorID, m Message) error {
	key = "told/" + key
	if _, told, err := c.cfg.Posts.Post(ctx, key); err != nil || told {
		return err
	}
	if err := c.Answer(ctx, to, user, m); err != nil {
		return err
	}
	return c.cfg.Posts.PutPost(ctx, takeover.Post{Key: key, Channel: to.Channel})
}

// answerThere answers where the person clicked or typed. The address leads to the channel, also for a
// click in a thread: that is answered in the thread without the address, unless the bot may not write there.
func (c *Client) answerThere(ctx context.Context, to takeover.Reply, user takeover.OperatorID, m Message) error {
	if to.Thread != "" && to.URL != "" && to.Channel != "" && !to.Replace {
		err := c.privately(ctx, to.Channel, string(user), to.Thread, m)
		if refused, ok := errors.AsType[*Error](err); !ok || refused.Class != Permanent {
			return err
		}
	}
	if to.URL != "" {
		err := c.respond(ctx, to.URL, to.Replace, m)
		if to.Channel == "" || !errors.Is(err, ErrReplyGone) {
			return err
		}
	}
	return c.privately(ctx, to.Channel, string(user), to.Thread, m)
}

func (c *Client) answerDirectly(ctx context.Context, user takeover.OperatorID, m Message) error {
	_, err := c.post(ctx, Urgent, "answer", Place{Channel: string(user)}, m)
	return err
}

// respond answers at an address that Slack gave. It works five times within 30 minutes,
// then it is ErrReplyGone. The token is not sent there.
func (c *Client) respond(ctx context.Context, address string, replace bool, m Message) error {
	body, err := json.Marshal(replyBody{ResponseType: "ephemeral", ReplaceOriginal: replace, Text: m.Text, Blocks: m.Blocks})
	if err != nil {
		return &Error{Method: methodReply, Code: codeUnsendable, Class: Permanent}
	}
	return c.Respond(ctx, address, body)
}

// Respond posts an answer, as JSON, to an address that Slack gave. The error is ErrReplyGone as it
// is for Answer.
func (c *Client) Respond(ctx context.Context, address string, body []byte) error {
	if !c.slackReply(address) {
		return ErrReplyGone
	}
	err := c.callNow(ctx, limitKey{method: methodReply}, func(ctx context.Context) error {
		return c.send(ctx, address, "application/json; charset=utf-8", string(body), func(answer io.Reader) error {
			var said slack.SlackResponse // the answer is "ok", or JSON that may say otherwise
			_ = json.NewDecoder(io.LimitReader(answer, 1<<16)).Decode(&said)
			return said.Err()
		})
	})
	if IsCode(err, "http_404", "http_410", "expired_url", "used_url") {
		return ErrReplyGone
	}
	return err
}

// slackReply reports whether an address is one of Slack's, so that a forged request cannot make
// the bot call another host. With a Web API on loopback, loopback is allowed.
func (c *Client) slackReply(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	host := strings.ToLower(u.Hostname())
	if loopback(host) {
		base, err := url.Parse(c.cfg.APIURL)
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
