package phone

import (
	"strings"
	"unicode/utf16"
)

// How much one text message carries, alone and as a part of several: in septets of GSM-7, and in
// units of UTF-16 where a single character is outside of GSM-7 (3GPP TS 23.038 and 23.040).
const (
	gsmAlone, gsmPart = 160, 153
	utfAlone, utfPart = 70, 67
)

// gsmBasic is the default alphabet of GSM-7, gsmExtended what takes two septets.
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtended = "\f^{}\\[~]|€"
)

// PartLength is how many characters a part has at most.
const PartLength = gsmAlone

// Parts is how many parts a text message has on its way to a phone. No character is split: the two
// septets or units of one are in the same part. It is 0 for no text.
func Parts(text string) int {
	size, alone, part := utf16.RuneLen, utfAlone, utfPart
	if isGSM(text) {
		size, alone, part = gsmSize, gsmAlone, gsmPart
	}
	total, parts, used := 0, 0, part
	for _, r := range text {
		n := size(r)
		total += n
		if used += n; used > part {
			parts, used = parts+1, n
		}
	}
	if total <= alone {
		return min(total, 1)
	}
	return parts
}

// isGSM reports whether all of a text is in GSM-7.
func isGSM(text string) bool {
	for _, r := range text {
		if gsmSize(r) == 0 {
			return false
		}
	}
	return true
}

// gsmSize is how many septets a character takes in GSM-7; 0 if it has none.
func gsmSize(r rune) int {
	switch {
	case strings.ContainsRune(gsmBasic, r):
		return 1
	case strings.ContainsRune(gsmExtended, r):
		return 2
	}
	return 0
}

// typographic are the characters that Slack and phones put in the place of what was typed.
var typographic = strings.NewReplacer(
	"“", `"`, "”", `"`, "„", `"`, "‟", `"`,
	"‘", "'", "’", "'", "‚", "'", "‛", "'",
	"–", "-", "—", "-", "‑", "-", "…", "...",
	"\u00a0", " ", "\u202f", " ", "\u2007", " ",
	"• ", "- ", "◦ ", "- ", "▪︎ ", "- ", "▪ ", "- ",
)

// Plain makes the typographic quotation marks, dashes, ellipses, no-break spaces and bullets of a
// text plain, where that brings the text into GSM-7 and takes no more parts. Otherwise the text
// stays as it is: plain marks would cost as much.
func Plain(text string) string {
	plain := typographic.Replace(text)
	if !isGSM(plain) || Parts(plain) > Parts(text) {
		return text
	}
	return plain
}
