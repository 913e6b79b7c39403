package slackbot

import (
	"strings"
	"unicode"
)

const zwj = '\u200d' // joins emoji: 👩 + zwj + 🔧

// isInvisible says whether r shows nothing and changes how the rest is read: soft
// hyphens, zero-width, directional and interlinear marks, tags. The few format
// characters that can be seen (Arabic number signs) are not meant.
func isInvisible(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u034f' || r == '\u2065' || r >= 0xe0000 && r <= 0xe007f: // a joiner, and some not assigned yet
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// stripHidden returns what of s can be seen: valid UTF-8 without control, zero-width and
// directional characters. Every kind of line end becomes a newline, a tab a space. A
// zero-width joiner stays where it joins two emoji. Stripping twice changes nothing.
func stripHidden(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	runes := []rune(s)
	var last rune
	for i, r := range runes {
		switch {
		case r == zwj:
			if !joins(last) || i+1 == len(runes) || !isEmoji(runes[i+1]) {
				continue
			}
		case isLineEnd(r):
			r = '\n'
		case r == '\t':
			r = ' '
		case isInvisible(r):
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

func isLineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// isEmoji says whether r is a pictograph. It is a little too wide: it is only asked
// about the neighbours of a joiner.
func isEmoji(r rune) bool { return unicode.Is(unicode.So, r) }

// joins says whether a joiner may stand after r: a pictograph, its skin tone or its
// variation selector.
func joins(r rune) bool { return isEmoji(r) || isSkinTone(r) || r == '\ufe0f' }

func isSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// oneLine is s without what is hidden, on one line, at most n characters long.
func oneLine(s string, n int) string {
	s = strings.Join(strings.Fields(stripHidden(s)), " ")
	return clip(s, n)
}

// clip cuts s to n characters, with an ellipsis as the last where it was cut.
func clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
