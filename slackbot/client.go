package slackbot

import (
	"cmp"
	"context"
	"errors"
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
	// postEvent is the metadata type by which a message is found again.
	postEvent = "takeover_post"
)

var (
	errNoText   = errors.New("a message needs a text for lock screens")
	errNoBlocks = errors.New("an update without blocks would drop those that stand")
)

// clientConfig says where Slack is and what a client works with.
type clientConfig struct {
	Token  string
	APIURL string // ends with "/"; empty is Slack's own
	// HTTP gives the transport; nil is the default one. Time limit and redirects are the
	// client's own.
	HTTP  *http.Client
	Posts Posts
	Pacer *pacer // nil: a new one
	// Now is the clock of what is stored; nil is time.Now.
	Now func() time.Time
	// Observe is told of every call; outcome is "ok", an error class, or "later" for a
	// call that was not made because its turn comes too late. May be nil.
	Observe func(method, outcome string)
}

// client calls Slack within its limits. It never repeats a call by itself. Where Slack
// asks to wait it returns a *takeover.LaterError, otherwise an *apiError. Safe for use
// by several goroutines.
type client struct {
	api     *slack.Client
	http    *http.Client
	token   string
	base    string
	posts   Posts
	pacer   *pacer
	now     func() time.Time
	observe func(method, outcome string)
	botID   atomic.Pointer[string] // ours, once authTest was answered
}

func newClient(cfg clientConfig) *client {
	c := &client{
		http: ownHTTP(cfg.HTTP), token: cfg.Token, base: cmp.Or(cfg.APIURL, slack.APIURL),
		posts: cfg.Posts, pacer: cfg.Pacer, now: cfg.Now, observe: cfg.Observe,
	}
	if c.pacer == nil {
		c.pacer = newPacer()
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.observe == nil {
		c.observe = func(string, string) {}
	}
	c.api = slack.New(cfg.Token, slack.OptionAPIURL(c.base), slack.OptionHTTPClient(c.http))
	return c
}

// ownHTTP is a client with a time limit that follows no redirect: a call carries the
// token, and slack-go sets no limit at all.
func ownHTTP(given *http.Client) *http.Client {
	own := http.Client{Timeout: callTime}
	if given != nil {
		own.Transport = given.Transport
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// call makes one call when its turn has come.
func (c *client) call(ctx context.Context, p priority, key limitKey, do func(context.Context) error) error {
	if err := c.turn(ctx, p, key); err != nil {
		return err
	}
	return c.callNow(ctx, key, do)
}

func (c *client) turn(ctx context.Context, p priority, key limitKey) error {
	err := c.pacer.wait(ctx, key, p)
	if err != nil {
		c.observe(key.method, "later")
	}
	return err
}

// callNow makes a call whose turn has come already.
func (c *client) callNow(ctx context.Context, key limitKey, do func(context.Context) error) error {
	var sent atomic.Bool
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { // the rest may have followed
			sent.Store(true)
			c.pacer.sent(key)
		},
	})
	err := do(traced)
	return c.settle(key, classify(key.method, sent.Load(), err))
}

// settle counts a call and heeds a limit.
func (c *client) settle(key limitKey, failed *apiError) error {
	if failed == nil {
		c.observe(key.method, "ok")
		return nil
	}
	c.observe(key.method, string(failed.Class))
	if failed.Class != limited {
		return failed
	}
	c.pacer.penalize(key, failed.RetryAfter)
	return takeover.Later(failed.RetryAfter, "slack "+key.method+": "+failed.Code)
}

// reference is where a message stands.
type reference struct{ Channel, TS string }

// place is where a message is to stand.
type place struct {
	Channel   string
	Thread    string // the parent's TS; empty for the channel itself
	Broadcast bool   // shown in the channel too
}

// post posts a message and returns where it stands: for a person's id as channel, that
// is the direct message with the person. It does not look whether it was posted before;
// once does. Where the parent is gone and Slack posted into the channel instead, it is
// errThreadGone with the message's place.
func (c *client) post(ctx context.Context, p priority, key string, at place, m message) (reference, error) {
	if err := c.postTurn(ctx, p, at.Channel); err != nil {
		return reference{}, err
	}
	return c.postNow(ctx, key, at, m)
}

// postTurn waits for the channel's turn, then for the workspace's.
func (c *client) postTurn(ctx context.Context, p priority, channel string) error {
	if err := c.turn(ctx, p, limitKey{methodPost, channel}); err != nil {
		return err
	}
	return c.turn(ctx, p, limitKey{method: methodPost})
}

func (c *client) postNow(ctx context.Context, key string, at place, m message) (reference, error) {
	if m.Text == "" {
		return reference{}, errNoText
	}
	opts := append(content(m), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: postEvent, EventPayload: map[string]any{"key": key},
	}))
	if at.Thread != "" {
		opts = append(opts, slack.MsgOptionTS(at.Thread))
	}
	if at.Broadcast {
		opts = append(opts, slack.MsgOptionBroadcast())
	}
	var stands reference
	var threaded string
	err := in(at.Channel, c.callNow(ctx, limitKey{methodPost, at.Channel}, func(ctx context.Context) error {
		channel, ts, posted, err := c.api.PostMessageWithResponseContext(ctx, at.Channel, opts...)
		stands, threaded = reference{channel, ts}, posted.ThreadTimestamp
		return err
	}))
	switch {
	case isCode(err, "thread_not_found"):
		return reference{}, errThreadGone
	case err != nil:
		return reference{}, err
	case at.Thread != "" && threaded != at.Thread:
		return stands, errThreadGone
	}
	return stands, nil
}

