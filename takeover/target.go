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

// knownPlaceholders are what networks and providers write where they do not know the end user's number:
// the words of RFC 3323 and of SIP trunks, and what programs make of a missing value.
var knownPlaceholders = [...]string{
	"anonymous", "anonym", "restricted", "private", "unavailable", "unknown", "blocked", "withheld", "hidden",
	"none", "null", "nil", "undefined", "na",
}

// fillers are words that stand beside a placeholder and identify nobody: "No Caller ID", "Private number".
var fillers = [...]string{"no", "not", "caller", "callerid", "id", "number", "user", "cli", "tel", "sip", "whatsapp"}

// Has reports whether a target is a placeholder, in any letter case and with any marks around
// it: it identifies nobody, so that two conversations with it may be with two people. Where only
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

// number is a phone number as providers store it: E.164, with or without its plus, and with or
// without the word of a messenger or a scheme before it ("whatsapp:+14155550137").
var number = regexp.MustCompile(`^(?i:whatsapp:|sms:|tel:)?\+?([0-9]{6,15})$`)

// Number is the phone number that a target is, with a plus: "+14155550137". It is empty for a
// SIP address, the name of a sender and other ids. Digits without a plus count as international:
// that is how bare numbers are stored.
func (t Target) Number() string {
	part := number.FindStringSubmatch(string(t))
	if part == nil {
		return ""
	}
	return "+" + part[1]
}

// Forms are the targets under which a provider may know the end user of a number, the number
// itself first. Other targets have one form.
func (t Target) Forms() []Target {
	number := t.Number()
	if number == "" || !strings.HasPrefix(string(t), "+") {
		return []Target{t}
	}
	var forms []Target
	for _, n := range []string{number, t.OtherForm()} {
		if n != "" {
			forms = append(forms, Target(n), Target(n[1:]), Target("whatsapp:"+n))
		}
	}
	return forms
}

// OtherForm is the same number of a mobile phone in Mexico or Argentina with, or without, the
// digit that is dialled between country code and number from abroad; empty for other numbers.
// Carriers and messengers do not agree on it.
func (t Target) OtherForm() string {
	number := t.Number()
	for country, digit := range map[string]string{"+52": "1", "+54": "9"} {
		national, ok := strings.CutPrefix(number, country)
		switch {
		case !ok:
		case len(national) == 10:
			return country + digit + national
		case len(national) == 11 && strings.HasPrefix(national, digit):
			return country + national[1:]
		}
	}
	return ""
}

// Is says whether two targets are the same end user, in any spelling and any form of the number.
func (t Target) Is(o Target) bool {
	if t.Key() == o.Key() {
		return true
	}
	mine, theirs := Target(t.Number()), Target(o.Number())
	return mine != "" && theirs != "" && (mine == theirs || mine.OtherForm() == string(theirs))
}

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
