package slackbot

import (
	"context"
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// role is what somebody may do here. A higher one may all that a lower one may.
type role int

// The roles.
const (
	stranger  role = iota // may neither see nor act
	reader                // a full member of the workspace: may find and read
	responder             // may take over, hand back and all between
	lead                  // may also hold longer what somebody else has
	admin
)

// need is what a wish asks for.
type need = role

// The needs of wishes.
const (
	toSee need = reader
	toAct need = responder
)

// needOf says what a command asks for. What only reads is open to readers.
func needOf(verb takeover.Verb) need {
	switch verb {
	case takeover.Search, takeover.SearchMore, takeover.Open, takeover.Earlier, takeover.WholeText, takeover.Refresh:
		return toSee
	default:
		return toAct
	}
}

// may says whether somebody may see or act: empty, or the sentence that refuses and says
// how to get access. team is the person's workspace or organisation, as Slack signed it.
func (b *Bot) may(ctx context.Context, user, team string, what need) string {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if refusal := b.people.admit(ctx, user, team); refusal != "" {
		return refusal
	}
	has, err := b.roleOf(ctx, user)
	switch {
	case has >= what:
		return ""
	case err != nil:
		b.deps.Log.WarnContext(ctx, "role unknown", "operator", user, "err", err)
		return "Slack did not tell the bot who may take over. Nothing was changed. " + whatNow(err)
	}
	b.deps.Log.WarnContext(ctx, "refused", "operator", user, "why", "not in the group of responders")
	return fmt.Sprintf("You may find and read conversations, but only members of %s may take over, hand back or pass them on. Nothing was changed. Ask one of them to act, or the group's owner to add you.",
		groupMention(b.cfg.RespondersGroup))
}

// mayReceive says whether a line may be offered to somebody: empty, or the sentence that
// refuses.
func (b *Bot) mayReceive(ctx context.Context, to takeover.OperatorID) string {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	p, err := b.people.lookUp(ctx, string(to))
	if err != nil {
		return "Slack did not tell the bot who " + mrkdwn.Mention(to) + " is. Nothing was changed. " + whatNow(err)
	}
	if !p.member {
		return fmt.Sprintf("%s cannot take lines: guests, bots and people of other organisations neither see nor act here. Please pick a member of this workspace.", mrkdwn.Mention(to))
	}
	has, err := b.roleOf(ctx, string(to))
	switch {
	case has >= toAct:
		return ""
	case err != nil:
		return "Slack did not tell the bot who may take over. Nothing was changed. " + whatNow(err)
	}
	return fmt.Sprintf("%s may read, but not take over: only members of %s may. Please pick one of them.", mrkdwn.Mention(to), groupMention(b.cfg.RespondersGroup))
}

// roleOf is the role of a full member of the workspace. With an error it is the highest
// one that is known all the same.
func (b *Bot) roleOf(ctx context.Context, user string) (role, error) {
	err := b.groups.learn(ctx, b.cfg.AdminsGroup, b.cfg.LeadsGroup, b.cfg.RespondersGroup)
	return b.knownRole(user), err
}

// knownRole is roleOf without a question to Slack.
func (b *Bot) knownRole(user string) role {
	switch {
	case b.groups.has(b.cfg.AdminsGroup, user):
		return admin
	case b.groups.has(b.cfg.LeadsGroup, user):
		return lead
	case b.openToAll(), b.groups.has(b.cfg.RespondersGroup, user):
		return responder
	default:
		return reader
	}
}

// leads says whether somebody was a lead when last asked for: may has just asked.
func (b *Bot) leads(by takeover.OperatorID) bool { return b.knownRole(string(by)) >= lead }

// groupMention names a user group. Inside a private answer it calls nobody.
func groupMention(id string) string { return "<!subteam^" + mrkdwn.Escape(id) + ">" }
