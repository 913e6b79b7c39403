package telnyx

import (
	"errors"
	"regexp"
	"strings"

	"takeoverbot/takeover"
)

var errBadKey = errors.New("not the name of a metadata entry")

var (
	entryKey = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.\-]{0,63}$`)
	phone    = regexp.MustCompile(`^\+?[0-9]+$`)
)

// sameTarget compares two targets, of which neither is empty, by what their spellings have in common.
func sameTarget(a, b string) bool {
	return a != "" && takeover.Target(a).Key() == takeover.Target(b).Key()
}

// spellings are the ways in which the server may have stored a target, as far as they can be told:
// it compares exactly.
func spellings(t string) []string {
	user, host, ok := takeover.Target(t).SIP()
	if !ok || user == "" {
		return []string{t}
	}
	all := []string{t}
	for _, other := range []string{"sip:" + user + "@" + host, user + "@" + host} {
		if other != t {
			all = append(all, other)
		}
	}
	return all
}

// lastDigits reports whether a target is a number, or a SIP address with a number as its
// user, that ends in digits.
func lastDigits(target, digits string) bool {
	if user, _, ok := takeover.Target(target).SIP(); ok {
		target = user
	}
	if number := takeover.Target(target).Number(); number != "" {
		return strings.HasSuffix(number, digits)
	}
	return phone.MatchString(target) && strings.HasSuffix(target, digits)
}

// channelOf sorts Telnyx's channel names. An unknown one is a call if there is call
// control; two phone numbers alone do not make it a text.
func channelOf(m Metadata) takeover.Channel {
	switch m.Text(keyChannel) {
	case "sms_chat", "sms":
		return takeover.ChannelText
	case "phone_call", "web_call", "websocket_call", "voice":
		return takeover.ChannelCall
	case "web_chat":
		return takeover.ChannelWeb
	}
	if m.Text(keyCallControl) != "" {
		return takeover.ChannelCall
	}
	return takeover.ChannelOther
}
