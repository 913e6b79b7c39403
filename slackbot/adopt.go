package slackbot

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

const (
	// lookPage and lookPages bound the search for a message: the thousand newest since
	// it was begun.
	lookPage  = 100
	lookPages = 10
	// clockSkew is how far Slack's clock and ours may differ. Signed requests that
	// differ more are refused.
	clockSkew = 5 * time.Minute
)

// find looks in Slack for the message with our key. It is nil where there is none.
// Where the thread does not exist any more it is errThreadGone, with the message if
// Slack had put it into the channel.
func (w *posting) find(ctx context.Context) (*reference, error) {
	channel, err := w.channelOf(ctx, w.prio, w.at.Channel)
	if err != nil {
		return nil, err
	}
	args := url.Values{
		"channel": {channel}, "include_all_metadata": {"true"}, "limit": {strconv.Itoa(lookPage)},
		"oldest": {strconv.FormatInt(w.begun.Add(-clockSkew).Unix(), 10)},
	}
	if w.at.Thread == "" {
		return w.look(ctx, methodHistory, args)
	}
	args.Set("ts", w.at.Thread)
	found, err := w.look(ctx, methodReplies, args)
	if !isCode(err, "thread_not_found", "message_not_found") {
		return found, err
	}
	args.Del("ts")
	if found, err = w.look(ctx, methodHistory, args); err == nil {
		err = errThreadGone
	}
	return found, err
}

// channelOf is the channel of a direct message where a person's id was given: history
// is only told of channels.
func (c *client) channelOf(ctx context.Context, p priority, id string) (string, error) {
	if !strings.HasPrefix(id, "U") && !strings.HasPrefix(id, "W") {
		return id, nil
	}
	err := c.call(ctx, p, limitKey{method: methodOpenDM}, func(ctx context.Context) error {
		ch, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{id}})
		if err == nil {
			id = ch.ID
		}
		return err
	})
	return id, err
}

// historyPage is what is needed of conversations.history and conversations.replies.
// slack-go refuses a whole page for one unknown element in anybody's message, and the
// channel is full of other apps' messages.
type historyPage struct {
	slack.SlackResponse
	Messages []struct {
		TS       string `json:"ts"`
		BotID    string `json:"bot_id"`
		Metadata struct {
			EventType    string                     `json:"event_type"`
			EventPayload map[string]json.RawMessage `json:"event_payload"`
		} `json:"metadata"`
	} `json:"messages"`
}

// look pages through a channel or thread.
func (w *posting) look(ctx context.Context, method string, args url.Values) (*reference, error) {
	args.Del("cursor")
	for range lookPages {
		var page historyPage
		err := w.call(ctx, w.prio, limitKey{method: method}, func(ctx context.Context) error {
			return w.form(ctx, method, args, &page)
		})
		if err != nil {
			return nil, err
		}
		if ts := w.ours(page); ts != "" {
			return &reference{args.Get("channel"), ts}, nil
		}
		if page.ResponseMetadata.Cursor == "" {
			break
		}
		args.Set("cursor", page.ResponseMetadata.Cursor)
	}
	return nil, nil
}

// ours is the message with the key that the bot itself wrote: metadata can be seen, and
// so copied, by every app of the workspace.
func (w *posting) ours(page historyPage) string {
	me := w.botID.Load()
	for _, m := range page.Messages {
		if m.BotID == "" || me != nil && m.BotID != *me || m.Metadata.EventType != postEvent {
			continue
		}
		var key string
		if json.Unmarshal(m.Metadata.EventPayload["key"], &key) == nil && key == w.key {
			return m.TS
		}
	}
	return ""
}

// form calls a method of the Web API as a form. What it returns has the types of
// slack-go, for classify.
func (c *client) form(ctx context.Context, method string, args url.Values, page *historyPage) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, strings.NewReader(args.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Authorization", "Bearer "+c.token)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if err := statusError(resp); err != nil {
		return err
	}
	if err := json.NewDecoder(resp.Body).Decode(page); err != nil {
		return err
	}
	return page.Err()
}
