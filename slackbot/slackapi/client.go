package slackapi

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/slack-go/slack"

	"takeoverbot/takeover"
)

const (
	// callTime bounds one call of Slack.
	callTime = 10 * time.Second
	// maxUpdateText is the longest text of an update, in characters; Slack refuses more
	// than 4,000.
	maxUpdateText = 3000
	// postEvent is the type of the metadata by which a message is found again.
	postEvent = "takeover_post"
)

var (
	// ErrNoText is returned for a message without a text: lock screens show the text.
	ErrNoText   = errors.New("a message needs a text for lock screens")
	errNoBlocks = errors.New("an update without blocks would remove the blocks of the message")
)

// Config says where Slack is and what a Client works with.
type Config struct {
	Token  string
	APIURL string // ends with "/"; empty is Slack's own
	// HTTP gives the transport; nil is the default one. The Client sets its own time limit, and
	// follows no redirect.
	HTTP  *http.Client
	Posts Posts
	Pacer *Pacer // nil: a new one whose buckets are full
	// Now is the clock for stored times; nil is time.Now.
	Now func() time.Time
	// Observe is called after every call; outcome is "ok", a Class, or "later" for a call that
	// was not made because its turn comes too late. May be nil.
	Observe func(method, outcome string)
}

// Client calls Slack within its limits. It never repeats a call by itself. The error of a call
// is a *takeover.LaterError if Slack asks to wait, otherwise an *Error. Safe for use by several
// goroutines.
type Client struct {
	cfg   Config // complete
	http  *http.Client
	api   *slack.Client
	botID atomic.Pointer[string] // the bot's own; nil until AuthTest was answered
}

// New returns a Client. It makes no call.
func New(cfg Config) *Client {
	cfg.APIURL = cmp.Or(cfg.APIURL, slack.APIURL)
	cfg.Pacer = cmp.Or(cfg.Pacer, newPacer())
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Observe == nil {
		cfg.Observe = func(string, string) {}
	}
	own := ownHTTP(cfg.HTTP)
	api := slack.New(cfg.Token, slack.OptionAPIURL(cfg.APIURL), slack.OptionHTTPClient(own))
	return &Client{cfg: cfg, http: own, api: api}
}

// ownHTTP is an HTTP client with a time limit, because slack-go sets none. It follows no
// redirect, because a call carries the token.
func ownHTTP(given *http.Client) *http.Client {
	own := http.Client{Timeout: callTime}
	if given != nil {
		own.Transport = given.Transport
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// call makes one call when its turn has come. Posts are called by postNow: a channel has a limit too.
func (c *Client) call(ctx context.Context, p Priority, method string, do func(context.Context) error) error {
	key := limitKey{method: method}
	if err := c.turn(ctx, p, key); err != nil {
		return err
	}
	return c.callNow(ctx, key, do)
}

// turn returns when the call may be made.
func (c *Client) turn(ctx context.Context, p Priority, key limitKey) error {
	err := c.cfg.Pacer.wait(ctx, key, p)
	if err != nil {
		c.cfg.Observe(key.method, "later")
	}
	return err
}

// callNow makes a call whose turn has come.
func (c *Client) callNow(ctx context.Context, key limitKey, do func(context.Context) error) error {
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { // and perhaps the rest
			sent.Store(true)
			c.cfg.Pacer.sent(key)
		},
	})
	err := do(traced)
	return c.account(key, classify(key.method, sent.Load(), err))
}

// account reports a call to Observe and remembers for how long Slack asked to wait.
func (c *Client) account(key limitKey, failed *Error) error {
	if failed == nil {
		c.cfg.Observe(key.method, "ok")
		return nil
	}
	c.cfg.Observe(key.method, string(failed.Class))
	if failed.Class != Limited {
		return failed
	}
	c.cfg.Pacer.penalize(key, failed.retryAfter)
	return takeover.Later(failed.retryAfter, "slack "+key.method+": "+failed.Code)
}

// do sends a request for which slack-go has no method, and lets read have the answer if its
// status is 200. Errors have the types that slack-go uses, for classify.
func (c *Client) do(req *http.Request, read func(answer io.Reader) error) error {
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	after, err := time.ParseDuration(resp.Header.Get("Retry-After") + "s")
	switch {
	case resp.StatusCode == http.StatusOK:
		return read(resp.Body)
	case resp.StatusCode == http.StatusTooManyRequests && err == nil:
		return &slack.RateLimitedError{RetryAfter: after}
	default:
		return slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status}
	}
}

// reference names a message in Slack.
type reference struct{ Channel, TS string }

