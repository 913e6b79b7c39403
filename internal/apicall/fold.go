package apicall

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// likeLetters are letters that have no mark to drop, and the quotes and dashes that keyboards
// write in place of the plain ones.
var likeLetters = strings.NewReplacer("đ", "d", "ð", "d", "ø", "o", "ł", "l", "ı", "i", "ħ", "h", "ß", "ss", "æ", "ae", "œ", "oe", "þ", "th",
	"’", "'", "‘", "'", "ʼ", "'", "`", "'", "´", "'", "′", "'", "“", "\"", "”", "\"", "„", "\"", "«", "\"", "»", "\"",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "\u00a0", " ")

// Fold is a name or a unit as it is compared: without case and marks, with plain quotes, dashes
// and single spaces. "O’Brien" and "O'BRIEN", "Nguyễn" and "nguyen" are the same.
func Fold(s string) string {
	s = likeLetters.Replace(strings.ToLower(s)) // before "´" becomes a space and a mark
	s = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Cf) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(likeLetters.Replace(strings.ToLower(s))), " ")
}

// Contains reports whether a folded text contains a folded part that is not empty.
func Contains(text, part string) bool {
	part = Fold(part)
	return part != "" && strings.Contains(Fold(text), part)
}
