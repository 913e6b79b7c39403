package typed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// Name is the name of the line's end user, on one line of at most n characters. Names often
// contain the number, or are the number: the name has the numbers of the line masked, as they
// are everywhere. It is empty if the name is only a number.
func Name(l takeover.Line, n int) string { return mrkdwn.OneLine(unnumbered(l.Newest.Name, l), n) }

// AgentName is Name for the line's assistant.
func AgentName(l takeover.Line, n int) string {
	return mrkdwn.OneLine(unnumbered(l.Newest.AgentName, l), n)
}

// unnumbered masks the addresses of a line's end user and agent in a name. It is empty if the
// name has nothing else.
func unnumbered(name string, l takeover.Line) string {
	name = mrkdwn.OneLine(name, maxLooked)
	rest := name
	for _, end := range []takeover.Target{l.EndUser, l.Agent} {
		masked := end.Masked()
		name = maskIn(name, end)
		rest = strings.ReplaceAll(maskIn(rest, end), masked, "")
	}
	says := strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) })
	if !says && rest != name {
		return ""
	}
	return name
}

const (
	// localDigits is how many last digits of a number people dial without the area code.
	localDigits = 7
	// maxLooked is how much of a name is searched, in characters: far more than is shown.
	maxLooked = 1000
	// shortAddress is the shortest address, in characters, that is masked in a name: a shorter
	// one may be any word.
	shortAddress = 6
)

// maskIn masks a target everywhere in a text: a number in every way of writing it, with its
// country code or without, and any other address as it is.
func maskIn(text string, t takeover.Target) string {
	if number := t.Number(); number != "" {
		return maskNumber(text, number[1:], t.Masked())
	}
	address := strings.TrimPrefix(string(t), "sip:")
	if len(address) < shortAddress {
		return text
	}
	return regexp.MustCompile(`(?i)(sips?:)?`+regexp.QuoteMeta(address)).ReplaceAllLiteralString(text, t.Masked())
}

// maskNumber replaces the number, and its last digits, by masked. Any characters but letters may
// be between the digits.
func maskNumber(text, number, masked string) string {
	start, end := findNumber(text, number)
	if start < 0 {
		return text
	}
	return maskNumber(text[:start], number, masked) + masked + maskNumber(text[end:], number, masked)
}

// findNumber is where, in bytes, a text has the number, or else as many of its last digits as
// possible; -1 if it has neither.
func findNumber(text, number string) (start, end int) {
	digits, at := digitsIn(text)
	for part := number; part != "" && (part == number || len(part) >= localDigits); part = part[1:] {
		if i := strings.Index(digits, part); i >= 0 {
			last := at[i+len(part)-1]
			_, size := utf8.DecodeRuneInString(text[last:])
			return leftOf(text, at[i]), last + size
		}
	}
	return -1, -1
}

// leftOf moves start back over the +, ( and 0 before a number.
func leftOf(text string, start int) int {
	return len(strings.TrimRightFunc(text[:start], func(r rune) bool { return strings.ContainsRune("+(0", foldRune(r)) }))
}

// digitsIn returns the digits of a text, of any script, and where, in bytes, each is. A letter
// becomes an x among them, so that no number reaches across it.
func digitsIn(text string) (digits string, at []int) {
	var found []byte
	for i, r := range text {
		switch f := foldRune(r); {
		case f >= '0' && f <= '9':
			found, at = append(found, byte(f)), append(at, i)
		case unicode.IsLetter(r):
			found, at = append(found, 'x'), append(at, i)
		}
	}
	return string(found), at
}
