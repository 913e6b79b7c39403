package render

import (
	"fmt"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/slackbot/slackapi"
	"takeoverbot/takeover"
)

// ProviderFailure says what a failed read means and what to do.
func ProviderFailure(e *takeover.ProviderError, ref takeover.Ref) string {
	t := &takeover.Trouble{Kind: e.Kind, Status: e.Status}
	advice := "Please try again in a moment."
	switch e.Kind {
	case takeover.NotSetUp:
		advice = "Whoever runs the bot has to set its key (`bot doctor` tells more)."
	case takeover.Unsupported:
		advice = "Try the end user's number instead."
	case takeover.KeyRefused:
		advice = "Whoever runs the bot has to check the API key (`bot doctor` tells more)."
	case takeover.Gone:
		advice = "Search the number again: there may be a newer conversation."
	case takeover.Limited:
		if e.RetryAfter > 0 {
			advice = fmt.Sprintf("Please try again in %s.", mrkdwn.Duration(e.RetryAfter))
		}
	}
	return fmt.Sprintf("%s. Nothing was changed: whoever spoke on the line still does. %s · ref %s", TroubleCause(e.Provider, t), advice, ref)
}

// SlackFailure says what Slack refuses for good, and who can mend it.
func SlackFailure(e *slackapi.Error, channel string, ref takeover.Ref) string {
	switch e.Code {
	case "not_in_channel", "channel_not_found":
		return fmt.Sprintf("The bot is not in <#%s>, where the cards stand. Type `/invite` with the bot's name there, then try again. · ref %s", channel, ref)
	case "is_archived", "is_inactive":
		return fmt.Sprintf("<#%s>, where the cards stand, is archived. Whoever runs the bot has to name another channel. · ref %s", channel, ref)
	case "missing_scope":
		return fmt.Sprintf("The bot may not do that in Slack: a permission is missing. Whoever runs it finds which one with `bot doctor`. · ref %s", ref)
	default:
		return fmt.Sprintf("Slack refused (%s). Nothing was changed: whoever spoke on the line still does. `bot doctor` may tell why. · ref %s", mrkdwn.Escape(e.Code), ref)
	}
}
