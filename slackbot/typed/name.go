package typed

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
	"takeoverbot/takeover"
)

// Name is what people call the line's end user, on one line of at most n characters. Names
// often have the number in them, or are nothing else: the numbers of the line are masked in
// the name as they are everywhere. It is empty when the name says nothing but a number.
func Name(l takeover.Line, n int) string { return mrkdwn.OneLine(unnumbered(l.Newest.Name, l), n) }

// AgentName is Name for the line's assistant.
func AgentName(l takeover.Line, n int) string {
	return mrkdwn.OneLine(unnumbered(l.Newest.AgentName, l), n)
}

// unnumbered masks both ends of a line where a name has them in it. It is empty where
// nothing else is in the name.
func unnumbered(name string, l takeover.Line) string {
	name = mrkdwn.OneLine(name, maxLooked)
	rest := name
	for _, end := range []takeover.Target{l.EndUser, l.Agent} {
		masked := end.Masked()
		name = maskIn(name, end)
		rest = strings.ReplaceAll(maskIn(rest, end), masked, "")
	}
	if name != "" && !strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) && rest != name {
		return ""
	}
	return name
}

const (
	// localDigits is how many of its last digits make a number what people dial.
	localDigits = 7
	// maxLooked is how much of a name is looked at, in characters: far more than is shown.
	maxLooked = 1000
	// shortAddress is the shortest address, in characters, that is looked for in a name: a
	// shorter one may be any word.
	shortAddress = 6
)

// maskIn masks a target wherever text has it: a number in any way of writing it, with its
// country or without, and any other address as it is.
func maskIn(text string, t takeover.Target) string {
	address := strings.TrimPrefix(string(t), "sip:")
	if digits := OnlyDigits(address); "+"+digits == address {
		return maskNumber(text, digits, t.Masked())
	}
	if len(address) < shortAddress {
		return text
	}
	return regexp.MustCompile(`(?i)(sips?:)?`+regexp.QuoteMeta(address)).ReplaceAllLiteralString(text, t.Masked())
}

// maskNumber puts masked in the place of the number and of its last digits, however they
// are set apart, as far as no letter is between them.
func maskNumber(text, number, masked string) string {
	start, end := findNumber(text, number)
	if start < 0 {
		return text
	}
	return maskNumber(text[:start], number, masked) + masked + maskNumber(text[end:], number, masked)
}

// findNumber is where, in bytes, the number, or else the most of its last digits, stands in
// a text; -1 if it does not.
func findNumber(text, number string) (start, end int) {
	digits, at := digitsIn(text)
	for from := 0; from == 0 || len(number)-from >= localDigits; from++ {
		i := strings.Index(digits, number[from:])
		if number[from:] == "" || i < 0 {
			continue
		}
		last := at[i+len(number)-from-1]
		_, size := utf8.DecodeRuneInString(text[last:])
		return leftOf(text, at[i]), last + size
	}
	return -1, -1
}

// leftOf goes back over what belongs to the front of a number: its +, ( and 0.
func leftOf(text string, start int) int {
	return len(strings.TrimRightFunc(text[:start], func(r rune) bool { return foldRune(r) == '+' || foldRune(r) == '(' || foldRune(r) == '0' }))
}

// digitsIn are the digits of a text in whatever script, and where, in bytes, each stands.
// A letter stands among them as it is, so that no number goes across it.
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
