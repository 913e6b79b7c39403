package people

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"takeoverbot/slackbot/mrkdwn"
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

// namesTime bounds how long PlainText waits for names: an acknowledgement waits for it.
const namesTime = 600 * time.Millisecond

// PlainText is a text of Slack as people, and the AI, read it: names for mentions, words and
// addresses for links, no escapes. It asks Slack for names that it does not know yet, for at
// most 0.6 seconds; who has no name then is "a colleague".
func (p *People) PlainText(ctx context.Context, text string) string {
	p.learnNames(ctx, text)
	return strings.TrimSpace(slackEscapes.Replace(typed.ReplaceLinks(text, p.readable)))
}

// NamesIn asks Slack for the people whom a text mentions and whose names it does not know yet, for at
// most 0.6 seconds. The result returns the name of a person; it is empty if that is not known.
func (p *People) NamesIn(ctx context.Context, text string) func(userID string) string {
	p.learnNames(ctx, text)
	return func(userID string) string { return p.persons.last(userID).value.Name }
}

// learnNames asks Slack for what a text mentions.
func (p *People) learnNames(ctx context.Context, text string) {
	ctx, cancel := context.WithTimeout(ctx, namesTime)
	defer cancel()
	var asked sync.WaitGroup
	for _, mark := range personMark.FindAllStringSubmatch(text, maxNames) {
		asked.Go(func() { _, _ = p.persons.get(ctx, mark[1], takeover.KeepKnown) }) // without an answer there is no name
	}
	for _, mark := range channelMark.FindAllStringSubmatch(text, maxNames) {
		asked.Go(func() { _, _ = p.channels.get(ctx, mark[1], time.Hour) })
	}
	asked.Wait()
}

// maxNames is how many mentions of each kind Slack is asked about for one text.
const maxNames = 10

// channelMark is how Slack writes the mention of a channel whose name it does not tell.
var channelMark = regexp.MustCompile(`<#([CG][A-Z0-9]{1,30})\|?>`)

// slackEscapes are the three characters that Slack escapes in what people write.
var slackEscapes = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// readable is what a link or mention stands for. What Slack has not written stays as it is.
func (p *People) readable(target, label string) string {
	kind, rest := target, ""
	if target != "" {
		kind, rest = target[:1], target[1:]
	}
	switch kind {
	case "@":
		name := cmp.Or(mrkdwn.OneLine(p.persons.last(rest).value.Name, mrkdwn.MaxName), strings.TrimPrefix(label, "@"))
		return cmp.Or(name, "a colleague")
	case "#":
		if name := cmp.Or(label, mrkdwn.OneLine(p.channels.last(rest).value, mrkdwn.MaxName)); name != "" {
			return "#" + strings.TrimPrefix(name, "#")
		}
		return "a channel"
	case "!":
		return cmp.Or(strings.TrimPrefix(label, "@"), everyone[rest], "a group")
	}
	return linked(target, label)
}

// everyone are Slack's words for many people at once.
var everyone = map[string]string{"here": "everyone here", "channel": "everyone in the channel", "everyone": "everyone"}

// linked is the label of a link, and its address where the label is another text.
func linked(target, label string) string {
	scheme, address, ok := strings.Cut(target, ":")
	switch scheme = strings.ToLower(scheme); {
	case !ok || !slices.Contains([]string{"http", "https", "mailto", "tel"}, scheme):
		if label != "" {
			target += "|" + label
		}
		return "<" + target + ">"
	case scheme == "mailto" || scheme == "tel":
		return cmp.Or(label, address)
	case label == "" || strings.HasSuffix(strings.TrimSuffix(target, "/"), "://"+strings.TrimSuffix(label, "/")) || label == target:
		return target
	}
	return label + " (" + target + ")"
}
