package people

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"takeoverbot/slackbot/slackapi"
)

const (
	// knownFor is how long what Slack said about a person is trusted.
	knownFor = 10 * time.Minute
	// askTime bounds the question to Slack: the acknowledgement waits for it.
	askTime = 1200 * time.Millisecond
	// maxPeople bounds the memory for people.
	maxPeople = 10000
)

// person is what the bot knows of a person in Slack.
type person struct {
	name     string
	zone     string // IANA name; may be empty
	member   bool   // a full member of this workspace: no guest, no bot, not deactivated
	foreign  bool   // of another organisation (Slack Connect)
	ofOrg    bool   // of the Enterprise organisation that the own workspace belongs to
	deleted  bool
	learned  time.Time
	presumed bool // Slack may not tell; a full member is presumed
}

// directory knows who people are. Safe for use by several goroutines.
type directory struct {
	client *slackapi.Client
	self   *self
	now    func() time.Time
	log    *slog.Logger
	// presumes: people count as full members where the scope to ask who they are was not
	// granted.
	presumes bool

	mu     sync.Mutex
	people map[string]person // by user id
}

// admit reports whether a person is a full member: empty if so, else the sentence that refuses
// and says how to get access.
func (d *directory) admit(ctx context.Context, user, team string) string {
	own, err := d.self.get(ctx)
	if err != nil {
		d.log.WarnContext(ctx, "own workspace unknown", "err", err)
		return "The bot could not ask Slack which workspace this is. Nothing was changed. " + whatNow(err)
	}
	elsewhere := team != "" && !own.Includes(team)
	if elsewhere && own.EnterpriseID == "" {
		return d.refuseForeign(ctx, user)
	}
	p, err := d.lookUp(ctx, user)
	if err != nil {
		d.log.WarnContext(ctx, "person unknown", "operator", user, "err", err)
		return "Slack did not tell the bot who you are. Nothing was changed. " + whatNow(err)
	}
	if p.foreign || elsewhere && !p.ofOrg {
		return d.refuseForeign(ctx, user)
	}
	if !p.member {
		d.log.WarnContext(ctx, "refused", "operator", user, "why", "not a full member")
		return "Guests can neither see nor take over conversations. Ask an owner of this workspace to make you a full member, or a colleague to help."
	}
	return ""
}

func (d *directory) refuseForeign(ctx context.Context, user string) string {
	d.log.WarnContext(ctx, "refused", "operator", user, "why", "another organisation")
	return "People of other organisations can neither see nor take over conversations here. Ask a member of this workspace to help."
}

// whatNow says what helps against a failure of Slack.
func whatNow(err error) string {
	if ae, ok := errors.AsType[*slackapi.Error](err); ok && ae.Class == slackapi.Permanent {
		return "Whoever runs the bot finds the cause with `bot doctor`."
	}
	return "Please press again, or type it again."
}

// lookUp returns what Slack says of a person, remembered for a while.
func (d *directory) lookUp(ctx context.Context, user string) (person, error) {
	d.mu.Lock()
	p, known := d.people[user]
	d.mu.Unlock()
	if known && d.now().Sub(p.learned) < knownFor {
		return p, nil
	}
	fresh, err := d.ask(ctx, user)
	if err != nil {
		if known {
			return p, nil // old knowledge beats none at 3 a.m.
		}
		return person{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.people) >= maxPeople {
		clear(d.people)
	}
	d.people[user] = fresh
	return fresh, nil
}

func (d *directory) ask(ctx context.Context, user string) (person, error) {
	u, err := d.client.User(ctx, user)
	if slackapi.IsCode(err, "user_not_found", "user_not_visible") {
		return person{learned: d.now()}, nil // nobody of this workspace
	}
	if slackapi.IsCode(err, "missing_scope") && d.presumes {
		// `bot doctor` names it. Slack vouches for the workspace in the signed request, so a
		// full member is presumed. Whatever else Slack refuses lets nobody in.
		d.log.WarnContext(ctx, "Slack does not tell who people are", "err", err)
		return person{member: true, presumed: true, learned: d.now()}, nil
	}
	if err != nil {
		return person{}, err
	}
	own, err := d.self.get(ctx)
	if err != nil {
		return person{}, err
	}
	// is_stranger is false for people of other workspaces with whom the bot shares a
	// channel: only their workspace tells who they are.
	ofOrg := own.EnterpriseID != "" && u.Enterprise.EnterpriseID == own.EnterpriseID
	foreign := u.IsStranger || !ofOrg && !own.Includes(u.TeamID)
	return person{
		name: u.Profile.DisplayName, zone: u.TZ, deleted: u.Deleted, learned: d.now(), foreign: foreign, ofOrg: ofOrg,
		member: !foreign && !u.Deleted && !u.IsBot && !u.IsRestricted && !u.IsUltraRestricted,
	}, nil
}
