package people

import (
	"cmp"
	"context"
	"errors"

	"takeoverbot/slackbot/slackapi"
)

// person is what the bot knows of a person in Slack.
type person struct {
	name    string
	zone    string // IANA name; may be empty
	member  bool   // a full member of this workspace: no guest, no bot, not deactivated
	guest   bool
	foreign bool // of another organisation (Slack Connect)
	ofOrg   bool // of the Enterprise organisation that the bot's workspace belongs to
}

// admit reports whether a person is a full member: empty if so, else the sentence that refuses
// and says how to get access.
func (p *People) admit(ctx context.Context, user, team string) (refusal string) {
	own, err := p.self.get(ctx, "")
	if err != nil {
		p.log.WarnContext(ctx, "own workspace unknown", "err", err)
		return "The bot could not ask Slack which workspace this is. Nothing was changed. " + whatNow(err)
	}
	elsewhere := team != "" && !own.Includes(team)
	if elsewhere && own.EnterpriseID == "" {
		return p.refuseForeign(ctx, user)
	}
	who, err := p.persons.get(ctx, user)
	switch {
	case err != nil:
		p.log.WarnContext(ctx, "person unknown", "operator", user, "err", err)
		return "Slack did not tell the bot who you are. Nothing was changed. " + whatNow(err)
	case who.foreign || elsewhere && !who.ofOrg:
		return p.refuseForeign(ctx, user)
	case !who.member:
		p.log.WarnContext(ctx, "refused", "operator", user, "why", "not a full member")
		return "Guests can neither see nor take over conversations. Ask an owner of this workspace to make you a full member, or a colleague to help."
	}
	return ""
}

func (p *People) refuseForeign(ctx context.Context, user string) string {
	p.log.WarnContext(ctx, "refused", "operator", user, "why", "another organisation")
	return "People of other organisations can neither see nor take over conversations here. Ask a member of this workspace to help."
}

// whatNow says what helps against a failure of Slack.
func whatNow(err error) string {
	if refused, ok := errors.AsType[*slackapi.Error](err); ok && refused.Class == slackapi.Permanent {
		return "An administrator of the bot finds the cause with `bot doctor`."
	}
	return "Please press again, or type it again."
}

// askPerson asks Slack who a person is.
func (p *People) askPerson(ctx context.Context, user string) (person, error) {
	u, err := p.client.User(ctx, user)
	switch {
	case slackapi.IsCode(err, "user_not_found", "user_not_visible"):
		return person{}, nil // not a person of this workspace
	case slackapi.IsCode(err, "missing_scope") && p.given.Responders == "":
		// `bot doctor` names the scope. Slack vouches for the workspace in the signed request, so
		// the bot takes the person for a full member. Any other refusal of Slack admits no one.
		p.log.WarnContext(ctx, "Slack does not tell who people are", "err", err)
		return person{member: true}, nil
	case err != nil:
		return person{}, err
	}
	own, err := p.self.get(ctx, "")
	if err != nil {
		return person{}, err
	}
	// is_stranger is false for people of other workspaces who share a channel with the bot:
	// only their workspace tells who they are.
	ofOrg := own.EnterpriseID != "" && u.Enterprise.EnterpriseID == own.EnterpriseID
	foreign := u.IsStranger || !ofOrg && !own.Includes(u.TeamID)
	return person{
		name: cmp.Or(u.Profile.DisplayName, u.Profile.RealName, u.RealName), zone: u.TZ, foreign: foreign, ofOrg: ofOrg, guest: u.IsRestricted || u.IsUltraRestricted,
		member: !foreign && !u.Deleted && !u.IsBot && !u.IsRestricted && !u.IsUltraRestricted,
	}, nil
}
