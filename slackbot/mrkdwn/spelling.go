package mrkdwn

import (
	"slices"
	"unicode"
)

// Some characters that show nothing are part of how words and emoji are spelt: Persian parts words
// with a non-joiner, Sinhala and Malayalam make letters with a joiner, a woman and a wrench become a
// mechanic with one, and the flag of Scotland is a black flag with letters that nobody sees.

const (
	zeroWidthSpace     = '\u200b'
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	vowelSeparator     = '\u180e' // of Mongolian

	blackFlag = '🏴'
	firstTag  = 0xe0000 // a tag is an ASCII character plus this
	cancelTag = 0xe007f // ends the tags of a flag
)

// joiningScripts are the scripts whose letters change their shape beside a joiner or non-joiner.
var joiningScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mandaic, unicode.Nko, unicode.Mongolian, unicode.Phags_Pa, unicode.Adlam,
	unicode.Hanifi_Rohingya, unicode.Sogdian, unicode.Manichaean, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Tibetan, unicode.Myanmar, unicode.Khmer, unicode.Balinese, unicode.Javanese, unicode.Chakma, unicode.Grantha,
	unicode.Newa, unicode.Tirhuta,
}

// spacelessScripts are the scripts that put a space of no width between words.
var spacelessScripts = []*unicode.RangeTable{unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// spelling returns how many of the hidden characters at the start of text spell something with last,
// the visible character before them: 0 if they only hide.
func spelling(last rune, text []rune) int {
	joinsEmoji := text[0] == zeroWidthJoiner && (isEmoji(last) || IsSkinTone(last)) && len(text) > 1 && isEmoji(text[1])
	switch {
	case joinsEmoji, spells(last, text[0]):
		return 1
	case last == blackFlag:
		return flagTags(text)
	}
	return 0
}

// spells reports whether a hidden character belongs behind a letter of the script of last.
func spells(last, hidden rune) bool {
	if !unicode.IsLetter(last) && !unicode.IsMark(last) {
		return false
	}
	switch hidden {
	case zeroWidthJoiner, zeroWidthNonJoiner:
		return unicode.In(last, joiningScripts...)
	case zeroWidthSpace:
		return unicode.In(last, spacelessScripts...)
	case vowelSeparator:
		return unicode.Is(unicode.Mongolian, last)
	}
	return false
}

// flagTags is how many tags behind a black flag make it the flag of a part of a country: the two
// letters of the country, one to four letters or digits, and the end. Anything longer would be a
// hidden text.
func flagTags(text []rune) int {
	end := slices.Index(text[:min(len(text), 7)], cancelTag)
	if end < 3 {
		return 0
	}
	for i, r := range text[:end] {
		letter, digit := r >= firstTag+'a' && r <= firstTag+'z', r >= firstTag+'0' && r <= firstTag+'9'
		if !letter && (i < 2 || !digit) {
			return 0
		}
	}
	return end + 1
}

// isEmoji reports whether r is a pictograph. It includes other symbols, which does not matter for
// the neighbours of a joiner. The arrow counts as mathematics; a face that is
// shaken has it.
func isEmoji(r rune) bool { return unicode.Is(unicode.So, r) || r == '↔' }

// IsSkinTone reports whether r gives the emoji before it a skin tone.
func IsSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// BelongsToBoth reports whether r shows nothing and ties the characters beside it together.
func BelongsToBoth(r rune) bool {
	return r == zeroWidthJoiner || r == zeroWidthNonJoiner || r == vowelSeparator
}

// IsTag reports whether r is a tag, which belongs to the flag before it.
func IsTag(r rune) bool { return r >= firstTag && r <= cancelTag }
