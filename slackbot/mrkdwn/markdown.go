package mrkdwn

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/slack-go/slack"
)

// AIs write Markdown. What is drawn of it here consists of text elements alone, which Slack shows as
// they are: no mention works, and a link is its label with its address behind it. What is no mark
// stays, also a mark without its other half.

// maxMarkdown is how long a text may be for its marks to be drawn, in bytes. A longer one does not
// fit into one message.
const maxMarkdown = 10_000

// Markdown draws a text of an AI, without hidden characters: headings, lists, tables, emphasis, code
// and links. No element is empty. A text that is too long for one message stays as it is.
func Markdown(text string) []slack.RichTextSectionElement {
	var elements []slack.RichTextSectionElement
	for _, s := range spansOf(text) {
		var style *slack.RichTextSectionTextStyle
		if s.style != (slack.RichTextSectionTextStyle{}) {
			style = &s.style
		}
		elements = append(elements, slack.NewRichTextSectionTextElement(s.text, style))
	}
	return elements
}

// Unmarked is a text of an AI on one line, as Markdown draws it but without any style.
func Unmarked(text string) string {
	var b strings.Builder
	for _, s := range spansOf(strings.TrimSpace(StripHidden(text))) {
		b.WriteString(s.text)
	}
	return Visible(b.String())
}

// span is text of one style.
type span struct {
	text  string
	style slack.RichTextSectionTextStyle
}

// painter collects spans.
type painter struct{ spans []span }

func (p *painter) add(text string, style slack.RichTextSectionTextStyle) {
	switch n := len(p.spans); {
	case text == "":
	case n > 0 && p.spans[n-1].style == style:
		p.spans[n-1].text += text
	default:
		p.spans = append(p.spans, span{text, style})
	}
}

// spansOf is a text without its marks.
func spansOf(text string) []span {
	p := &painter{}
	if len(text) > maxMarkdown {
		p.add(text, slack.RichTextSectionTextStyle{})
		return p.spans
	}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		if i > 0 {
			p.add("\n", slack.RichTextSectionTextStyle{})
		}
		i += p.block(lines[i:])
	}
	if len(p.spans) == 0 {
		p.add(text, slack.RichTextSectionTextStyle{}) // nothing but marks
	}
	return p.spans
}

var (
	fence    = regexp.MustCompile("^ *(```+|~~~+)[^`]*$")
	heading  = regexp.MustCompile(`^ {0,3}#{1,6} +(.*?)[ #]*$`)
	bullet   = regexp.MustCompile(`^( *)[-*+] +(\S.*)$`)
	tableRow = regexp.MustCompile(`^ *\|?( *:?-+:? *\|)+( *:?-+:?)? *$`)
)

// block draws what begins with the first of the lines, and returns how many lines that is.
func (p *painter) block(lines []string) int {
	line := lines[0]
	if n := codeLines(lines); n > 0 {
		p.add(strings.Join(lines[1:n-1], "\n"), slack.RichTextSectionTextStyle{Code: true})
		return n
	}
	if n := tableLines(lines); n > 0 {
		p.table(lines[:n])
		return n
	}
	if m := heading.FindStringSubmatch(line); m != nil {
		p.inline(m[1], slack.RichTextSectionTextStyle{Bold: true})
	} else if m := bullet.FindStringSubmatch(line); m != nil {
		p.add(m[1]+"• ", slack.RichTextSectionTextStyle{})
		p.inline(m[2], slack.RichTextSectionTextStyle{})
	} else {
		p.inline(line, slack.RichTextSectionTextStyle{})
	}
	return 1
}

// codeLines is how many lines a block of code has, with the marks before and behind it; 0 where none
// begins, or where it is empty or has no end.
func codeLines(lines []string) int {
	m := fence.FindStringSubmatch(lines[0])
	if m == nil {
		return 0
	}
	end := slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimSpace(l) == m[1] })
	if end < 1 {
		return 0
	}
	return end + 2
}

// tableLines is how many lines a table has: a head, a row of dashes, and all lines with a bar below.
func tableLines(lines []string) int {
	if len(lines) < 2 || !strings.Contains(lines[0], "|") || !tableRow.MatchString(lines[1]) {
		return 0
	}
	n := 2
	for n < len(lines) && strings.Contains(lines[n], "|") {
		n++
	}
	return n
}

// table draws each row on a line, with dots between the cells: Slack's letters differ in width.
func (p *painter) table(lines []string) {
	for i, line := range lines {
		if i == 1 {
			continue
		}
		style := slack.RichTextSectionTextStyle{Bold: i == 0}
		if i > 1 {
			p.add("\n", slack.RichTextSectionTextStyle{})
		}
		for j, cell := range cells(line) {
			if j > 0 {
				p.add(" · ", slack.RichTextSectionTextStyle{})
			}
			p.inline(cell, style)
		}
	}
}

