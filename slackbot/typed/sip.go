package typed

import (
	"regexp"
	"strings"
)

var (
	sipScheme = regexp.MustCompile(`(?i)^(?:sips?|mailto):`)
	// sipUser is the user part of RFC 3261, 25.1, without a password.
	sipUser = regexp.MustCompile(`^[A-Za-z0-9\-_.!~*'()%&=+$,;?/]{1,64}$`)
	// sipHost is a name, an IPv4 or an IPv6 address, with or without a port.
	sipHost = regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9.\-]{0,253}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$`)
)

// takeSIP removes the SIP addresses from a text. A word is one if it has a scheme or looks like
// guest@host.
func takeSIP(folded string) (found []Address, rest string, err error) {
	var words []string
	for word := range strings.FieldsSeq(folded) {
		t, ok, err := sipOf(word)
		if err != nil {
			return nil, "", err
		}
		if ok {
			found = append(found, t)
			words = append(words, ",") // so that the digits before and after it make no number together
			continue
		}
		words = append(words, word)
	}
	return found, strings.Join(words, " "), nil
}

// sipOf reads one word. ok is false if it is not a SIP address; err says that it is an incomplete
// one.
func sipOf(word string) (t Address, ok bool, err error) {
	address := strings.Trim(word, "\"'`([{,.;:!?)]}*~|")
	scheme := sipScheme.FindString(address)
	user, host, at := strings.Cut(address[len(scheme):], "@")
	if scheme == "" && (!at || user == "") {
		return t, false, nil // a word, or the name of a person
	}
	user, _, _ = strings.Cut(user, ":") // without the password
	host, _, _ = strings.Cut(host, ";")
	host, _, _ = strings.Cut(host, "?")
	host = strings.ToLower(host)
	if !at || !sipUser.MatchString(user) || !sipHost.MatchString(host) {
		return t, false, errorf("“%s” is not a whole SIP address: please write it like sip:lobby@example.com.", quoteTyped(word))
	}
	value := "sip:" + user + "@" + host
	return Address{Value: value, Display: value}, true, nil
}
