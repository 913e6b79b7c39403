package slacksim

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMark is how far apart two marks may be to belong together, in bytes; it bounds
// the time that hostile text can cost.
const maxMark = 3000

// mrkdwn renders Slack's mark-up.
func (r *renderer) mrkdwn(s string) []Node {
	var nodes []Node
	for len(s) > 0 {
		before, rest, found := strings.Cut(s, "```")
		inside, after, closed := strings.Cut(rest, "```")
		if !found || !closed {
			return append(nodes, r.quoted(s)...)
		}
		nodes = append(nodes, r.quoted(before)...)
		nodes = append(nodes, Node{Kind: KindPre, Text: unentities.Replace(strings.Trim(inside, "\n"))})
		s = strings.TrimPrefix(after, "\n")
	}
	return nodes
}

// quoted gathers the lines that begin with ">".
func (r *renderer) quoted(s string) []Node {
	if s == "" {
		return nil
	}
	var nodes, quote []Node
	flush := func() {
		if quote != nil {
			nodes = append(nodes, Node{Kind: KindQuote, Kids: quote})
			quote = nil
		}
	}
	for i, line := range strings.Split(s, "\n") {
		if inner, is := strings.CutPrefix(line, "&gt;"); is {
			if quote != nil {
				quote = append(quote, Node{Kind: KindBreak})
			}
			quote = append(quote, r.inline(strings.TrimPrefix(inner, " "))...)
			continue
		}
		if i > 0 && quote == nil {
			nodes = append(nodes, Node{Kind: KindBreak})
		}
		flush()
		nodes = append(nodes, r.inline(line)...)
	}
	flush()
	return nodes
}

// inline renders one line.
func (r *renderer) inline(s string) []Node {
	var nodes []Node
	plain := 0 // where the text begins that is not in nodes yet
	flush := func(to int) {
		if plain < to {
			nodes = append(nodes, textNode(unentities.Replace(s[plain:to])))
		}
	}
	for i := 0; i < len(s); {
		node, length := r.marked(s, i)
		if length == 0 {
			i++
			continue
		}
		flush(i)
		nodes = append(nodes, node)
		i += length
		plain = i
	}
	flush(len(s))
	return nodes
}

// marked is the token or the marked stretch that begins at s[i], and its length in
// bytes; 0 if none begins there.
func (r *renderer) marked(s string, i int) (Node, int) {
	switch s[i] {
	case '<':
		if end := strings.IndexByte(s[i:], '>'); end > 1 {
			return r.angle(s[i : i+end+1]), end + 1
		}
	case '`':
		if end := closing(s, i, '`'); end > 0 {
			return Node{Kind: KindCode, Text: unentities.Replace(s[i+1 : end])}, end + 1 - i
		}
	case '*', '_', '~':
		if end := closing(s, i, s[i]); end > 0 {
			kind := map[byte]string{'*': KindBold, '_': KindItalic, '~': KindStrike}[s[i]]
			return Node{Kind: kind, Kids: r.inline(s[i+1 : end])}, end + 1 - i
		}
	}
	return Node{}, 0
}

// closing finds the mark that ends what the one at s[i] begins, or -1. Marks count
// only where a word begins or ends, and not within a token.
func closing(s string, i int, mark byte) int {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	if i+1 >= len(s) || (i > 0 && isWord(before)) || unicode.IsSpace(after) || s[i+1] == mark {
		return -1
	}
	inToken := false
	for j := i + 1; j < len(s) && j < i+maxMark; j++ {
		switch {
		case s[j] == '<':
			inToken = true
		case s[j] == '>':
			inToken = false
		case s[j] != mark || inToken:
		default:
			last, _ := utf8.DecodeLastRuneInString(s[:j])
			next, _ := utf8.DecodeRuneInString(s[j+1:])
			if !unicode.IsSpace(last) && (j+1 == len(s) || !isWord(next)) {
				return j
			}
		}
	}
	return -1
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// angle renders a token with its angle brackets.
func (r *renderer) angle(t string) Node {
	target, label, _ := strings.Cut(t[1:len(t)-1], "|")
	switch {
	case strings.HasPrefix(target, "!date^"):
		return Node{Kind: KindDate, Text: r.token(t[1 : len(t)-1])}
	case strings.HasPrefix(target, "@"), strings.HasPrefix(target, "#"), strings.HasPrefix(target, "!"):
		return Node{Kind: KindMention, Text: r.token(t[1 : len(t)-1])}
	}
	return link(unentities.Replace(target), unentities.Replace(label))
}

// link is a link where the target is one that a browser may follow, else its text.
func link(target, label string) Node {
	if label == "" {
		label = target
	}
	u, err := url.Parse(target)
	if err != nil {
		return textNode(label)
	}
	switch u.Scheme {
	case "http", "https":
		if to := permalink(u); to != nil {
			return Node{Kind: KindLink, Text: label, Goto: to}
		}
	case "mailto", "tel":
	default:
		return textNode(label)
	}
	return Node{Kind: KindLink, Text: label, Href: target}
}

// permalink reads Slack's address of a message, /archives/C…/p1503435956000247.
func permalink(u *url.URL) *Place {
	parts := strings.Split(u.Path, "/")
	if !strings.HasSuffix(u.Host, ".slack.com") || len(parts) != 4 || parts[1] != "archives" {
		return nil
	}
	digits, ok := strings.CutPrefix(parts[3], "p")
	if !ok || len(digits) <= 6 {
		return nil
	}
	return &Place{Channel: parts[2], TS: digits[:len(digits)-6] + "." + digits[len(digits)-6:]}
}
