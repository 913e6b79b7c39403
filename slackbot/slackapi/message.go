package slackapi

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

const (
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

// Message is one Slack message: blocks, and the sentence that a lock screen shows in place of
// them. Text is sent as it is: the caller has escaped text from outside in it.
type Message struct {
	Text   string
	Blocks []slack.Block
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
// channel of the direct messages with that person. Unlike PostOnce it does not find out whether
// the message was posted before. If the parent is gone and Slack posted into the channel
// instead, err is ErrThreadGone, with the message's reference.
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
	opts := append(content(m, at.Thread), slack.MsgOptionMetadata(slack.SlackMetadata{
		EventType: postEvent, EventPayload: map[string]any{"key": key},
	}))
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

// content has the options of every posted message. With them Slack links no names, shows no previews of
// links, and parses nothing in the text but its own <...>.
func content(m Message, thread string) []slack.MsgOption {
	opts := []slack.MsgOption{
		slack.MsgOptionText(m.Text, false), slack.MsgOptionParse(false),
		slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	if len(m.Blocks) > 0 {
		opts = append(opts, slack.MsgOptionBlocks(m.Blocks...))
	}
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	return opts
}

// AwaitUpdate returns when Update may be called, so that the caller reads what it draws after
// the wait. Update itself does not wait. err is a *takeover.LaterError if the turn comes after
// the deadline of ctx, or if Slack fails all updates and another caller finds out whether it still does.
func (c *Client) AwaitUpdate(ctx context.Context, p Priority) error {
	if err := c.updates.try(c.cfg.Now()); err != nil {
		return err
	}
	err := c.turn(ctx, p, limitKey{method: methodUpdate})
	if err != nil {
		c.updates.giveUp()
	}
	return err
}

// ForgoUpdate gives the turn of AwaitUpdate back, because there was nothing to update.
func (c *Client) ForgoUpdate(ctx context.Context) {
	c.updates.giveUp()
	c.cfg.Pacer.giveBack(ctx, limitKey{method: methodUpdate})
}

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
	err := withChannel(channel, c.callNow(ctx, limitKey{method: methodUpdate}, func(ctx context.Context) error {
		_, _, _, err := c.api.UpdateMessageContext(ctx, channel, ts, slack.MsgOptionText(m.Text, false),
			slack.MsgOptionParse(false), slack.MsgOptionBlocks(m.Blocks...))
		return err
	}))
	c.updates.ended(c.cfg.Now(), err)
	return err
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
	opts := content(m, thread)
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
