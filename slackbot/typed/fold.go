package typed

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"takeoverbot/slackbot/mrkdwn"
)

// maxTyped is how much of what was typed is looked at, in characters. Slack sends more
// only where somebody pasted a document.
const maxTyped = 1000

// reading is what an operator typed, in the two forms it is read in. Both are on one
// line, without links, entities and invisible characters.
type reading struct {
	plain   string // as written, for names
	folded  string // digits, dashes, quotes and wide letters as ASCII, for numbers
	mention bool   // a person, group or channel of Slack was named
}

func readTyped(text string) reading {
	text = mrkdwn.StripHidden(mrkdwn.Clip(text, maxTyped))
	var t reading
	t.plain, t.mention = unlink(decodeEntities(text))
	t.folded, _ = unlink(decodeEntities(foldShapes(text)))
	return t
}

// typedEntities are what Slack, web pages and mail programs put into copied text.
var typedEntities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", `"`, "&#39;", "'",
	"&#43;", "+", "&plus;", "+", "&nbsp;", " ", "&#160;", " ")

// decodeEntities undoes escaping, however often it was done.
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

// ReplaceLinks puts what with returns in the place of each link and mention of a text from
// Slack; label is empty where the link has none.
func ReplaceLinks(s string, with func(target, label string) string) string {
	return link.ReplaceAllStringFunc(s, func(match string) string {
		part := link.FindStringSubmatch(match)
		return with(part[1], part[2])
	})
}

// unlink puts the address in the place of each link and joins what is left with single
// spaces. mention says that there were links to people or channels; they are dropped.
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

// afterScheme is the gap that stays where Slack made a link of what follows "sip:".
var afterScheme = regexp.MustCompile(`(?i)(\bsips?:) +`)

// addressOf picks what a link stands for. A label is believed only where Slack made the
// link by itself of something that is no address (<http://415.555.0137|415.555.0137>).
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
