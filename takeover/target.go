package takeover

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Target is one end of a line as the provider knows it: a phone number in E.164
// ("+14155550137"), a SIP URI, or another id. It is personal data: it never reaches
// a log, an error or a metric in full. Use Masked for what people see.
type Target string

// Key is what all spellings of a target have in common: lines are stored and compared by it.
// A SIP address is the same with or without its scheme and its parameters, and with its host in
// any case (RFC 3261, 19.1.4). Any other target has one spelling.
func (t Target) Key() string {
	user, host, ok := t.SIP()
	switch {
	case !ok:
		return string(t)
	case user == "":
		return "sip:" + host
	default:
		return "sip:" + user + "@" + host
	}
}

// nameAddress is a SIP address with a display name, or in angle brackets alone: "Lobby" <sip:lobby@example.com>.
var nameAddress = regexp.MustCompile(`^[^<>]*<([^<>]+)>[^<>]*$`)

// sipPart is what may be a host, or a user behind a letter.
var sipPart = regexp.MustCompile(`^[^\s<>"@;?]+$`)

// SIP takes a SIP address apart, without password, parameters and headers; the host is in lower
// case. ok is false for what is no SIP address, such as a phone number.
func (t Target) SIP() (user, host string, ok bool) {
	s := strings.TrimSpace(string(t))
	if part := nameAddress.FindStringSubmatch(s); part != nil {
		s = strings.TrimSpace(part[1])
	}
	scheme := false
	for _, name := range []string{"sip:", "sips:"} {
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) {
			s, scheme = s[len(name):], true
			break
		}
	}
	user, host, at := strings.Cut(s, "@")
	if !at {
		user, host = "", s
	}
	if end := strings.IndexAny(host, ";?"); end >= 0 {
		host = host[:end]
	}
	user, _, _ = strings.Cut(user, ":") // without the password
	host = strings.ToLower(host)
	if !at && !scheme || !sipPart.MatchString("x"+user) || !sipPart.MatchString(host) {
		return "", "", false
	}
	return user, host, true
}

// Placeholders are further words that providers write for an end user of whom they know neither
// a number nor an address, beside those that the bot knows.
type Placeholders []string

// knownPlaceholders are what networks and providers write for an end user without a number: the
// words of RFC 3323 and of SIP trunks, and what programs make of a missing value.
var knownPlaceholders = [...]string{
	"anonymous", "anonym", "restricted", "private", "unavailable", "unknown", "blocked", "withheld", "hidden",
	"none", "null", "nil", "undefined", "na",
}

// fillers are words that stand beside a placeholder and name no one: "No Caller ID", "Private number".
var fillers = [...]string{"no", "not", "caller", "callerid", "id", "number", "user", "cli", "tel", "sip", "whatsapp"}

// Has reports whether a target is a placeholder, in any letter case and with any marks around
// it: it identifies no one, so that two conversations with it may be of two people. Where only
// digits fit, networks write the word on a telephone's keypad: "+266696687" is "anonymous".
func (p Placeholders) Has(t Target) bool {
	if t.Anonymous() {
		return true // only the bot writes such a target
	}
	if user, host, ok := t.SIP(); ok {
		return strings.HasSuffix(host, ".invalid") || user != "" && p.Has(Target(user))
	}
	words := strings.FieldsFunc(strings.ToLower(string(t)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	rest := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(fillers[:], w) })
	together := strings.Join(words, "")
	switch {
	case strings.Trim(together, "0") == "", p.word(together), p.keyed(together):
		return true
	case len(rest) == 0:
		return slices.Contains(words, "no") // "no caller ID"
	default:
		return !slices.ContainsFunc(rest, func(w string) bool { return !p.word(w) })
	}
}

// word reports whether a word is a placeholder.
func (p Placeholders) word(w string) bool {
	same := func(o string) bool { return strings.EqualFold(w, strings.TrimSpace(o)) }
	return slices.Contains(knownPlaceholders[:], w) || slices.ContainsFunc(p, same)
}

// minKeyed is how many digits a word on a keypad has at least: fewer may be any number.
const minKeyed = 7

// keyed reports whether digits are a placeholder on a keypad.
func (p Placeholders) keyed(digits string) bool {
	same := func(w string) bool { return keypad(w) == digits }
	return len(digits) >= minKeyed && (slices.ContainsFunc(knownPlaceholders[:], same) || slices.ContainsFunc(p, same))
}

// keypad is a word as its letters stand on a telephone's keypad.
func keypad(word string) string {
	const keys = "22233344455566677778889999" // of a to z
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return rune(keys[r-'a'])
	}, strings.ToLower(word))
}

// anonymous begins the target of an end user of whom the provider knows none: each of
// their conversations is a separate line.
const anonymous = "conversation:"

// Anonymous says whether the provider knows no number or address of the end user.
func (t Target) Anonymous() bool { return strings.HasPrefix(string(t), anonymous) }

// owned is a conversation as a provider lists it. One whose end user is not known belongs to an
// end user that no other conversation shares.
func (s *Service) owned(c Conversation) Conversation {
	if s.Placeholders.Has(c.EndUser) {
		c.EndUser = Target(anonymous + string(c.ID))
	}
	return c
}

// alone reports whether a line is one conversation, which has no other one beside it: nothing
// tells which of the provider's conversations are of the same end user.
func (s *Service) alone(l Line) bool { return s.Placeholders.Has(l.EndUser) }
