package takeover

import "strings"

// Masked is the target as people other than the searcher may see it: the last four
// digits of a number, the first letters of a SIP user.
func (t Target) Masked() string {
	s := string(t)
	if t.Anonymous() {
		return "no number"
	}
	if user, host, ok := strings.Cut(strings.TrimPrefix(s, "sip:"), "@"); ok {
		return "sip:" + head(user, 2) + "…@" + host
	}
	if number := t.Number(); number != "" {
		return "•••• " + number[len(number)-4:]
	}
	return head(s, 2) + "…"
}

// String is the masked form, so that a target that slips into a log or an error is
// not given away.
func (t Target) String() string { return t.Masked() }

func head(s string, n int) string {
	runes := []rune(s)
	return string(runes[:min(n, len(runes))])
}

// Digits drops everything from s but the digits 0 to 9. What a server or a regular expression
// might take for a wildcard does not stay.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
