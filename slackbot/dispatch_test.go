package slackbot

import (
	"net/url"
)

// slashBody is a typed command as Slack sends it.
func slashBody(user, text string) []byte {
	return []byte(url.Values{
		"team_id": {"T0DEMO"}, "channel_id": {"C0DESK"}, "user_id": {user}, "command": {"/takeover"}, "text": {text},
		"response_url": {"https://hooks.slack.com/commands/T0DEMO/1/a"}, "trigger_id": {"1.2.a"}, "api_app_id": {"A0DEMO"},
	}.Encode())
}
