package phone

import (
	"regexp"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
)

// address finds what may be an address. Its host begins behind a scheme, or is all there is.
var address = regexp.MustCompile("(?:[A-Za-z][A-Za-z0-9+.-]*://)?[^\\s<>()\\[\\]\"'`|]+")

// Internal reports whether a message in mrkdwn holds a link that an end user cannot open: into
// Slack, where files and messages ask for a sign-in, or to a file on a computer.
func Internal(message string) bool {
	for _, found := range address.FindAllString(Text(message, nil), -1) {
		if internal(strings.ToLower(found)) {
			return true
		}
	}
	return false
}

// group finds what Slack makes of the name of a channel, a user group, or everybody in a channel.
var group = regexp.MustCompile(`<(?:#|!subteam\^|!(?:here|channel|everyone)\b)[^<>]*>`)

// Group reports whether a message in mrkdwn names a channel, a user group or everybody in a channel.
// An end user knows none of them.
func Group(message string) bool { return group.MatchString(mrkdwn.StripHidden(message)) }

// internal reports whether an address in lower case leads into Slack or to a file.
func internal(address string) bool {
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		scheme, rest = "", address
	}
	host := rest
	if i := strings.IndexAny(host, `/\?#`); i >= 0 {
		host = host[:i]
	}
	if i := strings.LastIndex(host, "@"); i >= 0 {
		if scheme == "" {
			return false // an e-mail address
		}
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	host = strings.TrimRight(host, ".,;!*_~")
	for _, slack := range []string{"slack.com", "slack-gov.com"} {
		if host == slack || strings.HasSuffix(host, "."+slack) {
			return true
		}
	}
	return scheme == "slack" || scheme == "file"
}