// content is what every posted message says and forbids: no names are linked, no link
// is followed, nothing in the text is parsed but Slack's own <...>.
func content(m message) []slack.MsgOption {
	opts := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(m.Blocks...))
	}
	return opts
}

// updateSlot returns when a chat.update may be made, so that what is drawn can be read
// after the waiting. The update itself does not wait.
func (c *client) updateSlot(ctx context.Context, p priority) error {
	return c.turn(ctx, p, limitKey{method: methodUpdate})
}

// updateSpared gives the turn of updateSlot back: there was nothing to update.
func (c *client) updateSpared() { c.pacer.giveBack(limitKey{method: methodUpdate}) }

// update replaces text and blocks of an own message, after updateSlot. channel is never
// a person's id: Slack takes only what post returned.
func (c *client) update(ctx context.Context, channel, ts string, m message) error {
	switch {
	case m.Text == "":
		return errNoText
	case len(m.Blocks) == 0:
		return errNoBlocks
	}
	m.Text = cut(m.Text, maxUpdateText)
	return in(channel, c.callNow(ctx, limitKey{method: methodUpdate}, func(ctx context.Context) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText(m.Text, false),
			slack.MsgOptionParse(false), slack.MsgOptionBlocks(m.Blocks...))
		return err
	}))
}

// cut shortens a text to so many characters, and not inside an entity (&amp;) or a
// sequence of Slack's (<...>).
func cut(text string, limit int) string {
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

// privately shows a message to one member of a channel; it is gone when Slack reloads.
func (c *client) privately(ctx context.Context, channel, user, thread string, m message) error {
	if m.Text == "" {
		return errNoText
	}
	opts := content(m)
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	return in(channel, c.call(ctx, urgent, limitKey{method: methodEphemeral}, func(ctx context.Context) error {
		_, err := c.api.PostEphemeralContext(ctx, channel, user, opts...)
		return err
	}))
}

// remove deletes an own message.
func (c *client) remove(ctx context.Context, p priority, at reference) error {
	return c.call(ctx, p, limitKey{method: methodDelete}, func(ctx context.Context) error {
		_, _, err := c.api.DeleteMessageContext(ctx, at.Channel, at.TS)
		return err
	})
}
