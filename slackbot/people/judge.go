package people

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// Certainty says how far what is known of a person can be relied on.
type Certainty int

// The certainties. What is known but not fresh counts only while Slack does not answer.
const (
	Unknown Certainty = iota // Slack has not told in the last 30 days
	Old                      // Slack told in the last 30 days
	Fresh                    // Slack told in the last minute; or it told before, and has just failed to answer
)

// askTime bounds how long May waits for Slack: an answer in the acknowledgement waits for it.
const askTime = 1200 * time.Millisecond

// Judge says by what is known, and without a call, whether a person has at least the role: the
// refusal is empty if so, else a sentence that says how to get access. team is the id of the
// person's workspace or organisation in the request that Slack signed; it may be empty. Of an
// Unknown person it says nothing.
func (p *People) Judge(user, team string, needs Role) (refusal string, sure Certainty) {
	p.seen(user)
	own := p.self.last("")
	if own.at.IsZero() {
		return "", Unknown
	}
	elsewhere := team != "" && !own.value.Includes(team)
	if elsewhere && own.value.EnterpriseID == "" {
		return refusedForeign, Fresh
	}
	known := p.persons.last(user)
	who, sure := known.value, known.certainty(p.now())
	switch {
	case sure == Unknown:
		return "", Unknown
	case who.Foreign || elsewhere && !who.OfOrg:
		return refusedForeign, sure
	case !who.Member:
		return "Guests can neither see nor take over conversations. Ask an owner of this workspace to make you a full member, or a colleague to help.", sure
	case needs <= Reader:
		return "", sure
	}
	if needs >= Lead {
		return p.judgeRole(user, needs, sure, p.leadsOnly())
	}
	return p.judgeRole(user, needs, sure, fmt.Sprintf("You may find and read conversations, but only members of %s may take over, hand back or pass them on. Nothing was changed. Ask one of them to act, or the group's owner to add you.",
		mrkdwn.MentionGroup(p.given.Responders)))
}

// leadsOnly refuses what only leads and administrators may do.
func (p *People) leadsOnly() string {
	if p.given.Leads == "" && p.given.Admins == "" {
		return "Only leads may do that, and no group of leads is set up. Nothing was changed. Ask an administrator of the bot to set SLACK_LEADS_GROUP_ID; `bot doctor` shows the settings."
	}
	return fmt.Sprintf("Only leads may do that: the members of %s. Nothing was changed. Ask one of them to act, or the group's owner to add you.", mrkdwn.MentionGroup(cmp.Or(p.given.Leads, p.given.Admins)))
}

const refusedForeign = "People of other organisations can neither see nor take over conversations here. Ask a member of this workspace to help."

// JudgeReceiver says by what is known, and without a call, whether a line may be offered to a
// person: the refusal is empty if so, else a sentence for the operator who offers it.
func (p *People) JudgeReceiver(to takeover.OperatorID) (refusal string, sure Certainty) {
	known := p.persons.last(string(to))
	sure = known.certainty(p.now())
	switch {
	case sure == Unknown:
		return "", Unknown
	case !known.value.Member:
		return fmt.Sprintf("%s cannot take lines: guests, bots and people of other organisations neither see nor act here. Please pick a member of this workspace.", mrkdwn.Mention(to)), sure
	}
	return p.judgeRole(string(to), Responder, sure, fmt.Sprintf("%s may read, but not take over: only members of %s may. Please pick one of them.", mrkdwn.Mention(to), mrkdwn.MentionGroup(p.given.Responders)))
}

// judgeRole compares the role of a full member with what is needed. A role that is known suffices
// although a group that could give a higher one is not.
func (p *People) judgeRole(user string, needs Role, sure Certainty, otherwise string) (refusal string, _ Certainty) {
	groups := Fresh
	for _, id := range p.groupIDs() {
		groups = min(groups, p.groups.last(id).certainty(p.now()))
	}
	switch {
	case p.KnownRole(user) >= needs:
		return "", min(sure, max(groups, Old))
	case groups == Unknown:
		return "", Unknown
	}
	return otherwise, min(sure, groups)
}

// Ask asks Slack for what is not fresh of the bot itself, the groups and these people. It waits
// only as long as ctx allows; what Slack answers later is kept all the same.
func (p *People) Ask(ctx context.Context, users ...string) error {
	var mu sync.Mutex
	var failed []error
	note := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		failed = append(failed, err)
	}
	var calls sync.WaitGroup
	for _, id := range p.groupIDs() {
		calls.Go(func() { note(p.groups.renew(ctx, id, fresh)) })
	}
	if _, err := p.self.get(ctx, "", forever); err != nil {
		note(err)
		users = nil // a person is foreign or not by the bot's own workspace
	}
	for _, user := range users {
		calls.Go(func() { note(p.persons.renew(ctx, user, fresh)) })
	}
	calls.Wait()
	return errors.Join(failed...)
}

// May is Judge for what is shown at once, in the answer to the request: it asks Slack where what
// is known is not fresh, and waits at most 1.2 seconds. It refuses who is unknown even then.
func (p *People) May(ctx context.Context, user, team string, needs Role) (refusal string) {
	refusal, sure := p.Judge(user, team, needs)
	if sure == Fresh {
		return refusal
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	err := p.Ask(ctx, user)
	if refusal, sure = p.Judge(user, team, needs); sure > Unknown {
		return refusal
	}
	p.log.WarnContext(ctx, "person or role unknown", "operator", user, "err", err)
	return NotTold(err)
}

// NotTold is the refusal where Slack has not told who a person is, or who is in the groups.
func NotTold(err error) string {
	return "Slack has not told the bot who you are and what you may do here. Nothing was changed. " + whatNow(err)
}

// whatNow says what helps against a failure of Slack.
func whatNow(err error) string {
	if IsLasting(err) {
		return "An administrator of the bot finds the cause with `bot doctor`."
	}
	return "The bot goes on asking: please press again, or type it again."
}

// IsLasting reports whether Slack will not tell until an administrator of the bot has done something.
func IsLasting(err error) bool {
	refused, ok := errors.AsType[*slackapi.Error](err)
	return ok && refused.Class == slackapi.Permanent
}
