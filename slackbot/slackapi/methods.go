package slackapi

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// fetch is call for a method that returns something.
func fetch[T any](ctx context.Context, c *Client, p Priority, method string, do func(context.Context) (T, error)) (T, error) {
	var got T
	err := c.call(ctx, p, method, func(ctx context.Context) (err error) {
		got, err = do(ctx)
		return err
	})
	return got, err
}

// OpenModal opens a modal. A trigger id works once and for three seconds, so ctx should end
// before that.
func (c *Client) OpenModal(ctx context.Context, triggerID string, view slack.ModalViewRequest) error {
	return c.call(ctx, Urgent, methodOpenView, func(ctx context.Context) error {
		_, err := c.api.OpenViewContext(ctx, triggerID, view)
		return err
	})
}

// OpenSocket returns the address of a new Socket Mode connection, which works once and for a short
// time. It holds a secret. The call does not wait for a turn: its limit is the app's, and no other
// call counts against it.
func (c *Client) OpenSocket(ctx context.Context) (address string, err error) {
	err = c.callNow(ctx, limitKey{method: methodSocket}, func(ctx context.Context) (err error) {
		_, address, err = c.api.StartSocketModeContext(ctx)
		return err
	})
	return address, err
}

// OpenDirectMessage returns the channel of a person's direct messages with the bot. Without the
// scope im:write it is the person's id, which Slack accepts for posts too.
func (c *Client) OpenDirectMessage(ctx context.Context, user string) (string, error) {
	var channel string
	err := c.call(ctx, Urgent, methodOpenIM, func(ctx context.Context) error {
		im, _, _, err := c.api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{user}})
		if err == nil {
			channel = im.ID
		}
		return err
	})
	if IsCode(err, "missing_scope") {
		return user, nil
	}
	return channel, err
}

// User returns what Slack says about a person.
func (c *Client) User(ctx context.Context, user string) (*slack.User, error) {
	return fetch(ctx, c, Urgent, methodUser, func(ctx context.Context) (*slack.User, error) {
		return c.api.GetUserInfoContext(ctx, user)
	})
}

// GroupMembers are the members of a user group, by id.
func (c *Client) GroupMembers(ctx context.Context, group string) ([]string, error) {
	return fetch(ctx, c, Urgent, methodGroup, func(ctx context.Context) ([]string, error) {
		return c.api.GetUserGroupMembersContext(ctx, group)
	})
}

// PublishHome publishes a person's Home.
func (c *Client) PublishHome(ctx context.Context, user string, view slack.HomeTabViewRequest) error {
	return c.call(ctx, Normal, methodPublish, func(ctx context.Context) error {
		_, err := c.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view})
		return err
	})
}

// reactionPatience is how long a reaction waits for its turn. It is short, so that reactions that wait
// keep no worker from the messages.
const reactionPatience = time.Second

// React puts a reaction of the bot on a message; one that is there already is no error. If its
// turn does not come within a second, err is a *takeover.LaterError.
func (c *Client) React(ctx context.Context, channel, ts, emoji string) error {
	return c.reaction(ctx, methodReact, "already_reacted", func(ctx context.Context) error {
		return c.api.AddReactionContext(ctx, emoji, slack.NewRefToMessage(channel, ts))
	})
}

// Unreact takes a reaction of the bot away; one that is not there is no error. Slack allows fewer
// of these calls than of React: 20 a minute in a workspace. err is as there.
func (c *Client) Unreact(ctx context.Context, channel, ts, emoji string) error {
	return c.reaction(ctx, methodUnreact, "no_reaction", func(ctx context.Context) error {
		return c.api.RemoveReactionContext(ctx, emoji, slack.NewRefToMessage(channel, ts))
	})
}

// reaction makes a call about a reaction; done is Slack's code where it was made before.
func (c *Client) reaction(ctx context.Context, method, done string, do func(context.Context) error) error {
	key := limitKey{method: method}
	patience, cancel := context.WithTimeout(ctx, reactionPatience)
	defer cancel()
	if err := c.turn(patience, Bulk, key); err != nil {
		return err
	}
	if err := c.callNow(ctx, key, do); !IsCode(err, done) {
		return err
	}
	return nil
}

// ChannelInfo returns what Slack says about a channel.
func (c *Client) ChannelInfo(ctx context.Context, channel string) (*slack.Channel, error) {
	return fetch(ctx, c, Normal, methodInfo, func(ctx context.Context) (*slack.Channel, error) {
		return c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	})
}

// ChannelMembers are the people and bots of a channel, by id.
func (c *Client) ChannelMembers(ctx context.Context, channel string) ([]string, error) {
	var all []string
	for next := ""; ; {
		more, err := fetch(ctx, c, Normal, methodMembers, func(ctx context.Context) (ids []string, err error) {
			ids, next, err = c.api.GetUsersInConversationContext(ctx, &slack.GetUsersInConversationParameters{ChannelID: channel, Cursor: next, Limit: 1000})
			return ids, err
		})
		if all = append(all, more...); err != nil || next == "" {
			return all, err
		}
	}
}

// Identity is who the bot is, and what it may do.
type Identity struct {
	TeamID       string
	EnterpriseID string // of an Enterprise organisation; else empty
	UserID       string // the bot's own
	Name         string // by which people mention it, without @
	BotID        string
	Team         string   // the workspace's name
	URL          string   // the workspace's address
	Scopes       []string // of the token
	// Date is Slack's time of the answer, UTC, to the second; zero if Slack did not tell.
	Date time.Time
}

// Includes reports whether team is the id of the bot's workspace or organisation.
func (i Identity) Includes(team string) bool {
	return team != "" && (team == i.TeamID || team == i.EnterpriseID)
}

// AuthTest asks Slack to whom the token belongs.
func (c *Client) AuthTest(ctx context.Context) (Identity, error) {
	r, err := fetch(ctx, c, Urgent, methodAuth, c.api.AuthTestContext)
	if err != nil {
		return Identity{}, err
	}
	id := Identity{
		TeamID: r.TeamID, EnterpriseID: r.EnterpriseID, UserID: r.UserID, Name: r.User, BotID: r.BotID, Team: r.Team, URL: r.URL,
		Scopes: strings.FieldsFunc(r.Header.Get("X-OAuth-Scopes"), func(c rune) bool { return c == ',' || c == ' ' }),
	}
	id.Date, _ = http.ParseTime(r.Header.Get("Date")) // zero if it is no time
	c.botID.Store(&id.BotID)
	return id, nil
}

// BotApp asks Slack of which app a bot (B…) is, and returns the app's id (A…). It needs the scope users:read.
func (c *Client) BotApp(ctx context.Context, bot string) (string, error) {
	found, err := fetch(ctx, c, Urgent, methodBot, func(ctx context.Context) (*slack.Bot, error) {
		return c.api.GetBotInfoContext(ctx, slack.GetBotInfoParameters{Bot: bot})
	})
	if err != nil {
		return "", err
	}
	return found.AppID, nil
}
