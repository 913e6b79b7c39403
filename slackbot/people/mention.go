package people

import (
	"cmp"
	"regexp"
	"strings"

	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// personMark is how Slack writes the mention of a person.
var personMark = regexp.MustCompile(`<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>`)

// MentionIn finds the first person whom a text mentions, and the text before and after; who is
// empty if there is none.
func MentionIn(text string) (before string, who takeover.OperatorID, after string) {
	at := personMark.FindStringSubmatchIndex(text)
	if at == nil {
		return strings.TrimSpace(text), "", ""
	}
	return strings.TrimSpace(text[:at[0]]), takeover.OperatorID(text[at[2]:at[3]]), strings.TrimSpace(text[at[1]:])
}

// PlainText is a text of Slack as people read it: names for mentions, bare links, no escapes. It
// has the names that are known without a question to Slack.
func (p *People) PlainText(text string) string {
	return strings.TrimSpace(slackEscapes.Replace(typed.ReplaceLinks(text, p.readable)))
}

// slackEscapes are the three characters that Slack escapes in what people write.
var slackEscapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable is what a link or mention stands for.
func (p *People) readable(target, label string) string {
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + cmp.Or(label, p.persons.last(target[1:]).value.name, target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + cmp.Or(label, target[1:])
	case strings.HasPrefix(target, "!"):
		return cmp.Or(label, "@"+target[1:])
	}
	for _, scheme := range []string{"mailto:", "tel:"} {
		target = strings.TrimPrefix(target, scheme)
	}
	return target
}
