package slackapi

import (
	"context"
	"strings"

	"github.com/slack-go/slack"
)

// OpenModal opens a modal. A trigger id works once and for three seconds, so ctx should end
// before that.
func (c *Client) OpenModal(ctx context.Context, triggerID string, view slack.ModalViewRequest) error {
	return c.call(ctx, Urgent, limitKey{method: methodOpenView}, func(ctx context.Context) error {
		_, err := c.api.OpenViewContext(ctx, triggerID, view)
		return err
	})
}

// OpenDirectMessage returns the channel of a person's direct messages with the bot. Without the
// scope im:write it is the person's id, under which Slack takes posts all the same.
func (c *Client) OpenDirectMessage(ctx context.Context, user string) (string, error) {
	var channel string
	err := c.call(ctx, Urgent, limitKey{method: methodOpenIM}, func(ctx context.Context) error {
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

// User returns what Slack says of a person.
func (c *Client) User(ctx context.Context, user string) (*slack.User, error) {
	var u *slack.User
	err := c.call(ctx, Urgent, limitKey{method: methodUser}, func(ctx context.Context) (err error) {
		u, err = c.api.GetUserInfoContext(ctx, user)
		return err
	})
	return u, err
}

// GroupMembers are the members of a user group, by id.
func (c *Client) GroupMembers(ctx context.Context, group string) ([]string, error) {
	var members []string
	err := c.call(ctx, Urgent, limitKey{method: methodGroup}, func(ctx context.Context) (err error) {
		members, err = c.api.GetUserGroupMembersContext(ctx, group)
		return err
	})
	return members, err
}

// PublishHome publishes a person's Home.
func (c *Client) PublishHome(ctx context.Context, user string, view slack.HomeTabViewRequest) error {
	return c.call(ctx, Normal, limitKey{method: methodPublish}, func(ctx context.Context) error {
		_, err := c.api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: user, View: view})
		return err
	})
}

// ChannelInfo returns what Slack says of a channel.
func (c *Client) ChannelInfo(ctx context.Context, channel string) (*slack.Channel, error) {
	var ch *slack.Channel
	err := c.call(ctx, Normal, limitKey{method: methodInfo}, func(ctx context.Context) (err error) {
		ch, err = c.api.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
		return err
	})
	return ch, err
}

// Identity is who the bot is, and what it may do.
type Identity struct {
	TeamID       string
	EnterpriseID string // of an Enterprise organisation; else empty
	UserID       string // the bot's own
	BotID        string
	Team         string   // the workspace's name
	URL          string   // the workspace's address
	Scopes       []string // of the token
}

// Includes says whether an id is that of the own workspace or organisation.
func (i Identity) Includes(team string) bool {
	return team != "" && (team == i.TeamID || team == i.EnterpriseID)
}

// AuthTest asks Slack who the token belongs to.
func (c *Client) AuthTest(ctx context.Context) (Identity, error) {
	var r *slack.AuthTestResponse
	err := c.call(ctx, Urgent, limitKey{method: methodAuth}, func(ctx context.Context) (err error) {
		r, err = c.api.AuthTestContext(ctx)
		return err
	})
	if err != nil {
		return Identity{}, err
	}
	id := Identity{TeamID: r.TeamID, EnterpriseID: r.EnterpriseID, UserID: r.UserID, BotID: r.BotID, Team: r.Team, URL: r.URL}
	for scope := range strings.SplitSeq(r.Header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			id.Scopes = append(id.Scopes, scope)
		}
	}
	c.botID.Store(&id.BotID)
	return id, nil
}
