package slackbot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Finding is what a check found out: fine, or what is wrong and how to mend it.
type Finding struct {
	What string // what was looked at
	OK   bool
	Fix  string // what to do; empty when OK
	Note string // a detail worth knowing; may be empty
}

// Scopes are the permissions the bot asks for, as in manifest.yml, each with its reason.
func Scopes() map[string]string {
	return map[string]string{
		"commands":         "the /takeover command",
		"chat:write":       "cards, threads and private answers",
		"files:write":      "the whole transcript as a text file",
		"users:read":       "who is a guest, and people's time zones",
		"channels:read":    "bot doctor: whether the bot is in the desk's channel",
		"groups:read":      "the same where the desk's channel is private",
		"channels:history": "to look whether a message stands already when Slack's answer was lost, so that nothing is posted twice",
		"groups:history":   "the same where the desk's channel is private",
	}
}

// Check asks Slack whether the bot can work there: token, scopes, channel, clock.
func (b *Bot) Check(ctx context.Context) []Finding {
	own, err := b.slack.authTest(ctx)
	if err != nil {
		return []Finding{{What: "Slack accepts the bot token", Fix: tokenFix(err)}}
	}
	findings := []Finding{
		{What: "Slack accepts the bot token", OK: true, Note: fmt.Sprintf("workspace %s, bot %s", own.Team, own.UserID)},
		scopeFinding(own.Scopes),
		b.channelFinding(ctx, own),
	}
	return append(findings, b.clockFinding(ctx))
}

func tokenFix(err error) string {
	switch {
	case isCode(err, "invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired"):
		return "put the Bot User OAuth Token (xoxb-…) of the installed app into SLACK_BOT_TOKEN; reinstall the app if it was revoked"
	default:
		return "Slack did not answer as expected: check SLACK_API_URL and that this machine reaches slack.com over https"
	}
}

func scopeFinding(granted []string) Finding {
	f := Finding{What: "Slack granted every scope", OK: true}
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
		f.OK, f.Fix = false, "add "+strings.Join(missing, ", ")+" under OAuth & Permissions (or paste the output of `bot manifest` anew) and reinstall the app"
	}
	return f
}

func (b *Bot) channelFinding(ctx context.Context, own identity) Finding {
	f := Finding{What: "the bot is in the desk's channel", OK: true}
	channel, err := b.slack.conversationInfo(ctx, b.cfg.Channel)
	switch {
	case isCode(err, "missing_scope"):
		f.OK, f.Fix = false, "grant channels:read and groups:read, so that this can be checked"
	case err != nil:
		f.OK, f.Fix = false, "check SLACK_CHANNEL_ID: Slack does not show the bot that channel. If it is private, type /invite @takeover in it"
	case channel.IsArchived:
		f.OK, f.Fix = false, fmt.Sprintf("#%s is archived: name another channel in SLACK_CHANNEL_ID", channel.Name)
	case !channel.IsMember:
		f.OK, f.Fix = false, fmt.Sprintf("type /invite <@%s> in #%s", own.UserID, channel.Name)
	default:
		f.Note = "#" + channel.Name
	}
	return f
}

// clockSlack is how far Slack accepts a clock to be off when it checks a signature, and
// a fifth of it is where it should be mended.
const clockSlack = time.Minute

func (b *Bot) clockFinding(ctx context.Context) Finding {
	f := Finding{What: "the clock is right", OK: true}
	off, err := b.slack.clockOff(ctx)
	switch {
	case errors.Is(err, errNoDate):
		f.Note = "Slack's answer carried no date to compare with"
	case err != nil:
		f.OK, f.Fix = false, "Slack could not be asked for the time"
	case off.Abs() > clockSlack:
		f.OK, f.Fix = false, fmt.Sprintf("set the clock: it is off by %s, and signatures are refused beyond five minutes", off.Round(time.Second))
	}
	return f
}
