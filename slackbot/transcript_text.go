package slackbot

import (
	"strings"
	"unicode"
)

const zwj = '\u200d' // joins emoji: 👩 + zwj + 🔧

// invisible are characters that show nothing and change how the rest is read: soft
// hyphen, zero-width, directional and interlinear marks, tags. Control characters are
// not in it.
var invisible = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x00ad, Hi: 0x00ad, Stride: 1},
		{Lo: 0x034f, Hi: 0x034f, Stride: 1},
		{Lo: 0x061c, Hi: 0x061c, Stride: 1},
		{Lo: 0x180e, Hi: 0x180e, Stride: 1},
		{Lo: 0x200b, Hi: 0x200f, Stride: 1},
		{Lo: 0x202a, Hi: 0x202e, Stride: 1},
		{Lo: 0x2060, Hi: 0x206f, Stride: 1},
		{Lo: 0xfeff, Hi: 0xfeff, Stride: 1},
		{Lo: 0xfff9, Hi: 0xfffb, Stride: 1},
	},
	R32:         []unicode.Range32{{Lo: 0xe0000, Hi: 0xe007f, Stride: 1}},
	LatinOffset: 1,
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
		case unicode.IsControl(r) || unicode.Is(invisible, r):
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
