package slackbot

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"takeoverbot/slackbot/ids"
	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/people"
	"takeoverbot/slackbot/slackapi"
)

// Finding is the result of a check: fine, or what is wrong and how to fix it.
type Finding struct {
	What string // what is so, where all is well
	Not  string // what is so instead
	OK   bool
	Fix  string // what to do; empty when OK
	Note string // a detail worth knowing; may be empty
	// Warn says that nothing is to be fixed, but that an administrator of the bot should know of it.
	Warn bool
}

// Scopes are the permissions the bot asks for, as in manifest.yml, each with its reason.
func Scopes() map[string]string {
	return map[string]string{
		"commands":         "the /takeover command and the shortcut Find this number",
		"chat:write":       "cards, threads, private answers and direct messages",
		"files:read":       "the pictures that operators post for end users",
		"files:write":      "the whole transcript as a text file, and the pictures that end users send",
		"users:read":       "who is a guest, people's time zones, and bot doctor: of which app the bot is",
		"channels:read":    "bot doctor: whether the bot is in the desk's channel",
		"groups:read":      "the same where the desk's channel is private",
		"channels:history": "words like !take in the threads of cards; and to look whether a message was posted already when Slack's answer was lost, so that nothing is posted twice",
		"groups:history":   "the same where the desk's channel is private",
		"im:write":         "direct messages: a handoff that is offered, a hold that runs out",
		"im:history":       "to look whether a direct message was posted already when Slack's answer was lost, so that no message is sent twice",
		"reactions:write":  "one reaction on a line for the end user, which says what became of it",
		"usergroups:read":  "who is a responder, a lead or an administrator, by user group",
	}
}

// Events are the events that the bot answers, as in manifest.yml, each with the scope that
// Slack asks for it; app_home_opened needs none.
func Events() map[string]string {
	return map[string]string{
		"app_home_opened":  "",
		"message.channels": "channels:history",
		"message.groups":   "groups:history",

		"subteam_members_changed": "usergroups:read",
		"subteam_updated":         "usergroups:read",
		"user_change":             "users:read",
	}
}

// Shortcuts are the callback ids of the shortcuts that the bot answers.
func Shortcuts() []string { return []string{ids.FindNumber} }

// check asks Slack about the settings.
type check struct {
	cfg   Config
	slack *slackapi.Client
}

// Check asks Slack whether the bot can work there: token, scopes, channel, groups, clock.
func Check(ctx context.Context, cfg Config, client *http.Client) []Finding {
	c := newCheck(cfg, client)
	own, findings := c.tokenFindings(ctx)
	if own.UserID == "" {
		return findings
	}
	// Now, before further calls take their time; the date has no fraction.
	ahead := time.Until(own.Date.Add(time.Second / 2))
	findings = append(append(findings, c.channelFindings(ctx, own)...), c.groupFindings(ctx)...)
	if own.Date.IsZero() {
		return findings
	}
	return append(findings, ClockFinding("Slack", ahead))
}

// CheckToken asks Slack about the bot token alone: whether it is one, and which scopes it has.
func CheckToken(ctx context.Context, cfg Config, client *http.Client) []Finding {
	_, findings := newCheck(cfg, client).tokenFindings(ctx)
	return findings
}

// CheckChannel asks Slack whether the bot can work in the desk's channel. The token is checked
// before.
func CheckChannel(ctx context.Context, cfg Config, client *http.Client) []Finding {
	c := newCheck(cfg, client)
	own, findings := c.tokenFindings(ctx)
	if own.UserID == "" {
		return findings
	}
	return c.channelFindings(ctx, own)
}

// CheckGroups asks Slack about the user groups that are set. The token is checked before.
func CheckGroups(ctx context.Context, cfg Config, client *http.Client) []Finding {
	return newCheck(cfg, client).groupFindings(ctx)
}

func newCheck(cfg Config, client *http.Client) check {
	return check{cfg, slackapi.New(slackapi.Config{Token: cfg.Token, APIURL: cfg.APIURL, HTTP: client})}
}

// tokenFindings are about the bot token; own is zero where Slack does not accept it.
func (c check) tokenFindings(ctx context.Context) (own slackapi.Identity, findings []Finding) {
	own, err := c.slack.AuthTest(ctx)
	if err != nil {
		return slackapi.Identity{}, []Finding{{Not: tokenNot(err), Fix: tokenFix(err)}}
	}
	return own, []Finding{
		{What: "Slack accepts the bot token", OK: true, Note: fmt.Sprintf("workspace %s, bot %s", own.Team, own.UserID)},
		scopeFinding(own.Scopes),
	}
}

// channelFindings are about the desk's channel, and about who is in it.
func (c check) channelFindings(ctx context.Context, own slackapi.Identity) []Finding {
	findings := []Finding{c.channelFinding(ctx, own)}
	if findings[0].OK {
		findings = append(findings, c.outsidersFinding(ctx))
	}
	return findings
}

// refusedToken says whether Slack knows no such token.
func refusedToken(err error) bool {
	return slackapi.IsCode(err, "invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired")
}

func tokenNot(err error) string {
	if refusedToken(err) {
		return "Slack refuses the bot token"
	}
	return "Slack does not answer as expected"
}

func tokenFix(err error) string {
	switch {
	case refusedToken(err):
		return "put the Bot User OAuth Token (xoxb-…) of the installed app into SLACK_BOT_TOKEN; reinstall the app if it was revoked"
	default:
		return "check SLACK_API_URL and that this machine reaches slack.com over https"
	}
}

