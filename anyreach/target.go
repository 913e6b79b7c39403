package anyreach

import (
	"regexp"
	"strings"

	"takeoverbot/takeover"
)

// phone is a number as integrators store it: international, with or without its plus,
// perhaps with spaces or marks between the digits.
var phone = regexp.MustCompile(`^\+?[0-9](?:[ .()\-]{0,3}[0-9]){7,14}$`)

// numberOf is a stored number in E.164; "" for what is no number. A number without a plus
// counts as international: that is how bare numbers are stored.
func numberOf(userID string) string {
	userID = strings.TrimSpace(userID)
	if number := takeover.Target(userID).Number(); strings.Contains(userID, ":") && number != "" {
		return number // "whatsapp:+14155550137"
	}
	if !phone.MatchString(userID) {
		return ""
	}
	return "+" + takeover.Digits(userID)
}

// sameEndUser reports whether a stored id is the wanted end user: compared as numbers if
// wanted is one, else as text in any case.
func sameEndUser(userID, wanted string) bool {
	if number := numberOf(wanted); number != "" {
		return takeover.Target(number).Is(takeover.Target(numberOf(userID)))
	}
	return wanted != "" && strings.EqualFold(takeover.Target(strings.TrimSpace(userID)).Key(), takeover.Target(wanted).Key())
}

// lastDigits reports whether a stored id is a number that ends in digits.
func lastDigits(userID, digits string) bool {
	return strings.HasSuffix(numberOf(userID), digits)
}
