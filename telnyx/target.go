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

// sameTarget compares two targets: exactly, but SIP addresses with or without their
// scheme and with the host in any case (RFC 3261, 19.1.4).
func sameTarget(a, b string) bool {
	if a == b {
		return a != ""
	}
	userA, hostA, okA := splitSIP(a)
	userB, hostB, okB := splitSIP(b)
	return okA && okB && userA == userB && strings.EqualFold(hostA, hostB)
}

// splitSIP takes a SIP address apart: what is before the last @, and the rest. ok is
// false for what is no SIP address, such as a phone number.
func splitSIP(s string) (user, host string, ok bool) {
	scheme := len(s) >= 4 && strings.EqualFold(s[:4], "sip:")
	if scheme {
		s = s[4:]
	}
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		return s[:at], s[at+1:], at+1 < len(s)
	}
	return "", s, scheme && s != ""
}

// lastDigits reports whether a target is a number, or a SIP address with a number as its
// user, that ends in digits.
func lastDigits(target, digits string) bool {
	if user, _, ok := splitSIP(target); ok {
		target = user
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
