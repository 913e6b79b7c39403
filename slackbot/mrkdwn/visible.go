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
// directional characters. Every kind of line end becomes a newline, a tab a space. Hidden
// characters stay where a script or an emoji is spelt with them (see spelling.go). Stripping twice
// changes nothing.
func StripHidden(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	runes := []rune(s)
	var last rune // the last one written that is not an accent or a variation of the one before
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case strings.ContainsRune("\n\r\v\f\u0085\u2028\u2029", r):
			r = '\n'
		case r == '\t':
			r = ' '
		case isInvisible(r):
			n := spelling(last, runes[i:])
			if IsTag(r) {
				last = r // no later tag belongs to the flag
			}
			if n == 0 {
				continue
			}
			b.WriteString(string(runes[i : i+n]))
			i, last = i+n-1, r
			continue
		}
		b.WriteRune(r)
		if !(unicode.IsMark(r) && unicode.Is(unicode.Inherited, r)) {
			last = r
		}
	}
	return b.String()
}

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