// cells are the cells of a row. A bar behind a backslash is part of its cell.
func cells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	var row []string
	for _, part := range strings.Split(line, "|") {
		if n := len(row); n > 0 && strings.HasSuffix(row[n-1], `\`) {
			row[n-1] += "|" + part
			continue
		}
		row = append(row, part)
	}
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	return row
}

// inline draws text within a line.
func (p *painter) inline(text string, style slack.RichTextSectionTextStyle) {
	closed := map[string]bool{} // marks that are known to have no other half further on
	start := 0
	for i := 0; i < len(text); {
		n, draw := p.mark(text, i, style, closed)
		if draw != nil {
			p.add(text[start:i], style)
			draw()
			start = i + n
		}
		i += n
	}
	p.add(text[start:], style)
}

// mark looks at text[i:]: n is how long it is what it is, and draw draws it; nil where it stays as it is.
func (p *painter) mark(text string, i int, style slack.RichTextSectionTextStyle, closed map[string]bool) (n int, draw func()) {
	rest := text[i:]
	switch c := rest[0]; {
	case c == '\\' && len(rest) > 1 && isMarkedPunctuation(rest[1]):
		return 2, func() { p.add(rest[1:2], style) }
	case c == '`':
		mark := run(rest)
		if end := closing(text, i, mark, closed); end > 0 {
			style.Code = true
			inner := text[i+len(mark) : end]
			return end + len(mark) - i, func() { p.add(inner, style) }
		}
		return len(mark), nil
	case c == '*' || c == '_' || c == '~':
		mark := run(rest)
		styled, ok := emphasis(mark, style)
		if end := closing(text, i, mark, closed); ok && end > 0 {
			inner := text[i+len(mark) : end]
			return end + len(mark) - i, func() { p.inline(inner, styled) }
		}
		return len(mark), nil
	case c == '[' || c == '!' && strings.HasPrefix(rest, "!["):
		if label, address, n := linkAt(rest); n > 0 {
			return n, func() { p.link(label, address, style) }
		}
	}
	return 1, nil
}

// link draws a label and its address: the address alone where they are the same.
func (p *painter) link(label, address string, style slack.RichTextSectionTextStyle) {
	if strings.TrimSpace(label) == "" || label == address {
		p.add(address, style)
		return
	}
	p.inline(label, style)
	p.add(" ("+address+")", style)
}

// linkAt reads [label](address), or ![label](address), at the start of s; n is 0 where there is none.
func linkAt(s string) (label, address string, n int) {
	begin := strings.IndexByte(s, '[') + 1
	label, _, found := strings.Cut(s[begin:], "](")
	if !found || strings.ContainsAny(label, "[]") {
		return "", "", 0
	}
	at, depth := begin+len(label)+len("]("), 1
	for i, r := range s[at:] {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 {
			address = strings.TrimSpace(s[at : at+i])
			if address == "" {
				return "", "", 0
			}
			return label, address, at + i + 1
		}
	}
	return "", "", 0
}

// run is the first byte of s as often as it is repeated.
func run(s string) string { return s[:len(s)-len(strings.TrimLeft(s, s[:1]))] }

// emphasis is style with what a mark adds to it; ok is false for what is no mark.
func emphasis(mark string, style slack.RichTextSectionTextStyle) (styled slack.RichTextSectionTextStyle, ok bool) {
	switch mark {
	case "*", "_":
		style.Italic = true
	case "**", "__":
		style.Bold = true
	case "***", "___":
		style.Bold, style.Italic = true, true
	case "~~":
		style.Strike = true
	default:
		return style, false
	}
	return style, true
}

// closing is where the other half of the mark at text[i:] is; 0 where it has none. Marks stand
// beside words: 2 * 3 * 4, snake_case and 5**2**2 have none.
func closing(text string, i int, mark string, closed map[string]bool) int {
	code, from := mark[0] == '`', i+len(mark)
	if closed[mark] || !code && !opens(text, i, from) {
		return 0
	}
	for at := from; at < len(text); {
		next := strings.Index(text[at:], mark)
		if next < 0 {
			break
		}
		at += next
		found := run(text[at:])
		if len(found) == len(mark) && at > from && (code || closes(text, at, at+len(mark))) {
			return at
		}
		at += len(found)
	}
	closed[mark] = true
	return 0
}

// opens reports whether a mark at text[i:end] may begin an emphasis.
func opens(text string, i, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return end < len(text) && !unicode.IsSpace(after) && !withinWord(text[i], before)
}

// closes reports whether a mark at text[i:end] may end one.
func closes(text string, i, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:i])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !unicode.IsSpace(before) && before != '\\' && (end == len(text) || !withinWord(text[i], after))
}

// withinWord reports whether a mark beside r, outside of the emphasis, is part of a word. Languages
// without spaces put stars within words, but nobody does so with an underscore.
func withinWord(mark byte, r rune) bool {
	if mark == '_' {
		return unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// isMarkedPunctuation reports whether a backslash before c only says that c is no mark.
func isMarkedPunctuation(c byte) bool { return strings.IndexByte("\\`*_{}[]()#+-.!|~>", c) >= 0 }
