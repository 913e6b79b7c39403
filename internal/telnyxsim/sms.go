package telnyxsim

import (
	"regexp"
	"strings"
	"unicode/utf16"
)

// maxParts is how many parts a text may have.
const maxParts = 10

const (
	// gsm7 is the alphabet in which a part has 160 characters, and those of a longer text 153; gsm7Twice counts twice.
	gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsm7Twice = "^{}\\[~]|€\f"
)

// parts is how many parts a text has on its way, and in which encoding: one character outside of GSM-7 turns all of it to
// UTF-16, with 70 characters in a part and 67 in those of a longer text.
func parts(text string) (n int, encoding string) {
	units := 0
	for _, r := range text {
		switch {
		case strings.ContainsRune(gsm7, r):
			units++
		case strings.ContainsRune(gsm7Twice, r):
			units += 2
		default:
			return split(len(utf16.Encode([]rune(text))), 70, 67), "UTF-16"
		}
	}
	return split(units, 160, 153), "GSM-7"
}

func split(units, alone, together int) int {
	if units <= alone {
		return 1
	}
	return (units + together - 1) / together
}

// e164 is a phone number that can be texted.
var e164 = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)

// autoresponse is how Telnyx understands a text of an end user: STOP, START or neither.
func autoresponse(text string) string {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT":
		return "STOP"
	case "START", "UNSTOP":
		return "START"
	}
	return ""
}
