package slackapi

import (
	"context"
	"encoding/json"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/slack-go/slack"
)

const (
	// lookPage and lookPages bound the search for a message: the 1,000 newest since the
	// first attempt to post it.
	lookPage  = 100
	lookPages = 10
	// clockSkew is how far Slack's clock and ours may differ. Signed requests that
	// differ more are refused.
	clockSkew = 5 * time.Minute
)

// find looks in Slack for a message of the bot. It has no TS if there is none. If the thread
// does not exist any more, err is ErrThreadGone, and found is the message if Slack put it into
// the channel.
func (w *posting) find(ctx context.Context, is func(posted) bool) (found reference, err error) {
	args := url.Values{
		"token": {w.cfg.Token}, "channel": {w.at.Channel}, "include_all_metadata": {"true"}, "limit": {strconv.Itoa(lookPage)},
		"oldest": {strconv.FormatInt(w.begun.Add(-clockSkew).Unix(), 10)},
	}
	if w.at.Thread == "" {
		return w.page(ctx, methodHistory, args, is)
	}
	args.Set("ts", w.at.Thread)
	found, err = w.page(ctx, methodReplies, args, is)
	if !IsCode(err, "thread_not_found", "message_not_found") {
		return found, err
	}
	args.Del("ts")
	if found, err = w.page(ctx, methodHistory, args, is); err == nil {
		err = ErrThreadGone
	}
	return found, err
}

// posted has the fields of a message in a channel that the search needs.
type posted struct {
	TS       string `json:"ts"`
	BotID    string `json:"bot_id"`
	Metadata struct {
		EventType    string                     `json:"event_type"`
		EventPayload map[string]json.RawMessage `json:"event_payload"`
	} `json:"metadata"`
	Files []postedFile `json:"files"`
}

type postedFile struct {
	ID string `json:"id"`
}

// historyPage is an answer of conversations.history and conversations.replies. slack-go
// refuses a whole page for one unknown element in one message, and the channel has many
// messages of other apps.
type historyPage struct {
	slack.SlackResponse
	Messages []posted `json:"messages"`
}

func (p *historyPage) read(answer io.Reader) error {
	if err := json.NewDecoder(answer).Decode(p); err != nil {
		return err
	}
	return p.Err()
}

// page searches a channel or thread, page by page.
func (w *posting) page(
	ctx context.Context, method string, args url.Values, is func(posted) bool,
) (found reference, err error) {
	args.Del("cursor")
	for range lookPages {
		var page historyPage
		err := w.call(ctx, w.prio, method, func(ctx context.Context) error {
			return w.send(ctx, w.cfg.APIURL+method, "application/x-www-form-urlencoded", args.Encode(), page.read)
		})
		if err != nil {
			return found, withChannel(args.Get("channel"), err)
		}
		for _, m := range page.Messages {
			if is(m) {
				return reference{args.Get("channel"), m.TS}, nil
			}
		}
		if page.ResponseMetadata.Cursor == "" {
			break
		}
		args.Set("cursor", page.ResponseMetadata.Cursor)
	}
	return found, nil
}

// hasKey reports whether a message has the key and was written by the bot: every app of the
// workspace can see, and so copy, the metadata.
func (w *posting) hasKey(m posted) bool {
	if me := w.botID.Load(); m.BotID == "" || me != nil && m.BotID != *me {
		return false
	}
	var key string
	err := json.Unmarshal(m.Metadata.EventPayload["key"], &key)
	return err == nil && m.Metadata.EventType == postEvent && key == w.key
}
