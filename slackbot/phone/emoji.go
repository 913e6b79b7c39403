package phone

import (
	_ "embed" // the table of emoji
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:generate go run emoji_gen.go emoji.json

// emojiTable has an emoji, "+" if it takes a skin tone and "-" if not, and its short names on each line.
//
//go:embed emoji.txt
var emojiTable string

// emojiStyle asks for the coloured form of the character before it.
const emojiStyle = '\ufe0f'

// emoji is a row of the table.
type emoji struct {
	text  string
	tones bool
}

// emojiByName is the table by short name.
var emojiByName = sync.OnceValue(func() map[string]emoji {
	table := make(map[string]emoji)
	for line := range strings.Lines(emojiTable) {
		fields := strings.Fields(line)
		for _, name := range fields[2:] {
			table[name] = emoji{text: fields[0], tones: fields[1] == "+"}
		}
	}
	return table
})

// shortNames puts emoji in the place of their short names. A name that is not known, as one of the
// workspace's own, stays as it was typed.
func shortNames(glyphs []glyph) []glyph {
	out := make([]glyph, 0, len(glyphs))
	var last emoji // the emoji that a skin tone would belong to
	for i := 0; i < len(glyphs); {
		name, n := nameAt(glyphs, i)
		e, known := emojiByName()[name]
		switch {
		case n > 0 && last.text != "" && tone.MatchString(name):
			out[len(out)-1].text = last.toned(e)
			last = emoji{}
		case known:
			out = append(out, glyph{text: e.text})
			last = e
		default:
			out = append(out, glyphs[i])
			last, n = emoji{}, 1
		}
		i += n
	}
	return out
}

// tone is a short name that gives the emoji before it a skin tone, or one to each of two people.
var tone = regexp.MustCompile(`^skin-tone-[2-6](-[2-6])?$`)

// toned is e in a skin tone. One that takes none, or that shows two people in two tones, stays as it is.
func (e emoji) toned(skin emoji) string {
	if !e.tones || skin.text == "" {
		return e.text
	}
	_, n := utf8.DecodeRuneInString(e.text)
	return e.text[:n] + skin.text + strings.TrimPrefix(e.text[n:], string(emojiStyle))
}

// nameAt is the short name at i, without its colons, and how many glyphs it has with them; n is 0
// where there is none. The numbers of a time or a ratio, as in 1:100:2, are none.
func nameAt(glyphs []glyph, i int) (name string, n int) {
	if !glyphs[i].is(":") {
		return "", 0
	}
	var b strings.Builder
	for end := i + 1; end < len(glyphs) && glyphs[end].typed; end++ {
		switch c := glyphs[end].first(); {
		case c == ':' && isDigits(b.String()) && (i > 0 && unicode.IsDigit(glyphs[i-1].last()) ||
			end+1 < len(glyphs) && unicode.IsDigit(glyphs[end+1].first())):
			return "", 0
		case c == ':':
			return b.String(), end + 1 - i
		case c >= utf8.RuneSelf || !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789_+-", c) || b.Len() > 80:
			return "", 0
		}
		b.WriteString(glyphs[end].text)
	}
	return "", 0
}

// isDigits reports whether s has nothing but digits.
func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
