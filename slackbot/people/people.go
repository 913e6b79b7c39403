package people

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Groups are the ids (S…) of the user groups that give roles; each may be empty. Without a
// group of responders every full member may respond; leads and administrators may respond too.
type Groups struct{ Responders, Leads, Admins string }

// People knows who people are and what each may do. Safe for use by several goroutines.
type People struct {
	given     Groups
	directory *directory
	groups    *groups
	self      *self
	log       *slog.Logger
}

// New returns a People that asks Slack through client. It makes no call.
func New(client *slackapi.Client, given Groups, now func() time.Time, log *slog.Logger) *People {
	me := &self{client: client}
	return &People{
		given: given, self: me, log: log,
		directory: &directory{client: client, self: me, now: now, log: log, people: map[string]person{}, presumes: given.Responders == ""},
		groups:    &groups{client: client, now: now, log: log, known: map[string]group{}},
	}
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

// May reports whether a person has at least the role: empty if so, else the sentence that
// refuses and says how to get access. team is the person's workspace or organisation, as
// Slack signed it; it may be empty. May waits for Slack at most 1.2 seconds.
func (p *People) May(ctx context.Context, user, team string, needs Role) (refusal string) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if refusal := p.directory.admit(ctx, user, team); refusal != "" {
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

// MayReceive reports whether a line may be offered to a person: empty if so, else the sentence
// that refuses.
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
	who, err := p.directory.lookUp(ctx, user)
	return who.member, err
}

// Role is the role of a full member of the workspace. With an error it is the highest role
// that is known all the same.
func (p *People) Role(ctx context.Context, user string) (Role, error) {
	err := p.groups.learn(ctx, p.given.Admins, p.given.Leads, p.given.Responders)
	return p.KnownRole(user), err
}

// KnownRole is Role without a question to Slack: what Role was told last.
func (p *People) KnownRole(user string) Role {
	switch {
	case p.groups.has(p.given.Admins, user):
		return Admin
	case p.groups.has(p.given.Leads, user):
		return Lead
	case p.given.Responders == "", p.groups.has(p.given.Responders, user):
		return Responder
	default:
		return Reader
	}
}

// Zone is the time zone of a person with its IANA name; UTC where it is not known.
func (p *People) Zone(ctx context.Context, user takeover.OperatorID) (*time.Location, string) {
	who, err := p.directory.lookUp(ctx, string(user))
	if err != nil || who.zone == "" {
		return time.UTC, "UTC"
	}
	zone, err := time.LoadLocation(who.zone)
	if err != nil {
		return time.UTC, "UTC"
	}
	return zone, who.zone
}

// IsBot reports whether a user is known to be the bot itself. It does not ask Slack.
func (p *People) IsBot(user string) bool {
	own := p.self.known.Load()
	return own != nil && own.UserID == user
}

// Link is the address of a message; empty where Slack does not tell the workspace's address.
func (p *People) Link(ctx context.Context, channel, ts string) string {
	own, err := p.self.get(ctx)
	if err != nil {
		return ""
	}
	return link(own, channel, ts)
}

// KnownLink is Link without a question to Slack: empty while the workspace is not known.
func (p *People) KnownLink(channel, ts string) string {
	if own := p.self.known.Load(); own != nil {
		return link(*own, channel, ts)
	}
	return ""
}