// Place is where a message goes.
type Place struct {
	Channel   string
	Thread    string // the parent's TS; empty for the channel itself
	Broadcast bool   // shown in the channel too
}

// post posts a message and returns its reference: for a person's id as channel, it has the
// channel of the direct messages with that person. Unlike PostOnce it does not find out whether the message was
// posted before. If the parent is gone and Slack posted into the channel instead, err is
// ErrThreadGone, with the message's reference.
func (c *Client) post(ctx context.Context, p Priority, key string, at Place, m Message) (reference, error) {
	if err := c.postTurn(ctx, p, at.Channel); err != nil {
		return reference{}, err
	}
	return c.postNow(ctx, key, at, m)
}

// postTurn waits for the channel's turn, then for the workspace's.
func (c *Client) postTurn(ctx context.Context, p Priority, channel string) error {
	if err := c.turn(ctx, p, limitKey{methodPost, channel}); err != nil {
		return err
	}
	return c.turn(ctx, p, limitKey{method: methodPost})
}

func (c *Client) postNow(ctx context.Context, key string, at Place, m Message) (reference, error) {
	opts := append(content(m), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: postEvent, EventPayload: map[string]any{"key": key},
	}))
	if at.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(at.Thread))
	}
	if at.Broadcast {
		opts = append(opts, slack.MsgOptionBroadcast())
	}
	var made reference
	var threaded string
	err := withChannel(at.Channel, c.callNow(ctx, limitKey{methodPost, at.Channel}, func(ctx context.Context) error {
		channel, ts, answer, err := c.api.PostMessageWithResponseContext(ctx, at.Channel, opts...)
		made, threaded = reference{channel, ts}, answer.ThreadTimestamp
		return err
	}))
	switch {
	case IsCode(err, "thread_not_found"):
		return reference{}, ErrThreadGone
	case err != nil:
		return reference{}, err
	case at.Thread != "" && threaded != at.Thread:
		return made, ErrThreadGone
	}
	return made, nil
}

// content has the options of every posted message. Slack links no names, shows no previews of
// links, and parses nothing in the text but its own <...>.
func content(m Message) []slack.MsgOption {
	opts := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(m.Blocks...))
	}
	return opts
}

// AwaitUpdate returns when Update may be called, so that the caller reads what it draws after
// the wait. Update itself does not wait. err is a *takeover.LaterError if the turn comes after
// the deadline of ctx.
func (c *Client) AwaitUpdate(ctx context.Context, p Priority) error {
	return c.turn(ctx, p, limitKey{method: methodUpdate})
}

// ForgoUpdate gives the turn of AwaitUpdate back, because there was nothing to update.
func (c *Client) ForgoUpdate() { c.cfg.Pacer.giveBack(limitKey{method: methodUpdate}) }

// Update replaces text and blocks of a message of the bot, after AwaitUpdate. channel is never
// a person's id: Slack accepts only the channel that PostOnce returned. Text of more than
// 3,000 characters is cut. err is ErrNoText for a message without text.
func (c *Client) Update(ctx context.Context, channel, ts string, m Message) error {
	switch {
	case m.Text == "":
		return ErrNoText
	case len(m.Blocks) == 0:
		return errNoBlocks
	}
	m.Text = Cut(m.Text, maxUpdateText)
	return withChannel(channel, c.callNow(ctx, limitKey{method: methodUpdate}, func(ctx context.Context) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText(m.Text, false),
			slack.MsgOptionParse(false), slack.MsgOptionBlocks(m.Blocks...))
		return err
	}))
}

// Cut shortens a text to at most limit characters, and not inside an entity (&amp;) or a
// sequence of Slack's (<...>).
func Cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	short := string([]rune(text)[:limit-1])
	for _, pair := range []string{"&;", "<>"} {
		if open := strings.LastIndexByte(short, pair[0]); open > strings.LastIndexByte(short, pair[1]) {
			short = short[:open]
		}
	}
	return short + "…"
}

// privately shows a message to one member of a channel, until that member's Slack reloads.
func (c *Client) privately(ctx context.Context, channel, user, thread string, m Message) error {
	opts := content(m)
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	return withChannel(channel, c.call(ctx, Urgent, methodEphemeral, func(ctx context.Context) error {
		_, err := c.api.PostEphemeralContext(ctx, channel, user, opts...)
		return err
	}))
}

// remove deletes a message of the bot.
func (c *Client) remove(ctx context.Context, p Priority, at reference) error {
	return c.call(ctx, p, methodDelete, func(ctx context.Context) error {
		_, _, err := c.api.DeleteMessageContext(ctx, at.Channel, at.TS)
		return err
	})
}
