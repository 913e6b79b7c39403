package mrkdwn

import (
	"strings"
	"unicode"

	"github.com/slack-go/slack/slackutilsx"
)

// Escape makes hostile text safe inside mrkdwn: no mention or link in it works. Markup like *
// cannot be escaped: show whole sentences of an end user with Quote.
func Escape(s string) string { return slackutilsx.EscapeMessage(Visible(s)) }

// Visible is s on one line, without hidden characters (see StripHidden).
func Visible(s string) string { return strings.Join(strings.Fields(StripHidden(s)), " ") }

// ZeroWidthJoiner joins emoji: 👩 + joiner + 🔧.
const ZeroWidthJoiner = '\u200d'

// isInvisible reports whether r shows nothing but changes how the rest is read: soft hyphens,
// zero-width, directional and interlinear marks, tags. It is false for the few format characters
// that are visible (Arabic number signs).
func isInvisible(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u034f' || r == '\u2065' || r >= 0xe0000 && r <= 0xe007f: // a joiner, and some not assigned yet
		return true
	}
	return unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// StripHidden returns the visible part of s: valid UTF-8 without control, zero-width and
// directional characters. Every kind of line end becomes a newline, a tab a space. A
// zero-width joiner stays where it joins two emoji. Stripping twice changes nothing.
func StripHidden(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	runes := []rune(s)
	var last rune
	for i, r := range runes {
		switch {
		case r == ZeroWidthJoiner:
			if !joins(last) || i+1 == len(runes) || !isEmoji(runes[i+1]) {
				continue
			}
		case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r):
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

// isEmoji reports whether r is a pictograph. It includes other symbols, which does not matter for
// the neighbours of a joiner.
func isEmoji(r rune) bool { return unicode.Is(unicode.So, r) }

// joins reports whether a joiner may stand after r: a pictograph, its skin tone or its
// variation selector.
func joins(r rune) bool { return isEmoji(r) || IsSkinTone(r) || r == '\ufe0f' }

// IsSkinTone reports whether r gives the emoji before it a skin tone.
func IsSkinTone(r rune) bool { return r >= 0x1f3fb && r <= 0x1f3ff }

// OneLine is Visible text of at most n characters.
func OneLine(s string, n int) string { return Clip(Visible(s), n) }

// Clip cuts s to n characters. The last one is an ellipsis if s was longer.
func Clip(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n-1]) + "…"
}
