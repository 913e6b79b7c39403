package slackbot

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
)

// appOfToken is an app-level token with the id of its app in it, xapp-1-A…-…: not documented by Slack,
// but so in all that it gives out. What says it for certain is a connection's first message; none is
// opened for that, because Slack would send it clicks.
var appOfToken = regexp.MustCompile(`^xapp-[0-9]+-(A[A-Z0-9]+)-`)

// CheckOneApp says whether the bot token and the app-level token are of one app: with those of two, the
// bot would get the requests of one and could answer none of them. Both are set. Nothing is found where
// Slack refuses the bot token, which CheckToken says.
func CheckOneApp(ctx context.Context, cfg Config, client *http.Client) []Finding {
	f := Finding{What: "both Slack tokens are of one app", Not: "the Slack tokens are of two apps", OK: true}
	slack := newCheck(cfg, client).slack
	own, err := slack.AuthTest(ctx)
	if err != nil {
		return nil
	}
	ofBot, err := slack.BotApp(ctx, own.BotID)
	ofToken := appOfToken.FindStringSubmatch(cfg.AppToken)
	switch {
	case err != nil || ofBot == "":
		f.What, f.Note = "whether both Slack tokens are of one app is not known", "Slack does not say of which app the bot is"
	case ofToken == nil:
		f.What, f.Note = "whether both Slack tokens are of one app is not known", "SLACK_APP_TOKEN does not say of which app it is"
	case ofToken[1] != ofBot:
		f.OK, f.Fix = false, fmt.Sprintf("SLACK_BOT_TOKEN is of the app %s, SLACK_APP_TOKEN of the app %s: take both from the pages of the same app, https://api.slack.com/apps/%[1]s "+
			"(the bot token from OAuth & Permissions, the app-level token from Basic Information)", ofBot, ofToken[1])
	default:
		f.Note = "app " + ofBot
	}
	return []Finding{f}
}
