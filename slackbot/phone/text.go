package phone

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"takeoverbot/slackbot/mrkdwn"
)

// Text is what a phone shows of a message in Slack's mrkdwn, as events carry it: names for
// mentions, addresses for links, emoji for their short names, and no marks of style, nor characters
// that only hide. What is no markup stays as it is. name returns the name of a Slack user, or "" if
// it is not known; nil knows none.
func Text(message string, name func(userID string) string) string {
	glyphs := read(mrkdwn.StripHidden(message), name)
	glyphs = code(glyphs)
	glyphs = shortNames(glyphs)
	glyphs = dropEmphasis(glyphs)
	var b strings.Builder
	for _, g := range glyphs {
		b.WriteString(g.text)
	}
	return strings.TrimSpace(b.String())
}

// glyph is a piece of a message that stays together.
type glyph struct {
	text string
	// typed says that it is one character that may still be part of markup. What a link, an entity,
	// an emoji or code became is never read again.
	typed bool
}

// is reports whether g is a character that may be a mark, and which.
func (g glyph) is(mark string) bool { return g.typed && g.text == mark }

// first is the first character of g.
func (g glyph) first() rune {
	r, _ := utf8.DecodeRuneInString(g.text)
	return r
}

// last is the last character of g.
func (g glyph) last() rune {
	r, _ := utf8.DecodeLastRuneInString(g.text)
	return r
}

// special finds what is read before any mark: <links and mentions>, entities, and addresses that
// Slack did not make links of, whose marks belong to them.
var special = regexp.MustCompile(`<(@[A-Z0-9]+|#[A-Z0-9]+|![^<>|]+|[A-Za-z][A-Za-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>` +
	"|&(?:lt|gt|amp);" +
	"|(?i:https?)://(?:[^\\s<>`&]|&amp;)*[^\\s<>`&*_~.,;:!?)]")

// entities are the characters that Slack escapes. The result is not read again: &amp;lt; is &lt;.
var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// read makes glyphs of a message.
func read(message string, name func(userID string) string) []glyph {
	glyphs := make([]glyph, 0, len(message))
	at := 0
	for _, m := range special.FindAllStringSubmatchIndex(message, -1) {
		glyphs = typed(glyphs, message[at:m[0]])
		at = m[1]
		text := entities.Replace(message[m[0]:m[1]])
		if m[2] >= 0 {
			label := ""
			if m[4] >= 0 {
				label = entities.Replace(message[m[4]:m[5]])
			}
			text = link(entities.Replace(message[m[2]:m[3]]), label, name)
		}
		if text != "" {
			glyphs = append(glyphs, glyph{text: text})
		}
	}
	return typed(glyphs, message[at:])
}

// typed appends the characters of s.
func typed(glyphs []glyph, s string) []glyph {
	for len(s) > 0 {
		_, n := utf8.DecodeRuneInString(s)
		glyphs = append(glyphs, glyph{text: s[:n], typed: true})
		s = s[n:]
	}
	return glyphs
}
