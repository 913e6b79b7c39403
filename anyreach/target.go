package anyreach

import (
	"regexp"
	"strings"
)

// phone is a number as integrators store it: international, with or without its plus,
// perhaps with marks between the digits.
var phone = regexp.MustCompile(`^\+?[0-9](?:[ .()\-]{0,3}[0-9]){7,14}$`)

// numberOf is a stored number in E.164; "" for what is no number. One without a plus is
// taken as international: that is how numbers are stored bare.
func numberOf(userID string) string {
	userID = strings.TrimSpace(userID)
	if !phone.MatchString(userID) {
		return ""
	}
	return "+" + onlyDigits(userID)
}

// sameEndUser says whether a stored id is the end user that was asked for: as numbers
// where both are, else as text in any case.
func sameEndUser(userID, wanted string) bool {
	if number := numberOf(wanted); number != "" {
		return numberOf(userID) == number
	}
	return wanted != "" && strings.EqualFold(strings.TrimSpace(userID), wanted)
}

// lastDigits says whether a stored id is a number that ends in digits.
func lastDigits(userID, digits string) bool {
	return strings.HasSuffix(numberOf(userID), digits)
}

// onlyDigits drops everything else. Nothing that a server might take for a wildcard
// stays.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
