package socket

import (
	"errors"

	"takeoverbot/slackbot/slackapi"
)

// Trouble says why a connection could not be opened, or was closed for good. Metrics use it as a
// label.
type Trouble string

// The troubles.
const (
	None         Trouble = ""
	LinkDisabled Trouble = "link_disabled"       // Socket Mode is switched off in the app's settings
	TooMany      Trouble = "too_many_websockets" // more than ten connections of the app
	TokenRefused Trouble = "token_refused"       // the token is wrong, revoked, or of another kind
	NoScope      Trouble = "missing_scope"       // the token may not open connections
	Refused      Trouble = "refused"             // Slack refused for another reason
	Unreachable  Trouble = "unreachable"         // no answer of Slack, or no connection
)

// Words say what a trouble is and how to end it; empty for None.
func (t Trouble) Words() string {
	switch t {
	case None:
		return ""
	case LinkDisabled:
		return "Socket Mode is switched off in Slack: switch it on on the app's page Socket Mode, or remove SLACK_APP_TOKEN and set SLACK_SIGNING_SECRET"
	case TooMany:
		return "the app has more than ten Socket Mode connections: run at most five replicas, each has two, and stop every other program that uses this SLACK_APP_TOKEN"
	case TokenRefused:
		return "Slack refuses SLACK_APP_TOKEN: generate an app-level token (xapp-…) with the scope connections:write on the app's page Basic Information, and restart the bot with it"
	case NoScope:
		return "SLACK_APP_TOKEN lacks the scope connections:write: generate an app-level token that has it on the app's page Basic Information, and restart the bot with it"
	case Refused:
		return "Slack refuses to open a Socket Mode connection: check on the app's page Socket Mode that it is switched on"
	default:
		return "no Socket Mode connection can be opened: check that this machine reaches slack.com and wss-primary.slack.com over https, without a proxy that breaks WebSockets"
	}
}

// TroubleOf says what keeps a connection from being opened, by its error; None for nil.
func TroubleOf(err error) Trouble {
	refused, isRefused := errors.AsType[*slackapi.Error](err)
	closed, isClosed := errors.AsType[*closedError](err)
	switch {
	case err == nil:
		return None
	case isClosed:
		return closed.trouble
	case slackapi.IsCode(err, "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "not_allowed_token_type"):
		return TokenRefused
	case slackapi.IsCode(err, "missing_scope"):
		return NoScope
	case isRefused && refused.Class == slackapi.Permanent:
		return Refused
	default:
		return Unreachable
	}
}

// closedError is a connection that Slack ended and will not open again before an operator does
// something, by the reason that it gave.
type closedError struct{ trouble Trouble }

// Error says which reason Slack gave.
func (e *closedError) Error() string { return "Slack closed the connection: " + string(e.trouble) }

// closedBy is what Slack's reason for a disconnect means; nil where the connection is only to be
// replaced.
func closedBy(reason string) error {
	switch trouble := Trouble(reason); trouble {
	case LinkDisabled, TooMany:
		return &closedError{trouble}
	}
	return nil
}
