package typed

import (
	"regexp"
	"strings"
	"unicode"

	"takeoverbot/slackbot/mrkdwn"
)

// foldMessage is a line of a message that was not written for the bot, in the form in which it is
// searched. Dashes beside a word are no part of a number: "0137—please".
func foldMessage(line string) string {
	line = besideWord.ReplaceAllString(mrkdwn.StripHidden(mrkdwn.Clip(line, maxLine)), "$1 $2")
	folded, _ := unlink(decodeEntities(foldShapes(line)))
	return folded
}

var besideWord = regexp.MustCompile(`(\pL?)[–—](\pL?)`)

// oneDay is a date or a month: "2026-08-03", "3.8.2026", "8/3/26", "04/2019", "2019-04", and
// "20260803 210459".
const oneDay = `(?:(?:19|20)\d{2}[\-/.]\d{1,2}[\-/.]\d{1,2}|\d{1,2}[\-/.]\d{1,2}[\-/.](?:19|20)?\d{2}` +
	`|\d{1,2}[\-/.](?:19|20)\d{2}|(?:19|20)\d{2}[\-/](?:1[0-2]|0[1-9])|(?:19|20)\d{2}[01]\d[0-3]\d(?: [0-2]\d[0-5]\d[0-5]\d)?)`

var (
	// chatLink is a link that opens a chat with a number.
	chatLink = regexp.MustCompile(`(?i)(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)(?:\+|%2B)?(\d{7,15})\b\S*`)
	// webAddress is an address with a scheme, or a host name with a path.
	webAddress = regexp.MustCompile(`(?i)(?:[a-z][a-z0-9.\-]*://|(?:[a-z0-9\-]+\.)+[a-z]{2,}[/?])\S*`)
	// clock is a time of day with what follows it: "21:04:59.123+00:00".
	clock = regexp.MustCompile(`\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s?[+\-]\d{2}:?\d{2})?\b`)
	// day is a date or a month in numbers, or two of them with a dash between them; years are
	// "2019-2022" and "2019/20".
	day   = regexp.MustCompile(`\b` + oneDay + `(?: ?- ?` + oneDay + `)?\b`)
	years = regexp.MustCompile(`\b(?:19|20)\d{2} ?[/\-] ?(?:(?:19|20)\d{2}|\d{2})\b`)
	// ipAddress is an IPv4 address.
	ipAddress = regexp.MustCompile(`\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b`)
	// token is a word without the marks that programs write around a value: "{"from":"+14…"}".
	token = regexp.MustCompile(`[^\s"'<>{}()\[\],;:=?&|+*` + "`" + `]+`)
)

// dropLookalikes replaces by commas what has digits and is no number: dates, times, addresses of
// web pages and servers, and digits that touch letters, as in order numbers and digests.
func dropLookalikes(text string) string {
	text = chatLink.ReplaceAllString(text, ", +$1, ")
	for _, pattern := range []*regexp.Regexp{webAddress, clock} {
		text = pattern.ReplaceAllString(text, ", ")
	}
	for _, pattern := range []*regexp.Regexp{day, years, ipAddress} {
		text = replaceAlone(text, pattern)
	}
	return token.ReplaceAllStringFunc(text, func(word string) string {
		if strings.ContainsFunc(word, isDigit) && strings.ContainsFunc(word, spaced) {
			return ", "
		}
		return word
	})
}

// replaceAlone replaces by commas what pattern matches, unless the match is a part of a longer
// row of digits: "01.42.68.53.00" begins like a date.
func replaceAlone(text string, pattern *regexp.Regexp) string {
	var b strings.Builder
	done := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		if continuesBefore.MatchString(text[:at[0]]) || continuesAfter.MatchString(text[at[1]:]) {
			continue
		}
		b.WriteString(text[done:at[0]] + ", ")
		done = at[1]
	}
	return b.String() + text[done:]
}

var (
	continuesBefore = regexp.MustCompile(`(?:\d[.\-/()]|[+(]|\d\) ?)$`)
	continuesAfter  = regexp.MustCompile(`^(?:[.\-/()]\d|\) ?\d)`)
)

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// spaced says whether r is a letter of a script that puts spaces between words: in Chinese or
// Thai a number touches the letters around it.
func spaced(r rune) bool {
	return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek)
}

// fourDigits is a group of as many digits as people call the last ones of a number.
var fourDigits = regexp.MustCompile(`\d+`)

// LastDigitsIn is the only group of four digits in a message that has no number; empty if it has
// none or several.
func LastDigitsIn(text string) string {
	digits := ""
	for line := range strings.Lines(text) {
		for _, group := range fourDigits.FindAllString(dropLookalikes(foldMessage(line)), -1) {
			switch {
			case len(group) != 4 || group == digits:
			case digits != "":
				return ""
			default:
				digits = group
			}
		}
	}
	return digits
}
