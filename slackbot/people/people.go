package people

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// People knows who people are and what each may do. Safe for use by several goroutines.
type People struct {
	client  *slackapi.Client
	given   takeover.Groups
	now     func() time.Time
	store   Store
	log     *slog.Logger
	self    cache[slackapi.Identity] // of the bot itself; its only id is ""
	persons cache[person]
	groups  cache[[]string] // the members of a user group
	// channels are the names of channels.
	channels cache[string]
	rooms    rooms
	watched  watched
}

// New returns a People that asks Slack through client. It makes no call. store may be nil: then what
// is known ends with the process.
func New(client *slackapi.Client, given takeover.Groups, store Store, now func() time.Time, log *slog.Logger) *People {
	p := &People{client: client, given: given, now: now, store: store, log: log, watched: newWatched()}
	p.self = cache[slackapi.Identity]{kind: "self/", ask: p.askSelf, now: now, store: store, log: log}
	p.persons = cache[person]{kind: "person/", ask: p.askPerson, now: now, store: store, log: log}
	p.groups = cache[[]string]{kind: "group/", ask: p.askGroup, now: now, store: store, log: log}
	p.channels = cache[string]{kind: "channel/", ask: p.askChannel, now: now, store: store, log: log}
	return p
}

// groupIDs are the user groups that give roles.
func (p *People) groupIDs() []string {
	ids := []string{p.given.Admins, p.given.Leads, p.given.Responders}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
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

// homeTrust is for how long a Home that stands open relies on what is known of its viewer.
const homeTrust = 10 * time.Minute

// forever is the trust in what does not change.
const forever = time.Duration(math.MaxInt64)

// Member reports whether a person is a full member of the workspace: no guest, no bot, not of
// another organisation, as Slack said in the last ten minutes. err says why Slack did not tell.
func (p *People) Member(ctx context.Context, user string) (bool, error) {
	who, err := p.persons.get(ctx, user, homeTrust)
	return who.Member, err
}

// Role is the role of a full member of the workspace, as Slack said in the last ten minutes. With
// an error it is the highest role that is known nevertheless.
func (p *People) Role(ctx context.Context, user string) (Role, error) {
	ids := p.groupIDs()
	failed := make([]error, len(ids))
	var calls sync.WaitGroup
	for i, id := range ids {
		calls.Go(func() { _, failed[i] = p.groups.get(ctx, id, homeTrust) })
	}
	calls.Wait()
	return p.KnownRole(user), errors.Join(failed...)
}

// KnownRole is the role by what is known. It does not call Slack.
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
	who, _ := p.persons.get(ctx, string(user), takeover.KeepKnown) // without an answer the zone is empty, and that is UTC
	zone, err := time.LoadLocation(who.Zone)
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
	_, _ = p.self.get(ctx, "", forever) // without an answer there is no link
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
