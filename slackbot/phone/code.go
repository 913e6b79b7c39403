package phone

// code drops the marks of code. What stands between them stays as it was typed, and a block of code
// has separate lines.
func code(glyphs []glyph) []glyph {
	out := make([]glyph, 0, len(glyphs))
	noFence := false // no block ends any more
	for i := 0; i < len(glyphs); {
		if fence(glyphs, i) && !noFence {
			if end := fenceAfter(glyphs, i+4); end > 0 {
				out = block(out, glyphs[i+3:end], end+3 < len(glyphs))
				i = end + 3
				for i < len(glyphs) && glyphs[i].is(" ") {
					i++
				}
				if i < len(glyphs) && glyphs[i].is("\n") {
					i++
				}
				continue
			}
			noFence = true
		}
		if end := spanEnd(glyphs, i); end > 0 {
			out = literal(out, glyphs[i+1:end])
			i = end + 1
			continue
		}
		out = append(out, glyphs[i])
		i++
	}
	return out
}

// block appends a block of code on separate lines; more says that text follows.
func block(out, inner []glyph, more bool) []glyph {
	for len(out) > 0 && out[len(out)-1].is(" ") {
		out = out[:len(out)-1]
	}
	if len(out) > 0 && out[len(out)-1].last() != '\n' {
		out = append(out, glyph{text: "\n"})
	}
	if inner[0].is("\n") {
		inner = inner[1:]
	}
	if n := len(inner); n > 0 && inner[n-1].is("\n") {
		inner = inner[:n-1]
	}
	out = literal(out, inner)
	if more {
		out = append(out, glyph{text: "\n"})
	}
	return out
}

// literal appends glyphs that are not read again.
func literal(out, inner []glyph) []glyph {
	for _, g := range inner {
		out = append(out, glyph{text: g.text})
	}
	return out
}

// fence reports whether a block of code may begin or end at i.
func fence(glyphs []glyph, i int) bool {
	return i+2 < len(glyphs) && glyphs[i].is("`") && glyphs[i+1].is("`") && glyphs[i+2].is("`")
}

// fenceAfter is where the next fence begins, from i on; 0 where there is none.
func fenceAfter(glyphs []glyph, i int) int {
	for ; i < len(glyphs); i++ {
		if fence(glyphs, i) {
			return i
		}
	}
	return 0
}

// spanEnd is where the code within a line ends that begins at i; 0 where none does.
func spanEnd(glyphs []glyph, i int) int {
	if !glyphs[i].is("`") || i > 0 && withinWord("`", glyphs[i-1].last()) {
		return 0
	}
	for end := i + 1; end < len(glyphs) && !glyphs[end].is("\n"); end++ {
		if glyphs[end].is("`") {
			if end == i+1 {
				return 0
			}
			return end
		}
	}
	return 0
}
