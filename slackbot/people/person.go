package people

import (
	"cmp"
	"context"

	"takeoverbot/slackbot/slackapi"
)

// person is what the bot knows of a person in Slack. It is stored as JSON.
type person struct {
	Name    string `json:",omitempty"`
	Zone    string `json:",omitempty"` // IANA name; may be empty
	Member  bool   `json:",omitempty"` // a full member of this workspace: no guest, no bot, not deactivated
	Guest   bool   `json:",omitempty"`
	Foreign bool   `json:",omitempty"` // of another organisation (Slack Connect)
	OfOrg   bool   `json:",omitempty"` // of the Enterprise organisation that the bot's workspace belongs to
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
		return person{Member: true}, nil
	case err != nil:
		return person{}, err
	}
	own, err := p.self.get(ctx, "", forever)
	if err != nil {
		return person{}, err
	}
	// is_stranger is false for people of other workspaces who share a channel with the bot:
	// only their workspace tells who they are.
	ofOrg := own.EnterpriseID != "" && u.Enterprise.EnterpriseID == own.EnterpriseID
	foreign := u.IsStranger || !ofOrg && !own.Includes(u.TeamID)
	return person{
		Name: cmp.Or(u.Profile.DisplayName, u.Profile.RealName, u.RealName), Zone: u.TZ, Foreign: foreign, OfOrg: ofOrg, Guest: u.IsRestricted || u.IsUltraRestricted,
		Member: !foreign && !u.Deleted && !u.IsBot && !u.IsRestricted && !u.IsUltraRestricted,
	}, nil
}
