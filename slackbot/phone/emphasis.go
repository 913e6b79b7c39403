package phone

import (
	"strings"
	"unicode"
)

// dropEmphasis drops the marks of bold, italic and struck-out text. Slack's marks are single, stand
// beside words and have their other half on the same line: 2 * 3, 2*3*4, snake_case, ~5 and **a**
// have none.
func dropEmphasis(glyphs []glyph) []glyph {
	out := make([]glyph, 0, len(glyphs))
	for len(glyphs) > 0 {
		end := 0
		for end < len(glyphs) && !glyphs[end].is("\n") {
			end++
		}
		marks := make([]bool, end)
		find(glyphs[:end], marks)
		for i, g := range glyphs[:end] {
			if !marks[i] {
				out = append(out, g)
			}
		}
		if end < len(glyphs) {
			out = append(out, glyphs[end])
			end++
		}
		glyphs = glyphs[end:]
	}
	return out
}

// find notes which glyphs of a line are marks. What stands between two marks may have marks of the
// two other kinds, so it calls itself to a depth of three.
func find(line []glyph, marks []bool) {
	single := map[string]bool{} // marks that have no other half further on
	for i := 0; i < len(line); i++ {
		mark := line[i].text
		if !isMark(line[i]) || single[mark] || !opens(line, i) {
			continue
		}
		end := closing(line, i)
		if end == 0 {
			single[mark] = true
			continue
		}
		marks[i], marks[end] = true, true
		find(line[i+1:end], marks[i+1:end])
		i = end
	}
}

// closing is where the other half of the mark at i is; 0 where it has none.
func closing(line []glyph, i int) int {
	for end := i + 2; end < len(line); end++ {
		if line[end].is(line[i].text) && closes(line, end) {
			return end
		}
	}
	return 0
}

func isMark(g glyph) bool { return g.typed && len(g.text) == 1 && strings.Contains("*_~", g.text) }

// opens reports whether the mark at i may begin an emphasis.
func opens(line []glyph, i int) bool {
	mark := line[i].text
	return i+1 < len(line) && !line[i+1].is(mark) && !unicode.IsSpace(line[i+1].first()) &&
		(i == 0 || !withinWord(mark, line[i-1].last()))
}

// closes reports whether the mark at i may end one.
func closes(line []glyph, i int) bool {
	mark := line[i].text
	return !line[i-1].is(mark) && !unicode.IsSpace(line[i-1].last()) &&
		(i+1 == len(line) || !withinWord(mark, line[i+1].first()))
}

// spacelessScripts are the scripts that put no space between words, so that a mark may stand there.
var spacelessScripts = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
	unicode.Khmer, unicode.Myanmar}

// withinWord reports whether a mark beside r, outside of the emphasis, is part of a word or path.
func withinWord(mark string, r rune) bool {
	switch {
	case string(r) == mark || strings.ContainsRune(`\/@`, r):
		return true
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.Is(unicode.Mn, r) && r != emojiStyle || unicode.Is(unicode.Mc, r):
		return mark == "_" || !unicode.In(r, spacelessScripts...)
	}
	return false
}
