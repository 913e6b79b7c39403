package typed

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"takeoverbot/slackbot/mrkdwn"
)

// maxTyped is how much of a typed text is read, in characters. Only a pasted document is longer.
const maxTyped = 1000

// reading is what an operator typed, in two forms. Both are on one line, without links, entities
// and hidden characters.
type reading struct {
	plain   string // as written, for names
	folded  string // digits, dashes, quotes and wide letters as ASCII, for numbers
	mention bool   // the text mentions a person, group or channel of Slack
}

func readTyped(text string) reading {
	text = mrkdwn.StripHidden(mrkdwn.Clip(text, maxTyped))
	var t reading
	t.plain, t.mention = unlink(decodeEntities(text))
	t.folded, _ = unlink(decodeEntities(foldShapes(text)))
	return t
}

// typedEntities are the entities that Slack, web pages and mail programs put into copied text.
var typedEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'",
	"&#43;", "+", "&plus;", "+", "&nbsp;", " ", "&#160;", " ")

// decodeEntities undoes escaping, also when a text was escaped several times.
func decodeEntities(s string) string {
	for {
		decoded := typedEntities.Replace(s)
		if decoded == s {
			return s
		}
		s = decoded
	}
}

// link is how Slack writes addresses and mentions: <target> or <target|label>.
var link = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// ReplaceLinks replaces each link and mention in a text from Slack by what with returns. label is
// empty if the link has none.
func ReplaceLinks(s string, with func(target, label string) string) string {
	return link.ReplaceAllStringFunc(s, func(match string) string {
		part := link.FindStringSubmatch(match)
		return with(part[1], part[2])
	})
}

// unlink replaces each link by its address and joins the words with single spaces. mention
// reports whether there were links to people, groups or channels; they are dropped.
func unlink(s string) (plain string, mention bool) {
	s = ReplaceLinks(s, func(target, label string) string {
		address, isMention := addressOf(target, label)
		mention = mention || isMention
		return " " + address + " "
	})
	s = strings.NewReplacer("<", " ", ">", " ").Replace(s)
	s = afterScheme.ReplaceAllString(strings.Join(strings.Fields(s), " "), "$1")
	return s, mention
}

// afterScheme is the space that is left after "sip:" if Slack made a link of what follows it.
var afterScheme = regexp.MustCompile(`(?i)(\bsips?:) +`)

// addressOf is the address that a link stands for. A label counts only for a web link: Slack
// also makes such a link of what is not a web address (<http://415.555.0137|415.555.0137>).
func addressOf(target, label string) (address string, mention bool) {
	if target != "" && strings.ContainsRune("@#!", rune(target[0])) {
		return "", true
	}
	scheme, rest, _ := strings.Cut(target, ":")
	switch strings.ToLower(scheme) {
	case "http", "https":
		if label != "" {
			return label, false
		}
		return strings.Trim(rest, "/"), false
	case "mailto":
		return rest, false
	case "tel", "callto":
		if decoded, err := url.PathUnescape(rest); err == nil {
			rest = mrkdwn.StripHidden(foldShapes(decoded))
		}
		return strings.NewReplacer("<", " ", ">", " ").Replace(rest), false
	}
	return target, false
}

// foldShapes writes digits of every script, wide letters and all kinds of pluses,
// dashes, dots, spaces and quotes as ASCII.
func foldShapes(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	switch {
	case r >= '\uff01' && r <= '\uff5e': // the wide forms of ASCII
		return r - '\uff01' + '!'
	case r < 0x80:
		return r
	case unicode.Is(unicode.Nd, r):
		return '0' + digitOf(r)
	case unicode.Is(unicode.Pd, r) || r == '\u2212': // minus
		return '-'
	case unicode.IsSpace(r):
		return ' '
	case unicode.In(r, unicode.Pi, unicode.Pf):
		return '"'
	case unicode.Is(unicode.Mn, r) || r == '\u20e3': // variation selector, keycap
		return -1
	}
	switch r {
	case '\u207a', '\ufb29', '\ufe62', '\u2795':
		return '+'
	case '·', '•', '‧', '∙', '・', '…', '․', '。':
		return '.'
	}
	return r
}

// digitOf is the value of a decimal digit. Unicode keeps the ten digits of a script together and
// in order, so the digits right before r tell how far it is from a zero.
func digitOf(r rune) rune {
	first := r
	for unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return (r - first) % 10
}
