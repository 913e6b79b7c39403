package slackbot

import (
	"regexp"
	"strings"

	"takeoverbot/slackbot/typed"
	"takeoverbot/takeover"
)

// personMark is how Slack writes a person where somebody is mentioned.
var personMark = regexp.MustCompile(`<@([UW][A-Z0-9]{1,30})(?:\|[^<>]*)?>`)

// mentionIn finds the first person that a text mentions, and what stands before and
// after; who is empty if there is none.
func mentionIn(text string) (before string, who takeover.OperatorID, after string) {
	at := personMark.FindStringSubmatchIndex(text)
	if at == nil {
		return strings.TrimSpace(text), "", ""
	}
	return strings.TrimSpace(text[:at[0]]), takeover.OperatorID(text[at[2]:at[3]]), strings.TrimSpace(text[at[1]:])
}

// plainNote is what somebody wrote, as people read it: names for mentions, bare links, no
// escapes.
func (d *directory) plainNote(text string) string {
	return strings.TrimSpace(slackEscapes.Replace(typed.ReplaceLinks(text, d.readable)))
}

// slackEscapes are the three characters that Slack escapes in what people write.
var slackEscapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable is what a link or mention stands for.
func (d *directory) readable(target, label string) string {
	switch {
	case strings.HasPrefix(target, "@"):
		return "@" + firstNonEmpty(label, d.knownName(target[1:]), target[1:])
	case strings.HasPrefix(target, "#"):
		return "#" + firstNonEmpty(label, target[1:])
	case strings.HasPrefix(target, "!"):
		return firstNonEmpty(label, "@"+target[1:])
	}
	for _, scheme := range []string{"mailto:", "tel:"} {
		target = strings.TrimPrefix(target, scheme)
	}
	return target
}

// knownName is how a person is called, if the bot knows it already.
func (d *directory) knownName(user string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[user].name
}
