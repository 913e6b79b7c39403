package phone

import (
	"cmp"
	"strings"

	"takeoverbot/slackbot/mrkdwn"
)

// What stands for a mention whose name is not known: an id of Slack says nothing to an end user.
const (
	unknownPerson  = "a colleague"
	unknownGroup   = "the team"
	unknownChannel = "a channel"
)

// link is what a phone shows of <target|label>; label is empty where there is none.
func link(target, label string, name func(userID string) string) string {
	label = mrkdwn.Visible(label)
	switch rest := target[1:]; target[0] {
	case '@':
		known := ""
		if name != nil {
			known = mrkdwn.Visible(name(rest))
		}
		return cmp.Or(known, strings.TrimPrefix(label, "@"), unknownPerson)
	case '#':
		if label == "" {
			return unknownChannel
		}
		return "#" + strings.TrimPrefix(label, "#")
	case '!':
		return command(rest, label)
	}
	address := target
	for _, scheme := range []string{"mailto:", "tel:"} {
		if after, ok := cutPrefixFold(target, scheme); ok {
			address, _, _ = strings.Cut(after, "?")
		}
	}
	switch {
	case label == "":
		return address
	case sameAddress(address, label):
		return label
	}
	return label + " (" + address + ")"
}

// command is what a phone shows of <!command|label>: a group, a date, or everybody in a channel.
func command(command, label string) string {
	kind, _, _ := strings.Cut(command, "^")
	switch kind {
	case "here", "channel", "everyone":
		return "@" + kind
	case "subteam":
		return cmp.Or(strings.TrimPrefix(label, "@"), unknownGroup)
	}
	return label
}

// sameAddress reports whether a label only repeats its address, as the labels do that Slack makes
// of an address that was typed: <http://example.com|example.com>, <tel:+14155550137|+1 415 555 0137>.
func sameAddress(address, label string) bool {
	return bare(address) == bare(label)
}

// bare is an address without what does not matter in it.
func bare(address string) string {
	for _, scheme := range []string{"http://", "https://"} {
		address, _ = cutPrefixFold(address, scheme)
	}
	address = strings.TrimSuffix(address, "/")
	if number := strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(address); isNumber(number) {
		return number
	}
	return address
}

// isNumber reports whether s is a phone number without spaces.
func isNumber(s string) bool {
	return s != "" && strings.Trim(strings.TrimPrefix(s, "+"), "0123456789") == ""
}

// cutPrefixFold is strings.CutPrefix for a prefix of ASCII in any case.
func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