func scopeFinding(granted []string) Finding {
	f := Finding{What: "Slack granted every scope", Not: "scopes are missing", OK: true}
	if len(granted) == 0 {
		f.Note = "Slack did not say which scopes the token has"
		return f
	}
	var missing []string
	for scope := range Scopes() {
		if !slices.Contains(granted, scope) {
			missing = append(missing, scope)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		f.OK, f.Fix = false, "add "+strings.Join(missing, ", ")+" under OAuth & Permissions (or paste the output of `bot manifest` again) and reinstall the app"
	}
	return f
}

func (c check) channelFinding(ctx context.Context, own slackapi.Identity) Finding {
	f := Finding{What: "the bot is in the desk's channel", Not: "the bot cannot work in the desk's channel", OK: true}
	channel, err := c.slack.ChannelInfo(ctx, c.cfg.Desks[0].Channel)
	switch {
	case slackapi.IsCode(err, "missing_scope"):
		f.Not, f.OK, f.Fix = "whether the bot is in the desk's channel cannot be checked", false, "grant channels:read and groups:read"
	case err != nil:
		f.OK, f.Fix = false, fmt.Sprintf("check SLACK_CHANNEL_ID: Slack does not show the bot that channel. If it is private, type /invite @%s in it", own.Name)
	case channel.IsArchived:
		f.OK, f.Fix = false, fmt.Sprintf("#%s is archived: name another channel in SLACK_CHANNEL_ID", channel.Name)
	case !channel.IsMember:
		f.OK, f.Fix = false, fmt.Sprintf("type /invite @%s in #%s", own.Name, channel.Name)
	default:
		f.Note = "#" + channel.Name
	}
	return f
}

// outsidersFinding is about people in the desk's channel who may not see conversations.
func (c check) outsidersFinding(ctx context.Context) Finding {
	desk := c.cfg.Desks[0]
	f := Finding{What: "only full members of the workspace are in the desk's channel", OK: true}
	found, err := people.New(c.slack, desk.Groups, nil, time.Now, slog.New(slog.DiscardHandler)).Outsiders(ctx, desk.Channel)
	switch {
	case err != nil:
		f.What, f.Warn, f.Note = "whether guests are in the desk's channel is not known", true, "Slack did not tell who each member is"
	case found.Any() && desk.MembersOnly:
		f.Not, f.OK = fmt.Sprintf("in the desk's channel: %s, and the bot posts nothing there meanwhile", found), false
		f.Fix = "remove them from the channel, name another one in SLACK_CHANNEL_ID, or set SLACK_OUTSIDERS to tell"
	case found.Any():
		f.What, f.Warn = fmt.Sprintf("in the desk's channel: %s, who can read every card and thread there", found), true
		f.Note = "Slack decides who reads a channel; SLACK_OUTSIDERS=refuse keeps the bot from posting while they are there"
	}
	return f
}

// groupFindings are about the user groups that give roles, one for each that is set.
func (c check) groupFindings(ctx context.Context) []Finding {
	var findings []Finding
	for _, g := range []struct{ name, variable, id string }{
		{"responders", "SLACK_RESPONDERS_GROUP_ID", c.cfg.Desks[0].Groups.Responders},
		{"leads", "SLACK_LEADS_GROUP_ID", c.cfg.Desks[0].Groups.Leads},
		{"administrators", "SLACK_ADMINS_GROUP_ID", c.cfg.Desks[0].Groups.Admins},
	} {
		if g.id != "" {
			findings = append(findings, c.groupFinding(ctx, g.name, g.variable, g.id))
		}
	}
	return findings
}

func (c check) groupFinding(ctx context.Context, name, variable, id string) Finding {
	f := Finding{What: "the user group of the " + name + " has members", Not: "the user group of the " + name + " gives no role to anyone", OK: true}
	members, err := c.slack.GroupMembers(ctx, id)
	switch {
	case slackapi.IsCode(err, "missing_scope"):
		f.OK, f.Fix = false, "grant usergroups:read; without it, user groups give no roles"
	case slackapi.IsCode(err, "plan_upgrade_required", "paid_teams_only"):
		f.OK, f.Fix = false, "this workspace's plan has no user groups: leave "+variable+" empty"
	case slackapi.IsCode(err, "no_such_subteam", "subteam_not_found", "invalid_arguments"):
		f.OK, f.Fix = false, "check "+variable+": Slack knows no such user group. Its id (S…) is in the address of the group's page"
	case err != nil:
		f.Not, f.OK, f.Fix = "the user group of the "+name+" cannot be checked", false, "Slack did not answer: try again"
	case len(members) == 0:
		f.OK, f.Fix = false, "add people to the group in Slack: it is empty, or disabled"
	default:
		f.Note = mrkdwn.Count(len(members), "member")
	}
	return f
}

// maxOffset is from when on a clock is to be put right. Below it, an answer that was a second
// on its way could be the cause.
const maxOffset = 2 * time.Second

// ClockFinding says whether this machine's clock agrees with that of a service, which is ahead
// of it by so much, or behind where that is negative.
func ClockFinding(service string, ahead time.Duration) Finding {
	f := Finding{What: service + "'s clock and this machine's agree", Not: service + "'s clock and this machine's differ", OK: ahead.Abs() < maxOffset}
	if !f.OK {
		side := "ahead of"
		if ahead > 0 {
			side = "behind"
		}
		f.Fix = fmt.Sprintf("the clock of this machine is %.0f s %s %s's: run chrony or ntpd here (`timedatectl` tells whether one keeps it right)",
			ahead.Abs().Seconds(), side, service)
	}
	return f
}
