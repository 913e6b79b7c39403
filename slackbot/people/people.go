package people

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// askTime bounds how long May and MayReceive wait for Slack: the acknowledgement of a click waits
// for them.
const askTime = 1200 * time.Millisecond

// People knows who people are and what each may do. Safe for use by several goroutines.
type People struct {
	client  *slackapi.Client
	given   takeover.Groups
	log     *slog.Logger
	self    cache[slackapi.Identity] // of the bot itself; its only id is ""
	persons cache[person]
	groups  cache[[]string] // the members of a user group
	// channels are the names of channels.
	channels cache[string]
	rooms    rooms
	now      func() time.Time
}

// New returns a People that asks Slack through client. It makes no call.
func New(client *slackapi.Client, given takeover.Groups, now func() time.Time, log *slog.Logger) *People {
	p := &People{client: client, given: given, log: log, now: now}
	p.self = cache[slackapi.Identity]{ask: p.askSelf, now: now, fresh: math.MaxInt64}
	p.persons = cache[person]{ask: p.askPerson, now: now, fresh: 10 * time.Minute}
	p.groups = cache[[]string]{ask: p.askGroup, now: now, fresh: 5 * time.Minute, pause: 30 * time.Second}
	p.channels = cache[string]{ask: p.askChannel, now: now, fresh: time.Hour}
	return p
}

func (p *People) askChannel(ctx context.Context, id string) (string, error) {
	channel, err := p.client.ChannelInfo(ctx, id)
	if err != nil {
		return "", err
	}
	return channel.Name, nil
}

// Role is what a person may do here. A higher role may do all that a lower one may.
type Role int

// The roles.
const (
	Stranger  Role = iota // may neither see nor act
	Reader                // a full member of the workspace: may find and read
	Responder             // may take over, hand back and all between
	Lead                  // may also hold longer what another person has
	Admin
)

// May reports whether a person has at least the role: the refusal is empty if so, else a sentence
// that says how to get access. team is the id of the person's workspace or organisation in the
// request that Slack signed; it may be empty. May waits for Slack at most 1.2 seconds.
func (p *People) May(ctx context.Context, user, team string, needs Role) (refusal string) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if refusal := p.admit(ctx, user, team); refusal != "" {
		return refusal
	}
	has, err := p.Role(ctx, user)
	switch {
	case has >= needs:
		return ""
	case err != nil:
		p.log.WarnContext(ctx, "role unknown", "operator", user, "err", err)
		return "Slack did not tell the bot who may take over. Nothing was changed. " + whatNow(err)
	}
	p.log.WarnContext(ctx, "refused", "operator", user, "why", "not in the group of responders")
	return fmt.Sprintf("You may find and read conversations, but only members of %s may take over, hand back or pass them on. Nothing was changed. Ask one of them to act, or the group's owner to add you.",
		mrkdwn.MentionGroup(p.given.Responders))
}

// MayReceive reports whether a line may be offered to a person: the refusal is empty if so, else a
// sentence for the operator who offers it. It waits for Slack at most 1.2 seconds.
func (p *People) MayReceive(ctx context.Context, to takeover.OperatorID) (refusal string) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	member, err := p.Member(ctx, string(to))
	switch {
	case err != nil:
		return "Slack did not tell the bot who " + mrkdwn.Mention(to) + " is. Nothing was changed. " + whatNow(err)
	case !member:
		return fmt.Sprintf("%s cannot take lines: guests, bots and people of other organisations neither see nor act here. Please pick a member of this workspace.", mrkdwn.Mention(to))
	}
	has, err := p.Role(ctx, string(to))
	switch {
	case has >= Responder:
		return ""
	case err != nil:
		return "Slack did not tell the bot who may take over. Nothing was changed. " + whatNow(err)
	}
	return fmt.Sprintf("%s may read, but not take over: only members of %s may. Please pick one of them.", mrkdwn.Mention(to), mrkdwn.MentionGroup(p.given.Responders))
}

// Member reports whether a person is a full member of the workspace: no guest, no bot, not of
// another organisation. err says why Slack did not tell.
func (p *People) Member(ctx context.Context, user string) (bool, error) {
	who, err := p.persons.get(ctx, user)
	return who.member, err
}

// Role is the role of a full member of the workspace. With an error it is the highest role
// that is known nevertheless.
func (p *People) Role(ctx context.Context, user string) (Role, error) {
	ids := []string{p.given.Admins, p.given.Leads, p.given.Responders}
	failed := make([]error, len(ids))
	var calls sync.WaitGroup
	for i, id := range ids {
		if id != "" {
			calls.Go(func() { _, failed[i] = p.groups.get(ctx, id) })
		}
	}
	calls.Wait()
	return p.KnownRole(user), errors.Join(failed...)
}

// KnownRole is what Role returned last. It does not call Slack.
func (p *People) KnownRole(user string) Role {
	in := func(group string) bool { return slices.Contains(p.groups.last(group).value, user) }
	switch {
	case in(p.given.Admins):
		return Admin
	case in(p.given.Leads):
		return Lead
	case p.given.Responders == "", in(p.given.Responders):
		return Responder
	default:
		return Reader
	}
}

func (p *People) askGroup(ctx context.Context, id string) ([]string, error) {
	members, err := p.client.GroupMembers(ctx, id)
	if err != nil {
		p.log.WarnContext(ctx, "user group unknown", "group", id, "err", err)
	}
	return members, err
}

// Zone is the time zone of a person; UTC if it is not known.
func (p *People) Zone(ctx context.Context, user takeover.OperatorID) *time.Location {
	who, _ := p.persons.get(ctx, string(user)) // without an answer the zone is empty, and that is UTC
	zone, err := time.LoadLocation(who.zone)
	if err != nil {
		return time.UTC
	}
	return zone
}

func (p *People) askSelf(ctx context.Context, _ string) (slackapi.Identity, error) {
	return p.client.AuthTest(ctx)
}

// IsBot reports whether a user is known to be the bot itself. It does not call Slack.
func (p *People) IsBot(user string) bool { return user != "" && user == p.self.last("").value.UserID }

// Link is the address of a message; empty if Slack does not tell the workspace's address.
func (p *People) Link(ctx context.Context, channel, ts string) string {
	_, _ = p.self.get(ctx, "") // without an answer there is no link
	return p.KnownLink(channel, ts)
}

// KnownLink is Link without a call of Slack: empty while the workspace is not known.
func (p *People) KnownLink(channel, ts string) string {
	base, err := url.Parse(p.self.last("").value.URL)
	if err != nil || base.Host == "" {
		return ""
	}
	return base.JoinPath("archives", channel, "p"+strings.ReplaceAll(ts, ".", "")).String()
}
